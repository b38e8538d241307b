#include "wire/ice/inner.h"
#include "base/cur.h"

/* ---- answers ---- */

/* The oldest gives way: whoever asked it asks again. */
static void answer(struct ice *a, const struct ice_answer *what)
{
	if (a->nanswers == ICE_ANSWERS)
		memmove(a->answers, a->answers + 1,
			--a->nanswers * sizeof a->answers[0]);
	a->answers[a->nanswers++] = *what;
}

bool ice_say_answer(struct ice *a, struct ice_out *out)
{
	const struct ice_answer *w = &a->answers[0];
	const struct ice_side *s = &a->sides[w->gen];
	struct stun m = { .type = STUN_BINDING_OK,
			  .fingerprint = true,
			  .error = w->error,
			  .unknown = { w->unknown },
			  .nunknown = w->error == STUN_UNKNOWN_ATTRIBUTE };

	if (a->nanswers == 0)
		return false;
	memcpy(m.id, w->id, STUN_ID);
	if (w->error)
		m.type = STUN_BINDING_ERROR;
	else
		m.mapped = w->to;
	stun_print_signed(out->data, &m,
			  (struct bytes){ s->pwd, sizeof s->pwd }, false);
	out->base = w->base;
	out->to = w->to;
	memmove(a->answers, a->answers + 1,
		--a->nanswers * sizeof a->answers[0]);
	return true;
}

/* ---- checks of theirs ---- */

struct asking {
	const struct ice_heard *h;
	const struct stun *m;
	struct addr from;
	uint8_t gen;
	int64_t now;
};

static struct bytes first_half(struct bytes name)
{
	struct cur c = cur_of(name);

	return bytes_have(name, ':') ? cur_until(&c, ':')
				     : (struct bytes){ NULL, 0 };
}

/* Which description of ours it is for, if it is from who has read that. */
static bool is_for(const struct ice *a, struct asking *q)
{
	struct bytes ufrag = first_half(q->m->username);

	for (unsigned gen = 0; gen < 2; gen++) {
		const struct ice_side *s = &a->sides[gen];
		struct bytes pwd = { s->pwd, sizeof s->pwd };

		if (!s->ufrag[0] ||
		    !bytes_equal(ufrag,
				 (struct bytes){ s->ufrag, sizeof s->ufrag }))
			continue;
		q->gen = (uint8_t)gen;
		return stun_is_signed(q->m, q->h->data, pwd, false);
	}
	return false;
}

/* RFC 8445 7.3.1.1; false: it is answered 487. A side that is lite is controlled by
 * whoever is not.
 */
static bool settle_roles(struct ice *a, const struct stun_more *more)
{
	struct bytes tie =
		a->is.controlling ? more->controlling : more->controlled;
	bool greater;

	if (!tie.p || a->is.lite)
		return true;
	greater = memcmp(a->chance.tie, tie.p, sizeof a->chance.tie) >= 0;
	if (a->is.controlling == greater)
		return false;
	ice_switch_role(a, !a->is.controlling);
	return true;
}

static uint16_t verdict(struct ice *a, const struct asking *q)
{
	const struct stun_more *more = q->m->more;

	if (q->m->nunknown)
		return STUN_UNKNOWN_ATTRIBUTE;
	if (!more->priority)
		return STUN_BAD_REQUEST;
	return settle_roles(a, more) ? 0 : STUN_ROLE_CONFLICT;
}

/* The pair it came by; where it came from may be new to us. -1: no place. */
static int pair_of(struct ice *a, const struct asking *q)
{
	int remote = ice_find_remote(a, &q->from, q->gen);
	struct ice_remote r = { .addr = q->from,
				.priority = q->m->more->priority,
				.type = ICE_PRFLX,
				.gen = q->gen };

	r.addr.scope = 0;
	if (remote < 0 && q->gen != a->gen)
		return -1;
	if (remote < 0) {
		remote = ice_new_remote(a, &r);
		a->times.fresh = q->now;
	}
	if (remote < 0)
		return -1;
	return ice_pair(a, q->h->base, (unsigned)remote, q->now);
}

/* RFC 8445 7.3.1.4: asked back at once, unless that has just been done. */
static void trigger(struct ice *a, struct ice_pair *p, int64_t now)
{
	if (a->is.lite) {
		ice_valid(a, p, now);
		p->next = now + ICE_CONSENT;
		return;
	}
	if (p->state == PAIR_FAILED) {
		p->state = PAIR_WAITING;
		p->sends = 0;
	}
	if (p->state == PAIR_WAITING)
		ice_hurry(p, now);
	if (p->state == PAIR_PROGRESS && (uint32_t)now - p->sent >= ICE_TA)
		ice_hurry(p, now);
}

static void hear_request(struct ice *a, const struct asking *q)
{
	struct ice_answer w = { .to = q->from,
				.error = verdict(a, q),
				.unknown = q->m->unknown[0],
				.base = (uint8_t)q->h->base,
				.gen = q->gen };
	struct ice_pair *p;
	int at;

	memcpy(w.id, q->m->id, STUN_ID);
	answer(a, &w);
	if (w.error)
		return;
	at = pair_of(a, q);
	if (at < 0)
		return;
	p = &a->pairs[at];
	p->asked = (uint32_t)q->now;
	if (p->state != PAIR_LOST)
		trigger(a, p, q->now);
	if (q->m->more->use_candidate && !a->is.controlling)
		ice_wanted(a, p, q->now);
}

/* ---- whatever comes ---- */

bool ice_input(struct ice *a, const struct ice_heard *h, int64_t now)
{
	struct stun_more more;
	struct stun m;
	struct asking q = {
		.h = h, .m = &m, .from = ice_plain(&h->from), .now = now
	};
	struct ice_heard plain = { h->base, q.from, h->data };

	if (h->data.n < STUN_HEAD || h->data.p[0] > 3 ||
	    stun_parse_more(&m, &more, h->data) < 0)
		return false;
	if (m.type == STUN_BINDING) {
		if (!is_for(a, &q) || !ice_home(a, h->base))
			return false;
		hear_request(a, &q);
	} else if (m.type != STUN_BINDING_OK && m.type != STUN_BINDING_ERROR) {
		return false;
	} else if (!ice_hear_query(a, &plain, &m, now) &&
		   !ice_hear_check(a, &plain, &m, now)) {
		return false;
	}
	ice_judge(a, now);
	return true;
}

struct bytes ice_aimed(struct bytes datagram)
{
	struct stun m;

	if (datagram.n < STUN_HEAD || datagram.p[0] > 3 ||
	    stun_parse(&m, datagram) < 0 || m.type != STUN_BINDING)
		return (struct bytes){ NULL, 0 };
	return first_half(m.username);
}
