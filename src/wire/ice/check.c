#include "wire/ice/inner.h"

enum { RTT_MOST = 60000 };

/* ---- when ---- */

void ice_note_rtt(struct ice *a, uint32_t rtt)
{
	rtt = rtt < 1 ? 1 : rtt > RTT_MOST ? RTT_MOST : rtt;
	if (!a->rtt || rtt < a->rtt)
		a->rtt = (uint16_t)rtt;
}

int64_t ice_wait(uint16_t rtt, unsigned sends)
{
	int64_t wait = rtt ? 2 * (int64_t)rtt : ICE_RTO;

	if (wait < ICE_RTO_LEAST)
		wait = ICE_RTO_LEAST;
	if (wait > ICE_RTO_MOST)
		wait = ICE_RTO_MOST;
	wait <<= sends < 8 ? sends : 8;
	return wait < ICE_WAIT_MOST ? wait : ICE_WAIT_MOST;
}

void ice_hurry(struct ice_pair *p, int64_t now)
{
	p->flags |= PAIR_HURRY;
	p->next = now;
}

/* Has it something to ask, now or later? */
static bool is_open(const struct ice *a, const struct ice_pair *p)
{
	return (p->state == PAIR_WAITING || p->state == PAIR_PROGRESS ||
		p->state == PAIR_VALID) &&
	       !a->is.lite && ice_knows(a, ice_gen(a, p));
}

static bool is_paced(const struct ice_pair *p)
{
	return p->state != PAIR_VALID && !(p->flags & PAIR_HURRY);
}

static int64_t due_of(const struct ice *a, const struct ice_pair *p)
{
	if (!is_open(a, p))
		return INT64_MAX;
	return is_paced(p) && p->next < a->times.pace ? a->times.pace : p->next;
}

int64_t ice_check_due(const struct ice *a)
{
	int64_t due = INT64_MAX;

	for (unsigned i = 0; i < a->npairs; i++) {
		int64_t at = due_of(a, &a->pairs[i]);

		due = at < due ? at : due;
	}
	return due;
}

/* ---- what ---- */

static void id_of(const struct ice *a, uint32_t serial, uint8_t id[STUN_ID])
{
	memcpy(id, a->chance.salt[0], 8);
	memcpy(id + 8, &serial, 4);
}

/* As if it were learned from this very check (RFC 8445 7.1.1). */
static uint32_t priority_of(const struct ice *a, const struct ice_pair *p)
{
	uint32_t own = ice_home_of(a, p->base)->priority;

	return candidate_priority(ICE_PRFLX, own >> 8 & 0xffff);
}

static bool is_favour(const struct ice *a, const struct ice_pair *p)
{
	return a->favour >= 0 && p == &a->pairs[a->favour];
}

static void print_check(const struct ice *a, const struct ice_pair *p,
			struct fmt *f)
{
	const struct ice_side *s = &a->sides[ice_gen(a, p) & 1];
	struct bytes tie = { a->chance.tie, sizeof a->chance.tie };
	uint8_t name[ICE_UFRAG + 1 + ICE_OWN_UFRAG];
	struct stun_more more = { .priority = priority_of(a, p) };
	struct stun m = { .type = STUN_BINDING,
			  .fingerprint = true,
			  .more = &more,
			  .username = { name,
					s->ufrag_n + 1U + sizeof s->ufrag } };

	memcpy(name, s->theirs, s->ufrag_n);
	name[s->ufrag_n] = ':';
	memcpy(name + s->ufrag_n + 1, s->ufrag, sizeof s->ufrag);
	if (a->is.controlling)
		more.controlling = tie;
	else
		more.controlled = tie;
	more.use_candidate = a->is.controlling &&
			     (p->flags & PAIR_NOMINATE || is_favour(a, p));
	id_of(a, p->serial, m.id);
	stun_print_signed(f, &m, (struct bytes){ s->key, s->key_n }, false);
}

/* One that is repeated keeps its id, unless its role is another now. */
static void renew(struct ice *a, struct ice_pair *p, int64_t now)
{
	if (p->sends && !(p->flags & PAIR_CONTROLS) == !a->is.controlling)
		return;
	p->serial = a->chance.serial++;
	p->sent = (uint32_t)now;
	p->flags = (uint8_t)(p->flags & ~PAIR_CONTROLS);
	if (a->is.controlling)
		p->flags |= PAIR_CONTROLS;
}

/* How long a pair that has answered stays unasked: RFC 7675 5.1 for that in use. */
static int64_t beat(struct ice *a, const struct ice_pair *p)
{
	uint8_t drawn;

	if (p != &a->pairs[a->chosen < 0 ? 0 : a->chosen])
		return ICE_SPARE;
	ice_draw(a, &drawn, 1);
	return ICE_BEAT * (int64_t)(800 + drawn * 400 / 255) / 1000;
}

static int64_t wait_of(const struct ice *a, const struct ice_pair *p)
{
	int64_t wait = ice_wait(p->rtt ? p->rtt : a->rtt, p->sends);
	int64_t most = 2 * (int64_t)p->rtt;

	if (most < ICE_WAIT_HEARD)
		most = ICE_WAIT_HEARD;
	return p->asked && wait > most ? most : wait;
}

static void note_sent(struct ice *a, struct ice_pair *p, int64_t now)
{
	bool nominates = p->flags & PAIR_NOMINATE;

	if (is_paced(p))
		a->times.pace = now + ICE_TA;
	p->flags = (uint8_t)(p->flags & ~PAIR_HURRY);
	if (p->state == PAIR_VALID && !nominates)
		p->next =
			now + (2 * p->rtt < ICE_DOUBT ? ICE_DOUBT : 2 * p->rtt);
	else
		p->next = now + wait_of(a, p);
	if (p->sends < UINT8_MAX)
		p->sends++;
	if (p->state == PAIR_WAITING)
		p->state = PAIR_PROGRESS;
}

/* Those that hurry first, then by weight. */
static bool goes_before(const struct ice *a, const struct ice_pair *p,
			const struct ice_pair *q)
{
	if (is_paced(p) != is_paced(q))
		return is_paced(q);
	return ice_weight(a, p) > ice_weight(a, q);
}

static struct ice_pair *next_pair(struct ice *a, int64_t now)
{
	struct ice_pair *best = NULL;

	for (unsigned i = 0; i < a->npairs; i++) {
		struct ice_pair *p = &a->pairs[i];

		if (due_of(a, p) > now)
			continue;
		if (p->state == PAIR_PROGRESS && p->sends >= ICE_SENDS)
			p->state = PAIR_FAILED;
		else if (!best || goes_before(a, p, best))
			best = p;
	}
	return best;
}

bool ice_say_check(struct ice *a, struct ice_out *out, int64_t now)
{
	struct ice_pair *p = next_pair(a, now);

	if (!p)
		return false;
	renew(a, p, now);
	print_check(a, p, out->data);
	out->base = p->base;
	out->to = a->remotes[p->remote].addr;
	out->to.scope = ice_home(a, p->base)->addr.scope;
	note_sent(a, p, now);
	return true;
}

/* ---- what is answered ---- */

/* The pair whose check m answers, from where that went and to where it came from. */
static struct ice_pair *asked_by(struct ice *a, const struct ice_heard *h,
				 const struct stun *m)
{
	for (unsigned i = 0; i < a->npairs; i++) {
		struct ice_pair *p = &a->pairs[i];
		uint8_t id[STUN_ID];

		if (p->state < PAIR_PROGRESS || p->state == PAIR_LOST)
			continue;
		id_of(a, p->serial, id);
		if (memcmp(id, m->id, STUN_ID) == 0 && p->base == h->base &&
		    ice_same(&a->remotes[p->remote].addr, &h->from))
			return p;
	}
	return NULL;
}

void ice_switch_role(struct ice *a, bool controlling)
{
	if (a->is.lite || a->is.controlling == controlling)
		return;
	a->is.controlling = controlling;
	a->favour = -1;
	for (unsigned i = 0; i < a->npairs; i++)
		a->pairs[i].flags =
			(uint8_t)(a->pairs[i].flags &
				  ~(PAIR_NOMINATE | PAIR_NOMINATED));
}

/* RFC 8445 7.2.5.1. */
static void hear_conflict(struct ice *a, struct ice_pair *p, int64_t now)
{
	bool asked_as = p->flags & PAIR_CONTROLS;

	if (asked_as == a->is.controlling) {
		ice_switch_role(a, !asked_as);
		ice_draw(a, a->chance.tie, sizeof a->chance.tie);
	}
	if (p->state != PAIR_VALID)
		p->state = PAIR_WAITING;
	p->sends = 0;
	ice_hurry(p, now);
}

static void hear_error(struct ice *a, struct ice_pair *p, const struct stun *m,
		       int64_t now)
{
	if (m->error == STUN_ROLE_CONFLICT)
		hear_conflict(a, p, now);
	else if (p->state == PAIR_PROGRESS)
		p->state = PAIR_FAILED;
}

/* Of a check that was repeated only the most is known. */
static void note_rtt(struct ice *a, struct ice_pair *p, uint32_t rtt)
{
	rtt = rtt < 1 ? 1 : rtt > RTT_MOST ? RTT_MOST : rtt;
	if (p->sends == 1)
		ice_note_rtt(a, rtt);
	if (p->sends == 1 || !p->rtt || rtt < p->rtt)
		p->rtt = (uint16_t)rtt;
}

bool ice_hear_check(struct ice *a, const struct ice_heard *h,
		    const struct stun *m, int64_t now)
{
	struct ice_pair *p = asked_by(a, h, m);
	const struct ice_side *s;

	if (!p)
		return false;
	s = &a->sides[ice_gen(a, p) & 1];
	if (!stun_is_signed(m, h->data, (struct bytes){ s->key, s->key_n },
			    false))
		return false;
	if (m->type != STUN_BINDING_OK) {
		hear_error(a, p, m, now);
		return true;
	}
	note_rtt(a, p, (uint32_t)now - p->sent);
	p->next = now + beat(a, p);
	ice_valid(a, p, now);
	return true;
}
