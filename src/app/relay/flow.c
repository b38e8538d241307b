#include "app/relay/flow.h"
#include "app/relay/access.h"
#include "app/relay/allowance.h"
#include "app/relay/session.h"
#include "net/framed.h"
#include "os/mem.h"
#include "os/parts.h"
#include "os/rand.h"
#include <assert.h>

enum {
	ASKED_MS = 10000,
	FRESH_ROWS = 4096 /* of neighbourhoods: new flows */
};

int flows_start(struct relay *r)
{
	struct flows *fs = &r->flows;
	uint32_t most = r->conf->max_flows;
	struct span fresh;
	/* clang-format off */
	const struct part parts[] = {
		PART_SLOTS(&fs->table, struct flow, most),
		PART_SLOTS(&fs->lines, struct flow_line, most),
		PART_MAP(&fs->by_addr, most),
		PART_MAP(&fs->by_id, most),
		PART_MAP(&fs->by_out_id, most),
		PART_MEM(&fresh, struct limit_row, FRESH_ROWS),
	};
	/* clang-format on */
	int rc = parts_reserve(&fs->memory, parts, COUNT(parts));

	if (rc < 0)
		return rc;
	list_init(&fs->quiet);
	list_init(&fs->answered);
	rand_fill((struct span){ (uint8_t *)&fs->seed, sizeof fs->seed });
	fs->last_id = rand_below(UINT32_MAX);
	limit_init(&fs->fresh, fresh, &fs->seed);
	return 0;
}

void flows_end(struct relay *r)
{
	mem_release(r->flows.memory);
}

/* ---- names ---- */

/* A port is one service's, or one group's. */
static uint32_t hash_of_addr(const struct relay *r, uint16_t port,
			     const struct addr *a)
{
	uint8_t key[sizeof a->ip + 4];

	memcpy(key, a->ip, sizeof a->ip);
	memcpy(key + sizeof a->ip, &a->port, 2);
	memcpy(key + sizeof a->ip + 2, &port, 2);
	return map_mix(&r->flows.seed, (struct bytes){ key, sizeof key });
}

static struct flow *of_addr(struct relay *r, uint16_t port,
			    const struct addr *a)
{
	uint32_t hash = hash_of_addr(r, port, a);
	struct map_node *n = NULL;

	while ((n = map_find(&r->flows.by_addr, hash, n)) != NULL) {
		struct flow *f = container_of(n, struct flow, by_addr);

		if (f->published->port == port && f->from.port == a->port &&
		    addr_same_ip(&f->from, a))
			return f;
	}
	return NULL;
}

struct flow *flow_of_id(struct relay *r, uint32_t id)
{
	struct map_node *n = map_find(&r->flows.by_id, id, NULL);

	return n ? container_of(n, struct flow, by_id) : NULL;
}

struct flow *flow_of_out_id(struct relay *r, struct bytes out_id)
{
	uint32_t hash = map_hash(out_id);
	struct map_node *n = NULL;

	while ((n = map_find(&r->flows.by_out_id, hash, n)) != NULL) {
		struct flow *f = container_of(n, struct flow, by_out_id);

		if (bytes_equal((struct bytes){ f->out_id, FASTNAT_NONCE },
				out_id))
			return f;
	}
	return NULL;
}

/* ---- ending ---- */

/* Who was never answered may not exist at all: that is no line for strangers to
 * fill the log with.
 */
static void say_end(const struct flow *f, const char *why)
{
	char who[FASTNAT_NAME + 16], from[64];
	struct fmt w = fmt_to(SPAN(who)), a = fmt_to(SPAN(from));

	fmt_put(&w, "relay %s", f->published->name);
	addr_print(&a, &f->from);
	log_put(f->relay->net->log, f->answered ? LOG_INFO : LOG_DEBUG,
		fmt_text(&w),
		"%s ended in=%llu out=%llu seconds=%llu reason=\"%s\"",
		fmt_text(&a), (unsigned long long)f->in,
		(unsigned long long)f->out,
		(unsigned long long)(f->last - f->since) / 1000, why);
}

/* The session that was asked may be gone, and with it what it expected. */
static void stop_expecting(struct flow *f)
{
	struct session *s;

	if (f->way != FLOW_ASKED)
		return;
	s = slots_find(&f->relay->sessions, f->asked);
	if (s)
		session_expected(s);
}

static void drop_line(struct flow *f)
{
	if (f->line) {
		stream_stop(&f->line->tcp.stream, false);
		slots_put(&f->relay->flows.lines, f->line);
	}
	if (f->held)
		bufs_put(f->relay->net, f->held);
	f->line = NULL;
	f->held = NULL;
}

void flow_stop(struct flow *f, const char *why)
{
	struct flows *fs = &f->relay->flows;

	udp_flush(f->relay->net); /* what is queued names our visitor */
	say_end(f, why);
	access_flow(f);
	stop_expecting(f);
	gate_leave(f->relay, &f->from, GATE_OF_FLOW);
	drop_line(f);
	timer_stop(&f->idle, f->relay->net->loop);
	list_remove(&f->lru);
	map_remove(&fs->by_addr, &f->by_addr);
	map_remove(&fs->by_id, &f->by_id);
	map_remove(&fs->by_out_id, &f->by_out_id);
	published_leave(f->published);
	slots_put(&fs->table, f);
}

void flows_stop(struct published *p, const char *why)
{
	slots_each (struct flow, f, &p->relay->flows.table)
		if (f.it->published == p)
			flow_stop(f.it, why);
}

static void idle(struct timer *t)
{
	struct flow *f = container_of(t, struct flow, idle);
	int64_t due = f->last + f->published->idle_ms;

	if (f->way == FLOW_ASKED)
		flow_stop(f, "the client did not fetch it in time");
	else if (relay_now(f->relay) >= due)
		flow_stop(f, "idle");
	else
		timer_start(t, f->relay->net->loop, due);
}

static void enter(struct flow *f, enum flow_way way)
{
	int64_t most = way == FLOW_ASKED ? ASKED_MS : f->published->idle_ms;

	stop_expecting(f);
	f->way = (uint8_t)way;
	if (way == FLOW_ASKED) {
		f->asked =
			slots_name(&f->relay->sessions, f->published->session);
		session_expect(f->published->session);
	}
	timer_start(&f->idle, f->relay->net->loop, relay_now(f->relay) + most);
}

/* ---- beginning ---- */

static struct flow *oldest(const struct relay *r)
{
	const struct flows *fs = &r->flows;
	const struct list *of =
		list_alone(&fs->quiet) ? &fs->answered : &fs->quiet;

	return container_of(of->next, struct flow, lru);
}

const struct flow *flow_to_displace(const struct relay *r)
{
	return oldest(r);
}

static void make_room(struct relay *r)
{
	if (r->flows.table.used < r->flows.table.limit)
		return;
	r->gate.counts[GATE_FLOW_DISPLACED]++;
	flow_stop(oldest(r), "gave way to another");
}

/* New ones of a neighbourhood: a /24 or a /56. */
bool flow_is_timely(struct relay *r, const struct addr *a)
{
	static const struct limit_rate fresh = { 100, 1000 };
	uint8_t key[16];

	addr_cut(key, a, addr_is_ip4(a) ? 96 + 24 : 56);
	return limit_take(&r->flows.fresh, (struct bytes){ key, sizeof key },
			  &fresh, relay_now(r));
}

static void name(struct flow *f)
{
	struct flows *fs = &f->relay->flows;
	uint8_t raw[FASTNAT_NONCE / 2];
	struct fmt id = fmt_to(SPAN(f->out_id));

	rand_fill(SPAN(raw));
	fmt_hex(&id, (struct bytes){ raw, sizeof raw });
	fs->last_id += fs->last_id == UINT32_MAX ? 2 : 1;
	f->id = fs->last_id;
	map_put(&fs->by_addr, &f->by_addr,
		hash_of_addr(f->relay, f->published->port, &f->from));
	map_put(&fs->by_id, &f->by_id, f->id);
	map_put(&fs->by_out_id, &f->by_out_id,
		map_hash((struct bytes){ f->out_id, FASTNAT_NONCE }));
}

static struct flow *begin(struct published *front, const struct datagram *d)
{
	struct published *p = group_pick(front);
	struct relay *r = front->relay;
	struct flow *f;

	if (!p || gate_flow(p, d->peer) != GATE_FLOWS)
		return NULL;
	make_room(r);
	f = slots_get(&r->flows.table);
	f->relay = r;
	f->published = p;
	f->from = *d->peer;
	f->here = *d->here;
	f->since = f->last = relay_now(r);
	name(f);
	list_append(&r->flows.quiet, &f->lru);
	timer_init(&f->idle, idle);
	published_enter(p);
	p->past.visitors++;
	gate_enter(r, &f->from, GATE_OF_FLOW);
	enter(f, path_live(&p->session->path, f->since) ? FLOW_CARRIER
							: FLOW_ASKED);
	if (session_announce_flow(p->session, f) == 0)
		return f;
	r->gate.counts[GATE_DATAGRAMS_LOST]++;
	flow_stop(f, "no room to tell the client");
	return NULL;
}

/* Its client is gone, and another of its group is there. */
static bool is_deserted(struct flow *f)
{
	return !f->published->session && group_other(f->published, NULL);
}

/* ---- from the visitor to the client ---- */

/* False: it is lost. */
static bool carry(struct flow *f, struct bytes data)
{
	struct session *s = f->published->session;
	struct carrier c = { .flow = f->id, .payload = data };

	if (!allowance_lets(f->published, ALLOWANCE_IN, data.n))
		return false;
	if (f->way == FLOW_LINE)
		return framed_put(&f->line->tcp.stream, data);
	if (!s || f->sent == UINT32_MAX)
		return false;
	if (f->way == FLOW_CARRIER &&
	    (data.n > CARRIER_MOST || !path_live(&s->path, f->last))) {
		enter(f, FLOW_ASKED);
		if (session_announce_flow(s, f) < 0)
			enter(f, FLOW_CARRIER);
	}
	if (f->way == FLOW_ASKED)
		return framed_hold(f->relay->net, &f->held, data);
	if (data.n > CARRIER_MOST)
		return false;
	c.counter = ++f->sent;
	path_say(&s->path, &c);
	return true;
}

static void used(struct flow *f)
{
	f->last = relay_now(f->relay);
	list_remove(&f->lru);
	list_append(f->answered ? &f->relay->flows.answered
				: &f->relay->flows.quiet,
		    &f->lru);
}

static void come(struct udp *u)
{
	struct published *p = container_of(u, struct published, udp);
	struct datagram d;

	while (udp_next(u, &d)) {
		struct flow *f = of_addr(p->relay, p->port, d.peer);

		if (f && is_deserted(f)) {
			flow_stop(f, "its client is gone");
			f = NULL;
		}
		if (!f)
			f = begin(p, &d);
		if (!f)
			continue;
		used(f);
		f->in += d.data.n;
		f->published->past.in += d.data.n;
		if (!carry(f, d.data))
			p->relay->gate.counts[GATE_DATAGRAMS_LOST]++;
	}
	udp_flush(u->net);
}

int flow_listen(struct published *p, struct bytes host, uint16_t port)
{
	return udp_bind(&p->udp, p->relay->net, host, port, come);
}

int flow_take_port(struct published *p, int fd)
{
	return udp_take(&p->udp, p->relay->net, fd, come);
}

const char *flow_fault(void)
{
	return NULL;
}

/* ---- from the client to the visitor ---- */

void flow_answer(struct flow *f, struct bytes data)
{
	const struct udp_to to = { &f->from, &f->here };
	struct udp *u = &group_front(f->published)->udp;

	f->answered = true;
	used(f);
	f->out += data.n;
	f->published->past.out += data.n;
	if (!allowance_lets(f->published, ALLOWANCE_OUT, data.n))
		f->relay->gate.counts[GATE_DATAGRAMS_LOST]++;
	else if (udp_runs(u))
		udp_send(u, &to, (struct bytes){ NULL, 0 }, data);
}

static void wake_line(struct waker *w, unsigned what)
{
	struct flow_line *line = container_of(w, struct flow_line, waker);
	struct stream *s = &line->tcp.stream;
	struct flow *f = line->flow;
	struct bytes data;

	(void)what;
	while (framed_peek(s, &data)) {
		flow_answer(f, data);
		udp_flush(f->relay->net); /* data is lent until it is taken */
		framed_take(s, data);
	}
	if (s->err || s->ended)
		flow_stop(f,
			  s->err ? err_text(s->err) : "closed by the client");
}

void flow_take_line(struct flow *f, struct tcp *from)
{
	struct flow_line *line = slots_get(&f->relay->flows.lines);

	assert(line && !f->line); /* there are as many as flows */
	line->flow = f;
	line->waker.wake = wake_line;
	tcp_move(&line->tcp, from, &line->waker);
	f->line = line;
	enter(f, FLOW_LINE);
	if (!framed_release(f->relay->net, &f->held, &line->tcp.stream))
		f->relay->gate.counts[GATE_DATAGRAMS_LOST]++;
}

void flow_look(struct flow *f)
{
	wake_line(&f->line->waker, STREAM_IN);
}
