#include "app/signal/core.h"
#include "base/addr.h"
#include "crypt/ct.h"

/* ---- ids ---- */

static struct signal_conn *find(const struct signal *s, const struct map *map,
				struct bytes id)
{
	uint32_t hash = map_mix(&s->seeds[0], id);
	struct map_node *at = NULL;

	while ((at = map_find(map, hash, at)) != NULL) {
		struct signal_conn *c =
			container_of(at, struct signal_conn, node);

		if (bytes_equal(ming_bytes(&c->id), id))
			return c;
	}
	return NULL;
}

struct signal_conn *signal_host(const struct signal *s, struct bytes id)
{
	return find(s, &s->who.hosts, id);
}

struct signal_conn *signal_client(const struct signal *s, struct bytes id)
{
	return find(s, &s->who.clients, id);
}

void signal_forget(struct signal_conn *c)
{
	struct signal_who *w = &c->of->who;
	bool host = c->state == SIGNAL_HOST;

	if (!host && c->state != SIGNAL_CLIENT)
		return;
	map_remove(host ? &w->hosts : &w->clients, &c->node);
	w->nhosts -= host;
	w->nclients -= !host;
	presence_end(c);
}

/* ---- errors, in the words of the originals where they have some ---- */

void signal_tell(struct signal_conn *c, enum signal_count what, struct bytes id)
{
	static const char *const words[SIGNAL_COUNTED][2] = {
		[SIGNAL_NOT_FOUND] = { "target host '", "' not found" },
		[SIGNAL_IN_USE] = { "host with ID '", "' already registered" },
		[SIGNAL_BUSY] = { "target '", "' takes no messages now" },
		[SIGNAL_DENIED] = { "host '", "' is not for this token" },
		[SIGNAL_WRONG] = { "", "" },
	};
	char why[MING_ID + 64], text[4 * sizeof why];
	struct fmt f = fmt_to(SPAN(why)), frame = fmt_to(SPAN(text));

	fmt_put(&f, "%s", words[what][0]);
	fmt_bytes(&f, id);
	fmt_put(&f, "%s", words[what][1]);
	ming_print_error(&frame, fmt_done(&f), ming_bytes(&c->id));
	c->of->counts[what]++;
	(void)!wstext_say(&c->ws, fmt_done(&frame)); /* or it is not told */
}

void signal_give_up(struct signal_conn *c, bool first)
{
	if (first)
		signal_tell(c, SIGNAL_IN_USE, ming_bytes(&c->id));
	signal_leave(c, first ? "its id is another's"
			      : "another has come with its id");
}

static bool refuse(struct signal_conn *c, enum signal_count what,
		   struct bytes id, const char *why)
{
	signal_tell(c, what, id);
	signal_leave(c, why);
	return false;
}

/* ---- the first message ---- */

/* Who proves the same token is the same. */
static bool is_same(const struct signal_conn *a, const struct signal_conn *b)
{
	return a->admit.token.n && b->admit.token.n &&
	       ct_equal(a->admit.token, b->admit.token);
}

/* It may be dead, and not known to be. */
static void doubt(struct signal_conn *c)
{
	struct loop *loop = c->of->net->loop;

	if (c->doubted || !wstext_ping(&c->ws))
		return;
	c->doubted = true;
	timer_start(&c->timer, loop, loop->now + SIGNAL_DOUBT);
}

/* False: its id is somebody's. */
static bool settle(struct signal_conn *c, struct signal_conn *old)
{
	if (!old)
		return true;
	if (!is_same(c, old)) {
		struct bytes id = ming_bytes(&c->id);
		bool host = old->state == SIGNAL_HOST;

		doubt(old);
		return refuse(c, host ? SIGNAL_IN_USE : SIGNAL_WRONG,
			      host ? id : BYTES("sender ID is another's"),
			      "its id is another's");
	}
	signal_give_up(old, false);
	return true;
}

static bool register_host(struct signal_conn *c)
{
	struct signal *s = c->of;
	struct bytes id = ming_bytes(&c->id);
	char from[64];
	struct fmt f = fmt_to(SPAN(from));

	if (!admit_hosts(&c->admit, id))
		return refuse(c, SIGNAL_DENIED, id, "not for its token");
	if (!settle(c, signal_host(s, id)))
		return false;
	map_put(&s->who.hosts, &c->node, map_mix(&s->seeds[0], id));
	s->who.nhosts++;
	signal_enter(c, SIGNAL_HOST);
	s->counts[SIGNAL_TAKEN]++;
	addr_print(&f, &c->from);
	log_info(s->net->log, "signal", "host %.*s: %s", (int)id.n,
		 (const char *)id.p, fmt_text(&f));
	presence_claim(c);
	return true;
}

static bool introduce(struct signal_conn *c, const struct ming *m)
{
	struct signal *s = c->of;

	if (!m->from.n)
		return refuse(c, SIGNAL_WRONG,
			      BYTES("message has no sender ID"),
			      "it says nobody's id");
	c->id = m->from;
	if (m->kind == MING_REGISTER)
		return register_host(c);
	if (!settle(c, signal_client(s, ming_bytes(&c->id))))
		return false;
	map_put(&s->who.clients, &c->node,
		map_mix(&s->seeds[0], ming_bytes(&c->id)));
	s->who.nclients++;
	signal_enter(c, SIGNAL_CLIENT);
	return true;
}

/* ---- who has called whom ---- */

static struct signal_mark mark_of(const struct signal *s, struct bytes id)
{
	return (struct signal_mark){ map_mix(&s->seeds[0], id),
				     map_mix(&s->seeds[1], id) };
}

static bool has_called(const struct signal_conn *c, struct bytes host)
{
	struct signal_mark m = mark_of(c->of, host);

	for (size_t i = 0; i < SIGNAL_OFFERS && i < c->offers; i++)
		if (c->offered[i].a == m.a && c->offered[i].b == m.b)
			return true;
	return false;
}

/* Of more than SIGNAL_OFFERS the last ones count. */
static void note_call(struct signal_conn *c, struct bytes host)
{
	if (!has_called(c, host))
		c->offered[c->offers++ % SIGNAL_OFFERS] = mark_of(c->of, host);
	presence_reach(c);
}

/* The one of that id that has called host; a client, or one that has registered
 * itself, as clients of the originals must.
 */
static struct signal_conn *caller(const struct signal *s, struct bytes id,
				  struct bytes host)
{
	struct signal_conn *c = signal_client(s, id);

	if (c && has_called(c, host))
		return c;
	c = signal_host(s, id);
	return c && has_called(c, host) ? c : NULL;
}

/* ---- the others ---- */

static bool pass(struct signal_conn *c, struct signal_conn *to,
		 struct bytes text)
{
	if (wstext_say(&to->ws, text))
		c->of->counts[SIGNAL_PASSED]++;
	else
		signal_tell(c, SIGNAL_BUSY, ming_bytes(&to->id));
	return true;
}

static bool pass_far(struct signal_conn *c, struct bytes id, bool to_host,
		     struct bytes text)
{
	if (presence_pass(c, id, to_host, text))
		c->of->counts[SIGNAL_SHARED]++;
	else
		signal_tell(c, SIGNAL_NOT_FOUND, id);
	return true;
}

static bool to_host(struct signal_conn *c, const struct ming *m,
		    struct bytes text)
{
	struct bytes id = ming_bytes(&m->to);
	struct signal_conn *host = signal_host(c->of, id);

	if (!admit_joins(&c->admit, id)) {
		signal_tell(c, SIGNAL_DENIED, id);
		return true;
	}
	if (m->kind == MING_OFFER)
		note_call(c, id);
	return host ? pass(c, host, text) : pass_far(c, id, true, text);
}

static bool route(struct signal_conn *c, const struct ming *m,
		  struct bytes text)
{
	struct bytes id = ming_bytes(&m->to);
	struct signal_conn *to = NULL;

	if (!id.n) {
		signal_tell(c, SIGNAL_WRONG, BYTES("message has no target ID"));
		return true;
	}
	if (c->state == SIGNAL_CLIENT || m->kind == MING_OFFER)
		return to_host(c, m, text);
	to = caller(c->of, id, ming_bytes(&c->id));
	if (to)
		return pass(c, to, text);
	if (c->offers || signal_host(c->of, id))
		return to_host(c, m, text);
	return pass_far(c, id, false, text);
}

static bool is_own(const struct signal_conn *c, const struct ming *m)
{
	return bytes_equal(ming_bytes(&c->id), ming_bytes(&m->from));
}

bool signal_take(struct signal_conn *c, struct bytes text)
{
	struct signal *s = c->of;
	struct fmt f = fmt_to(SPAN(s->room));
	struct ming m;

	if (ming_parse(&m, text) < 0)
		return refuse(c, SIGNAL_WRONG, BYTES("message is not valid"),
			      "it sends what is no message");
	if (!m.from.n)
		m.from = c->id;
	ming_print(&f, &m);
	wstext_take(&c->ws);
	if (c->state == SIGNAL_FIRST && !introduce(c, &m))
		return false;
	if (!is_own(c, &m)) {
		signal_tell(c, SIGNAL_WRONG,
			    BYTES("sender ID is not this connection's"));
		return true;
	}
	return m.kind == MING_REGISTER || route(c, &m, fmt_done(&f));
}

void signal_deliver(struct signal *s, bool host, struct bytes text)
{
	struct signal_conn *to;
	struct ming m;

	if (ming_parse(&m, text) < 0)
		return;
	to = host ? signal_host(s, ming_bytes(&m.to))
		  : caller(s, ming_bytes(&m.to), ming_bytes(&m.from));
	if (to && wstext_say(&to->ws, text))
		s->counts[SIGNAL_PASSED]++;
}
