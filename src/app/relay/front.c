#include "app/relay/front.h"
#include "app/relay/published.h"
#include "app/relay/session.h"
#include "app/relay/visitor.h"
#include "app/relay/web.h"
#include "os/mem.h"
#include "os/parts.h"
#include "os/sock.h"
#include "wire/proxyline.h"
#include <assert.h>

struct front { /* one that has not said yet who visits */
	struct slot slot;
	struct list node;
	struct tcp tcp;
	struct waker waker;
	struct relay *relay;
	struct addr from;
	int64_t due;
	struct slot_name published; /* gen 0: it came to port */
	struct web_port *port;
};

struct fronts {
	struct span memory;
	struct relay *relay;
	struct slots table;
	struct list waiting; /* oldest first */
	struct timer expiry; /* of the oldest */
	struct cidrs trusted;
};

static void expect_expiry(struct fronts *fs)
{
	const struct front *first;

	if (list_alone(&fs->waiting) || timer_runs(&fs->expiry))
		return;
	first = container_of(fs->waiting.next, const struct front, node);
	timer_start(&fs->expiry, fs->relay->net->loop, first->due);
}

/* Its connection has moved, or is stopped. */
static void forget(struct front *f)
{
	list_remove(&f->node);
	slots_put(&f->relay->waits.fronts->table, f);
}

static void turn_away(struct front *f, const char *why)
{
	struct relay *r = f->relay;
	char text[64];
	struct fmt a = fmt_to(SPAN(text));

	addr_print(&a, &f->from);
	relay_warn(r, "relay", "%s is turned away: %s (--accept-proxy)",
		   fmt_text(&a), why);
	r->gate.counts[GATE_VISITOR_UNTOLD]++;
	stream_stop(&f->tcp.stream, true);
	forget(f);
}

/* The port may have been closed meanwhile. */
static void visit(struct front *f, const struct addr *who)
{
	struct published *p = slots_find(&f->relay->published, f->published);

	p = p ? group_pick(p) : NULL;
	if (p && visitor_start_told(p, &f->tcp, who))
		session_announce(p->session);
	else
		stream_stop(&f->tcp.stream, true);
	forget(f);
}

static void pass(struct front *f, const struct proxyline *p)
{
	const struct addr who = p->kind ? p->from : f->from;
	struct web_port *port = f->port;
	struct tcp tcp;

	if (!port) {
		visit(f, &who);
		return;
	}
	tcp_move(&tcp, &f->tcp, NULL);
	forget(f);
	web_come(port, &tcp, &who);
}

/* All that has come, once it is more than seen. */
static struct bytes look(struct stream *s, size_t seen)
{
	struct span in = stream_peek(s, seen + 1);

	return (struct bytes){ in.p, in.n > seen ? in.n : 0 };
}

static void wake(struct waker *w, unsigned what)
{
	struct front *f = container_of(w, struct front, waker);
	struct stream *s = &f->tcp.stream;
	struct proxyline line;
	struct bytes in = { NULL, 0 };
	long n = 0;

	(void)what;
	do {
		in = look(s, in.n);
		if (in.n)
			n = proxyline_parse(&line, in);
	} while (in.n && n == 0);
	if (n > 0) {
		stream_take(s, (size_t)n);
		pass(f, &line);
	} else if (n < 0) {
		turn_away(f, "it does not begin with a PROXY header");
	} else if (s->err || s->ended) {
		stream_stop(s, false);
		forget(f);
	}
}

static void expire(struct timer *t)
{
	struct fronts *fs = container_of(t, struct fronts, expiry);

	while (!list_alone(&fs->waiting)) {
		struct front *f =
			container_of(fs->waiting.next, struct front, node);

		if (f->due > relay_now(fs->relay))
			break;
		turn_away(f, "no PROXY header in time");
	}
	expect_expiry(fs);
}

bool front_takes(struct relay *r, int fd, const struct addr *from,
		 struct front_to to)
{
	struct fronts *fs = r->waits.fronts;
	struct front *f;

	if (!cidrs_have(&fs->trusted, from))
		return false;
	f = slots_get(&fs->table);
	if (!f) {
		sock_close(fd, true);
		return true;
	}
	f->relay = r;
	f->from = *from;
	f->port = to.port;
	if (to.published)
		f->published = slots_name(&r->published, to.published);
	f->due = relay_now(r) + FRONT_MS;
	f->waker.wake = wake;
	list_append(&fs->waiting, &f->node);
	tcp_start(&f->tcp, r->net, fd, &f->waker);
	expect_expiry(fs);
	return true;
}

void front_tell(struct fastnat *m, const struct addr *at, struct span room)
{
	struct fmt f = fmt_to(room);

	if (at->family == ADDR_NONE)
		return;
	addr_print(&f, at);
	m->has |= HAS_TO;
	m->host = fmt_done(&f);
}

void front_tell_here(struct fastnat *m, const struct tcp *t, struct span room)
{
	struct addr at;

	if (sock_here(tcp_fd(t), &at) == 0)
		front_tell(m, &at, room);
}

/* ---- life ---- */

void front_reload(struct relay *r)
{
	const struct opt_list *from = &r->conf->gate.accept_proxy;
	struct cidrs *to = &r->waits.fronts->trusted;

	to->n = 0;
	for (uint32_t i = 0; i < from->n; i++) {
		const char *why = cidrs_parse(to, bytes_of(from->v[i]));

		assert(!why); /* found good when the settings were read */
		(void)why;
	}
}

int front_start(struct relay *r)
{
	struct span memory = mem_reserve(sizeof(struct fronts));
	struct fronts *fs = (struct fronts *)(void *)memory.p;
	const struct part part =
		PART_SLOTS(fs ? &fs->table : NULL, struct front,
			   r->conf->gate.max_unknown);

	if (!fs)
		return -NAT_EMEMORY;
	fs->relay = r;
	list_init(&fs->waiting);
	timer_init(&fs->expiry, expire);
	r->waits.fronts = fs;
	front_reload(r);
	return parts_reserve(&fs->memory, &part, 1);
}

void front_stop(struct relay *r)
{
	struct fronts *fs = r->waits.fronts;

	if (!fs)
		return;
	if (fs->memory.p) {
		slots_each (struct front, f, &fs->table) {
			stream_stop(&f.it->tcp.stream, true);
			forget(f.it);
		}
		timer_stop(&fs->expiry, r->net->loop);
	}
	mem_release(fs->memory);
	mem_release((struct span){ (uint8_t *)fs, sizeof *fs });
	r->waits.fronts = NULL;
}

size_t front_descriptors(const struct relay_conf *conf)
{
	return conf->gate.accept_proxy.n ? conf->gate.max_unknown : 0;
}
