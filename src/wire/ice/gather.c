#include "wire/ice/inner.h"

enum {
	SENDS = 7, /* then it is gathered without, and asked rarely */
	DOUBLED = 2,
	AGAIN = 12000 /* ms, less than what NATs keep */
};

static void add_query(struct ice *a, const struct ice_local *l, unsigned server,
		      int64_t now)
{
	struct ice_query q = { .next = now,
			       .base = l->base,
			       .server = (uint8_t)server };

	if (a->is.lite || a->nqueries == ICE_QUERIES ||
	    !ice_fit(&l->addr, &a->servers[server]))
		return;
	q.serial = a->chance.serial++;
	a->queries[a->nqueries++] = q;
}

void ice_add_queries(struct ice *a, unsigned base, int64_t now)
{
	for (unsigned i = 0; i < a->nservers; i++)
		add_query(a, ice_home(a, base), i, now);
}

int ice_ask(struct ice *a, const struct addr *server, int64_t now)
{
	if (a->nservers == ICE_SERVERS)
		return -NAT_ELIMIT;
	a->servers[a->nservers++] = ice_plain(server);
	for (unsigned i = 0; i < a->nlocals; i++)
		if (a->locals[i].type == ICE_HOST)
			add_query(a, &a->locals[i], a->nservers - 1U, now);
	return 0;
}

void ice_ask_again(struct ice *a, int64_t now)
{
	for (unsigned i = 0; i < a->nqueries; i++) {
		a->queries[i].next = now;
		a->queries[i].sends = 0;
		a->queries[i].answered = false;
		a->queries[i].serial = a->chance.serial++;
	}
}

/* ---- asking ---- */

/* Once there is a path, its own checks keep what it needs alive. */
static int64_t due_of(const struct ice *a, const struct ice_query *q)
{
	bool more = !q->answered && q->sends <= SENDS;

	return more || a->state < ICE_CONNECTED ? q->next : INT64_MAX;
}

int64_t ice_query_due(const struct ice *a)
{
	int64_t due = INT64_MAX;

	for (unsigned i = 0; i < a->nqueries; i++) {
		int64_t at = due_of(a, &a->queries[i]);

		due = at < due ? at : due;
	}
	return due;
}

static void id_of(const struct ice *a, uint32_t serial, uint8_t id[STUN_ID])
{
	memcpy(id, a->chance.salt[1], 8);
	memcpy(id + 8, &serial, 4);
}

static void ask(struct ice *a, struct ice_query *q, struct ice_out *out,
		int64_t now)
{
	struct stun m = { .type = STUN_BINDING };

	q->next =
		now + ice_wait(a->rtt, q->sends < DOUBLED ? q->sends : DOUBLED);
	if (q->answered || q->sends > SENDS) {
		q->serial = a->chance.serial++;
		q->next = now + AGAIN;
	} else {
		q->sends++;
	}
	q->sent = (uint32_t)now;
	id_of(a, q->serial, m.id);
	stun_print(out->data, &m);
	out->base = q->base;
	out->to = a->servers[q->server];
}

bool ice_say_query(struct ice *a, struct ice_out *out, int64_t now)
{
	for (unsigned i = 0; i < a->nqueries; i++) {
		struct ice_query *q = &a->queries[i];

		if (due_of(a, q) > now)
			continue;
		ask(a, q, out, now);
		return true;
	}
	return false;
}

bool ice_is_gathered(const struct ice *a)
{
	for (unsigned i = 0; i < a->nqueries; i++)
		if (!a->queries[i].answered && a->queries[i].sends <= SENDS)
			return false;
	return a->is.added;
}

/* ---- hearing ---- */

static void note_seen(struct ice *a, const struct ice_query *q,
		      const struct addr *seen)
{
	const struct ice_local *home = ice_home(a, q->base);
	struct ice_local l = { .addr = ice_plain(seen),
			       .base = q->base,
			       .type = ICE_SRFLX };

	if (!home || !ice_usable(&l.addr))
		return;
	l.priority =
		candidate_priority(ICE_SRFLX, home->priority >> 8 & 0xffff);
	(void)!ice_new_local(a, &l);
}

bool ice_hear_query(struct ice *a, const struct ice_heard *h,
		    const struct stun *m, int64_t now)
{
	for (unsigned i = 0; i < a->nqueries; i++) {
		struct ice_query *q = &a->queries[i];
		uint8_t id[STUN_ID];

		id_of(a, q->serial, id);
		if (memcmp(id, m->id, STUN_ID) != 0 || q->base != h->base ||
		    !ice_same(&a->servers[q->server], &h->from))
			continue;
		if (!q->answered && q->sends == 1)
			ice_note_rtt(a, (uint32_t)now - q->sent);
		q->answered = true;
		q->next = now + AGAIN;
		if (m->type == STUN_BINDING_OK && m->mapped.family)
			note_seen(a, q, &m->mapped);
		return true;
	}
	return false;
}
