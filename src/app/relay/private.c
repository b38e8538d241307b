#include "app/relay/private.h"
#include "app/relay/published.h"
#include "app/relay/relay.h"
#include "app/relay/visitor.h"
#include "crypt/ct.h"

enum { WINDOW = 1024, WORD = 32, RETRY_MS = 3000 };

const char *private_fault(const struct fastnat *m)
{
	return m->protocol == FASTNAT_TCP ? NULL
					  : "only TCP services can be private";
}

const char *relay_visit_any_fault(const struct relay_conf *conf)
{
	return conf->open ? "would let in anybody with open: leave one" : NULL;
}

/* ---- headers ---- */

static uint32_t *word_of(struct visits *v, uint32_t n)
{
	return &v->seen[n / WORD % (WINDOW / WORD)];
}

/* Everything between the largest so far and n has not come. */
static void move_to(struct visits *v, uint32_t n)
{
	uint32_t at = v->top;

	if (n - at >= WINDOW)
		memset(v->seen, 0, sizeof v->seen);
	else
		while (at++ < n)
			*word_of(v, at) &= ~((uint32_t)1 << at % WORD);
	v->top = n;
}

/* Many connections are on their way at once and overtake one another. */
static bool fresh(struct visits *v, uint32_t n)
{
	uint32_t bit = (uint32_t)1 << n % WORD;

	if (n > v->top)
		move_to(v, n);
	else if (v->top - n >= WINDOW || *word_of(v, n) & bit)
		return false;
	*word_of(v, n) |= bit;
	return true;
}

bool private_proven(struct session *s, const struct fastnat *m)
{
	uint8_t mac[FASTNAT_MAC];

	fastnat_visit_mac(mac, s->key, m);
	return ct_equal((struct bytes){ mac, sizeof mac }, m->mac) &&
	       fresh(&s->visits, m->n);
}

/* ---- who may ---- */

enum fault {
	FORBIDDEN, /* by the token file */
	OWN,
	STOPPING,
	AWAY,
	UNKNOWN,
	UNPROVEN, /* the owner's name */
	PUBLIC,
	PENDING,
	VISITS,
	NONE
};

static const struct {
	enum gate_count count;
	uint32_t retry; /* 0: it will not be otherwise by itself */
	const char *why;
} faults[] = {
	[FORBIDDEN] = { GATE_VISIT_DENIED, 0,
			"not allowed: the relay's token file has no visit= "
			"for it" },
	[OWN] = { GATE_VISIT_DENIED, 0, "it is of this client itself" },
	[STOPPING] = { GATE_VISIT_ABSENT, RETRY_MS, "the relay is stopping" },
	[AWAY] = { GATE_VISIT_ABSENT, RETRY_MS, "its client is not connected" },
	[UNKNOWN] = { GATE_VISIT_ABSENT, RETRY_MS,
		      "its client publishes no such service" },
	[UNPROVEN] = { GATE_VISIT_DENIED, RETRY_MS,
		       "its client has no token of its own name" },
	[PUBLIC] = { GATE_VISIT_DENIED, RETRY_MS,
		     "it is not private: visit its port" },
	[PENDING] = { GATE_VISIT_PENDING, RETRY_MS,
		      "too many visitors wait for its client" },
	[VISITS] = { GATE_VISIT_CLIENT, RETRY_MS,
		     "too many visits of this client (--max-visits)" },
};

static bool may(const struct session *s, const struct target *to)
{
	const struct relay *r = s->relay;

	return r->conf->visit_any ||
	       (s->as.own_token &&
		tokens_let_visit(&r->tokens, bytes_of(s->name), to));
}

/* Whether there is such a service is for those to know who may visit it. */
static enum fault fault_of(const struct session *s, const struct target *to)
{
	const struct relay *r = s->relay;
	const struct session *owner = session_of_name(r, to->owner);
	const struct published *p;

	if (!may(s, to))
		return FORBIDDEN;
	if (s == owner)
		return OWN;
	if (r->draining)
		return STOPPING;
	if (!owner)
		return AWAY;
	p = published_find(owner, to->service);
	if (!p)
		return UNKNOWN;
	if (!owner->as.own_token && !r->conf->visit_any)
		return UNPROVEN;
	if (!p->private)
		return PUBLIC;
	if (owner->n.pending >= r->conf->max_pending)
		return PENDING;
	return s->visits.n >= r->conf->max_visits ? VISITS : NONE;
}

const char *private_visit(struct session *s, struct tcp *from,
			  const struct fastnat *m, uint32_t *retry)
{
	const struct target to = { m->name, m->service };
	enum fault fault = fault_of(s, &to);
	struct session *owner;

	if (fault != NONE) {
		s->relay->gate.counts[faults[fault].count]++;
		*retry = faults[fault].retry;
		return faults[fault].why;
	}
	*retry = RETRY_MS;
	owner = session_of_name(s->relay, to.owner);
	if (!visitor_start_private(published_find(owner, to.service), from, s))
		return "too many visitors";
	s->relay->gate.counts[GATE_VISITS]++;
	session_announce(owner);
	return NULL;
}
