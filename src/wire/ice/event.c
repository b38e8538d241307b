#include "wire/ice/inner.h"

/* RFC 8445 5.1.1.3: the same for the same kind, base and server. */
static void name_it(struct ice_event *e, const struct ice_local *l)
{
	struct fmt f = fmt_to(SPAN(e->foundation));

	fmt_put(&f, "%u", 1U + l->type * (unsigned)ICE_BASES + l->base);
	e->candidate.foundation = fmt_done(&f);
}

static void tell(const struct ice *a, struct ice_event *e,
		 const struct ice_local *l)
{
	const struct ice_local *home = ice_home_of(a, l->base);

	e->what = ICE_LOCAL;
	e->candidate = (struct candidate){ .priority = l->priority,
					   .component = 1,
					   .type = l->type,
					   .udp = true,
					   .addr = l->addr,
					   .ufrag = ice_ufrag(a) };
	e->candidate.addr.scope = 0;
	name_it(e, l);
	if (l->type == ICE_SRFLX)
		e->candidate.related = home->addr;
	else if (l->type == ICE_RELAY) /* RFC 8839 5.1: not told, but there */
		e->candidate.related.family = l->addr.family;
}

static bool tell_local(struct ice *a, struct ice_event *e)
{
	for (unsigned i = 0; i < a->nlocals; i++) {
		if (a->locals[i].told)
			continue;
		a->locals[i].told = true;
		tell(a, e, &a->locals[i]);
		return true;
	}
	return false;
}

static bool tell_path(struct ice *a, struct ice_event *e)
{
	const struct ice_pair *p = &a->pairs[a->chosen < 0 ? 0 : a->chosen];
	struct ice_told *t = &a->told;

	if (a->chosen < 0) {
		t->path = false;
		return false;
	}
	if (t->path && t->base == p->base && t->remote == p->remote &&
	    t->gen == ice_gen(a, p))
		return false;
	t->path = true;
	t->base = p->base;
	t->remote = p->remote;
	t->gen = (uint8_t)ice_gen(a, p);
	e->what = ICE_PATH;
	return true;
}

bool ice_event(struct ice *a, struct ice_event *e)
{
	e->reason = a->reason;
	if (tell_local(a, e) || tell_path(a, e))
		return true;
	if (!a->told.gathered && ice_is_gathered(a)) {
		a->told.gathered = true;
		e->what = ICE_GATHERED;
		return true;
	}
	if (a->state == ICE_DEAD && !a->told.failed) {
		a->told.failed = true;
		e->what = ICE_FAILED;
		return true;
	}
	return false;
}
