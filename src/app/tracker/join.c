/* join - a registration, and the list that answers it (docs/protocol/tracker.md).
 */
#include "app/tracker/core.h"
#include "app/tracker/journal.h"
#include "app/tracker/store.h"

static const char cookie_line[] = "\n;cookie=";
enum { COOKIE_LINE = sizeof cookie_line - 1 + COOKIE_TEXT };

/* ---- where the newcomer can be reached ---- */

/* Its public field, if that is an address at all. */
static struct addr claim_of(const struct track *what, const struct addr *seen)
{
	struct addr claim = *seen;

	return addr_parse(&claim, what->public) == 0 ? claim : *seen;
}

/* ---- the list ---- */

struct printing {
	struct fmt *f;
	uint8_t fields;   /* of who asks */
	uint8_t from[16]; /* where it is */
};

/* An original client hears all that another said; others what is meant for
 * them.
 */
static bool shows_lan(const struct printing *p, const struct member *m)
{
	bool none = m->lan_n == 0 || (m->lan_n == 1 && m->lan->p[0] == '0');

	if (m->fields == 3)
		return p->fields == 3 || !none;
	return !none && memcmp(m->from, p->from, sizeof p->from) == 0;
}

/* A whole line, or false and nothing. */
static bool put_line(const struct printing *p, const struct member *m)
{
	struct fmt *f = p->f;
	size_t from = f->n;

	fmt_bytes(f, from ? BYTES("\n") : BYTES(""));
	addr_print(f, &m->at);
	if (shows_lan(p, m)) {
		fmt_bytes(f, p->fields == 3 ? BYTES(",") : BYTES(";"));
		member_print_lan(f, m);
	}
	if (!f->full)
		return true;
	f->n = from;
	return false;
}

static void put_list(const struct printing *p, const struct group *g)
{
	for (struct list *at = g->members.prev; at != &g->members;
	     at = at->prev)
		if (!put_line(p, container_of(at, struct member, in_group)))
			return;
}

/* Whom the table has no place for hears the others all the same. */
static void put_stranger(const struct printing *p, const struct joining *j)
{
	addr_print(p->f, &j->from);
	if (p->f->full)
		p->f->n = 0;
}

static void put_answer(struct tracker_asked *a, const struct joining *j,
		       const struct group *g, const struct member *own)
{
	struct printing p = { .f = &a->answer, .fields = j->what->fields };
	bool offered = p.fields == 5 && a->answer.to.n > COOKIE_LINE;

	addr_cut(p.from, &j->from, 128);
	if (offered)
		a->answer.to.n -= COOKIE_LINE;
	if (!own)
		put_stranger(&p, j);
	if (g)
		put_list(&p, g);
	if (!offered)
		return;
	a->answer.to.n += COOKIE_LINE;
	a->answer.full = false;
	fmt_bytes(&a->answer, bytes_of(cookie_line));
	cookie_print(&a->answer, &a->tracker->cookies, &j->from, j->now);
}

void tracker_join(struct tracker_asked *a, const struct track *what)
{
	struct tracker *t = a->tracker;
	const struct addr *seen = a->datagram->peer;
	struct addr claim = claim_of(what, seen);
	struct joining j = { .what = what,
			     .from = *seen,
			     .at = claim,
			     .now = t->net->loop->now };
	struct member *own;
	struct group *g;

	if (store_defers(a, what))
		return;
	j.proven = cidrs_have(&t->trust, seen) ||
		   (what->cookie.n &&
		    cookie_good(&t->cookies, what->cookie, seen, j.now));
	if (!j.proven)
		a->answer.to.n =
			min_size(a->answer.to.n, tracker_room(a->datagram));
	store_before(t, &j);
	g = members_join(&t->members, &j, &own);
	if (own) {
		journal_member(t, own);
		store_member(t, own);
	}
	if (own && !own->vouched && !addr_same_ip(&claim, seen))
		others_ask(a, own, &claim);
	put_answer(a, &j, g, own);
	t->counts[TRACKER_JOIN]++;
}
