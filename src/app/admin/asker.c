#include "app/admin/asker.h"
#include "app/admin/request.h"
#include "app/admin/served.h"
#include "os/local.h"
#include "os/sock.h"
#include <assert.h>

enum { WORD = 64 }; /* longest request on the unix socket */

static void forget(struct asker *a)
{
	timer_stop(&a->limit, a->of->net->loop);
	list_remove(&a->node);
	slots_put(&a->of->table, a);
}

static void stop(struct asker *a)
{
	stream_stop(&a->tcp.stream, false);
	forget(a);
}

static void leave(struct asker *a)
{
	struct askers *as = a->of;
	int fd = tcp_leave(&a->tcp);

	forget(a);
	as->takeover(as->of, fd);
}

/* ---- answering ---- */

/* Pieces while there is room. False: that was all. */
static bool fill(struct fmt *f, struct asker *a)
{
	for (;;) {
		struct print_at before = a->at;
		size_t n = f->n;

		if (!a->print || !a->print(f, a->of->reports, &a->at))
			return false;
		if (!f->full)
			continue;
		assert(n > 0); /* PRINT_PIECE is more than any piece */
		f->n = n;
		a->at = before;
		return true;
	}
}

/* One buffer at a time: asking for more than it can hold makes the stream say when
 * it is empty, and a slow reader keeps a small one.
 */
static void say(struct asker *a)
{
	struct stream *s = &a->tcp.stream;

	while (!a->over) {
		struct span room = stream_reserve(s, PRINT_PIECE);
		struct fmt f = fmt_to(room);

		if (!room.p)
			return;
		a->over = !fill(&f, a);
		stream_commit(s, f.n);
		if (a->over)
			break;
		if (!stream_reserve(s, s->most_out).p)
			return;
		stream_commit(s, 0);
	}
	stream_finish(s);
}

/* head, and behind it what print says. */
static void answer(struct asker *a, const char *head,
		   bool (*print)(struct fmt *, const struct reports *,
				 struct print_at *))
{
	const struct reports *rs = a->of->reports;
	struct span room = stream_reserve(&a->tcp.stream, PRINT_PIECE);
	struct fmt f = fmt_to(room);

	a->answered = true;
	a->print = print;
	a->over = !room.p; /* no buffers: the end is all that it hears */
	if (room.p) {
		fmt_put(&f, "%s", head);
		stream_commit(&a->tcp.stream, f.n);
	}
	for (uint32_t i = 0; print && i < rs->n; i++)
		if (rs->v[i].prepare)
			rs->v[i].prepare(rs->v[i].of);
}

/* ---- hearing ---- */

static const struct {
	const char *word;
	bool (*print)(struct fmt *f, const struct reports *rs,
		      struct print_at *at);
	bool detail;
} words[] = {
	{ "status", print_json, false },
	{ "all", print_json, true },
	{ "metrics", print_metrics, false },
};

static void obey(struct asker *a, struct bytes word)
{
	a->leaves = a->of->takeover && bytes_are(word, "takeover");
	if (a->leaves)
		return;
	for (size_t i = 0; i < COUNT(words); i++) {
		if (!bytes_are(word, words[i].word))
			continue;
		a->at.detail = words[i].detail;
		answer(a, "", words[i].print);
		return;
	}
	answer(a, "{\"error\":\"no such request\"}\n", NULL);
}

/* How much of in is a request; 0: more is needed. */
static size_t hear_word(struct asker *a, struct bytes in)
{
	const uint8_t *end = memchr(in.p, '\n', in.n);
	size_t n = end ? (size_t)(end - in.p) : in.n;

	if (!end && n <= WORD)
		return 0;
	obey(a, (struct bytes){ in.p, n });
	return n + (end != NULL);
}

static size_t hear_http(struct asker *a, struct bytes in)
{
	struct request r;
	long n = request_parse(&r, in);
	const struct served *what = n > 0 ? served_find(r.target) : NULL;
	int status;

	if (n == 0)
		return 0;
	status = request_status(&r, n, what != NULL);
	if (status == 200 && what->guarded && !request_is_here(&r))
		status = 421;
	a->at.detail = status == 200 && what->detail;
	answer(a,
	       status == 200 && what->head ? what->head
					   : request_answer(status),
	       status == 200 ? what->print : NULL);
	return n < 0 ? in.n : (size_t)n;
}

static void hear(struct asker *a)
{
	struct stream *s = &a->tcp.stream;
	size_t have = 0, n = 0;

	while (n == 0) {
		struct span in = stream_peek(s, have + 1);

		if (in.n <= have)
			return;
		have = in.n;
		n = a->of->http ? hear_http(a, bytes_in(in))
				: hear_word(a, bytes_in(in));
	}
	stream_take(s, n);
}

/* Whatever else it says: bytes unread would make the end a reset. */
static void drain(struct asker *a)
{
	struct span in;

	while ((in = stream_peek(&a->tcp.stream, 1)).p)
		stream_take(&a->tcp.stream, in.n);
}

static void wake(struct waker *w, unsigned what)
{
	struct asker *a = container_of(w, struct asker, waker);
	struct stream *s = &a->tcp.stream;

	(void)what;
	if (!a->answered)
		hear(a);
	if (a->leaves) {
		leave(a);
		return;
	}
	if (a->answered) {
		drain(a);
		say(a);
	}
	if (s->err || (s->ended && (!a->answered || s->finished)))
		stop(a);
}

static void too_late(struct timer *t)
{
	stop(container_of(t, struct asker, limit));
}

/* ---- coming ---- */

/* NULL: all that there are are being answered. */
static struct asker *take_slot(struct askers *as)
{
	struct asker *a = slots_get(&as->table);

	if (a)
		return a;
	list_each (at, &as->list) {
		a = container_of(at, struct asker, node);
		if (a->answered && !a->over)
			continue;
		stop(a);
		return slots_get(&as->table);
	}
	return NULL;
}

static void let_in(struct askers *as, int fd)
{
	struct asker *a = NULL;

	if (as->http || local_trusted(fd))
		a = take_slot(as);
	if (!a) {
		sock_close(fd, false);
		return;
	}
	a->of = as;
	a->waker.wake = wake;
	list_append(&as->list, &a->node);
	timer_init(&a->limit, too_late);
	timer_start(&a->limit, as->net->loop, as->net->loop->now + ASKER_MS);
	tcp_start(&a->tcp, as->net, fd, &a->waker);
}

void askers_come(struct listener *l)
{
	struct askers *as = container_of(l, struct askers, listener);
	struct addr from;
	int fd;

	for (int i = 0; i < LISTENER_BATCH; i++) {
		fd = listener_accept(l, &from);
		if (fd < 0)
			return;
		let_in(as, fd);
	}
}

void askers_init(struct askers *as, struct net *net,
		 const struct reports *reports, bool http)
{
	as->net = net;
	as->reports = reports;
	as->http = http;
	list_init(&as->list);
	slots_init(&as->table, SPAN(as->mem), sizeof(struct asker),
		   ASKERS_MOST);
}

void askers_stop(struct askers *as)
{
	slots_each (struct asker, a, &as->table)
		stop(a.it);
	listener_stop(&as->listener);
}
