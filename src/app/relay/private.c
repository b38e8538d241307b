#include "app/relay/private.h"
#include "app/relay/published.h"
#include "app/relay/visitor.h"
#include "crypt/ct.h"

enum { WINDOW = 1024, WORD = 32, RETRY_MS = 3000 };

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

static bool may(const struct session *s, const struct target *to)
{
	const struct relay *r = s->relay;

	return r->conf->visit_any ||
	       (s->as.own_token &&
		tokens_let_visit(&r->tokens, bytes_of(s->name), to));
}

/* Whether there is such a service is for those to know who may visit it. */
static const char *fault_of(const struct session *s, const struct target *to,
			    uint32_t *retry)
{
	const struct session *owner = session_of_name(s->relay, to->owner);
	const struct published *p;

	if (!may(s, to))
		return "not allowed: the relay's token file has no visit= "
		       "for it";
	if (s == owner)
		return "it is of this client itself";
	*retry = RETRY_MS;
	if (s->relay->draining)
		return "the relay is stopping";
	if (!owner)
		return "its client is not connected";
	p = published_find(owner, to->service);
	if (!p)
		return "its client publishes no such service";
	if (!owner->as.own_token && !s->relay->conf->visit_any)
		return "its client has no token of its own name";
	if (!p->private)
		return "it is not private: visit its port";
	if (owner->n.pending >= owner->relay->conf->max_pending)
		return "too many visitors wait for its client";
	if (s->visits.n >= s->relay->conf->max_visits)
		return "too many visits of this client (--max-visits)";
	return NULL;
}

const char *private_visit(struct session *s, struct tcp *from,
			  const struct fastnat *m, uint32_t *retry)
{
	const struct target to = { m->name, m->service };
	const char *why = fault_of(s, &to, retry);
	struct session *owner;

	if (why)
		return why;
	owner = session_of_name(s->relay, to.owner);
	if (!visitor_start_private(published_find(owner, to.service), from, s))
		return "too many visitors";
	session_announce(owner);
	return NULL;
}
