#include "app/relay/group.h"
#include "app/relay/published.h"
#include "app/relay/session.h"
#include <assert.h>

static struct published *of_ring(const struct list *at)
{
	return container_of(at, struct published, group.ring);
}

static bool is_alone(const struct published *p)
{
	return list_alone(&p->group.ring);
}

/* ---- who may join ---- */

static struct bytes word_of(const struct fastnat *m)
{
	return m->has & HAS_GROUP ? m->rules.group : bytes_of("");
}

static void read_mac(uint8_t to[FASTNAT_MAC], const struct fastnat *m)
{
	memset(to, 0, FASTNAT_MAC);
	if (m->has & HAS_MAC)
		memcpy(to, m->mac.p, FASTNAT_MAC);
}

void group_read(struct group *g, const struct session *s,
		const struct fastnat *m)
{
	struct bytes word = word_of(m);

	list_init(&g->ring);
	memcpy(g->word, word.p, word.n);
	read_mac(g->mac, m);
	memcpy(g->token_tag, s->as.token_tag, TOKEN_TAG);
	g->given = word.n && s->as.own_token &&
		   tokens_let_group(&s->relay->tokens, bytes_of(s->name), word);
}

static bool has_socket(const struct published *p)
{
	return listener_runs(&p->listener) || udp_runs(&p->udp);
}

void group_bequeath(const struct published *p, struct handover_group *to)
{
	const struct group *g = &p->group;

	*to = (struct handover_group){ .told = true,
				       .given = g->given,
				       .word = bytes_of(g->word) };
	if (g->mac[0])
		to->mac = (struct bytes){ g->mac, sizeof g->mac };
	memcpy(to->tag, g->token_tag, sizeof to->tag);
	if (p->port && !has_socket(p))
		to->at = p->port;
}

void group_inherit(struct group *g, const struct handover_group *from)
{
	list_init(&g->ring);
	g->open = !from->told;
	g->given = from->given;
	memcpy(g->word, from->word.p, from->word.n);
	memcpy(g->mac, from->mac.p, from->mac.n);
	memcpy(g->token_tag, from->tag, sizeof g->token_tag);
}

void group_adopt(struct published *p, const struct fastnat *m)
{
	if (p->group.open)
		group_read(&p->group, p->session, m);
	p->group.open = false;
}

bool group_differs(const struct published *p, const struct fastnat *m)
{
	uint8_t mac[FASTNAT_MAC];

	if (p->group.open)
		return false;
	read_mac(mac, m);
	return !bytes_are(word_of(m), p->group.word) ||
	       memcmp(mac, p->group.mac, sizeof mac) != 0;
}

static bool admits(const struct group *a, const struct group *b)
{
	return a->word[0] && strcmp(a->word, b->word) == 0 &&
	       memcmp(a->mac, b->mac, sizeof a->mac) == 0 &&
	       ((a->given && b->given) ||
		memcmp(a->token_tag, b->token_tag, TOKEN_TAG) == 0);
}

static uint32_t size_of(const struct published *p)
{
	uint32_t n = 1;

	list_each (at, &p->group.ring)
		n++;
	return n;
}

/* It has its turn after those who are there. */
bool group_joins(struct published *first, struct published *p)
{
	struct group *g = &p->group;

	if (!admits(&first->group, g) || size_of(first) >= GROUP_MOST)
		return false;
	g->turn = first->group.turn;
	list_each (at, &first->group.ring)
		if (of_ring(at)->group.turn > g->turn)
			g->turn = of_ring(at)->group.turn;
	list_append(&first->group.ring, &g->ring);
	group_hold(first, false);
	return true;
}

bool group_joins_port(struct published *p, uint16_t port)
{
	slots_each (struct published, at, &p->relay->published) {
		struct published *first = at.it;

		if (first == p || first->port != port || first->private ||
		    first->protocol != p->protocol || !port ||
		    !published_open_still(first))
			continue;
		if (!group_joins(first, p))
			return false;
		p->port = port;
		return true;
	}
	return false;
}

/* ---- who goes ---- */

struct published *group_next(const struct published *p)
{
	return is_alone(p) ? NULL : of_ring(p->group.ring.next);
}

void group_leave(struct published *p)
{
	struct published *next = group_next(p);

	list_remove(&p->group.ring);
	if (next && listener_runs(&p->listener)) {
		listener_move(&next->listener, &p->listener);
		listener_pause(&next->listener, false);
	}
	if (next && udp_runs(&p->udp))
		udp_move(&next->udp, &p->udp);
}

/* ---- who comes ---- */

struct published *group_front(struct published *p)
{
	list_each (at, &p->group.ring)
		if (listener_runs(&of_ring(at)->listener) ||
		    udp_runs(&of_ring(at)->udp))
			return of_ring(at);
	return p;
}

/* One that may not take any has others beside it. */
void group_hold(struct published *p, bool hold)
{
	if (is_alone(p) || !hold)
		listener_pause(&group_front(p)->listener, hold);
}

static bool is_ready(const struct published *p)
{
	return p->session &&
	       p->session->n.pending < p->session->relay->conf->max_pending;
}

/* Has a fewer visitors than b, or as many and longer none? */
static bool is_better(const struct published *a, const struct published *b)
{
	return a->visitors < b->visitors ||
	       (a->visitors == b->visitors && a->group.turn < b->group.turn);
}

struct published *group_pick(struct published *p)
{
	struct published *best = is_ready(p) ? p : NULL;
	uint64_t turn = p->group.turn;

	if (is_alone(p))
		return p->session ? p : NULL;
	list_each (at, &p->group.ring) {
		struct published *other = of_ring(at);

		if (other->group.turn > turn)
			turn = other->group.turn;
		if (is_ready(other) && (!best || is_better(other, best)))
			best = other;
	}
	if (best)
		best->group.turn = turn + 1;
	return best;
}

static bool are_together(const struct published *p, const struct published *had)
{
	list_each (at, &p->group.ring)
		if (of_ring(at) == had)
			return true;
	return p == had;
}

struct published *group_near(struct published *p, struct published *had)
{
	struct published *to;

	if (is_alone(p))
		return p;
	if (had && !are_together(p, had))
		had = NULL;
	if (had && had->session)
		return had;
	to = group_pick(p);
	return to ? to : had ? had : p;
}

struct published *group_other(struct published *p, const struct session *gone)
{
	struct published *best = NULL;

	list_each (at, &p->group.ring) {
		struct published *other = of_ring(at);

		if (is_ready(other) && other->session != gone &&
		    (!best || is_better(other, best)))
			best = other;
	}
	return best;
}
