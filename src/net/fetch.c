#include "net/fetch.h"
#include "os/sock.h"

enum { HEAD_MOST = 8192 };

void fetch_init(struct fetch *f, struct span room,
		void (*done)(struct fetch *f, unsigned status,
			     struct bytes body))
{
	*f = (struct fetch){ .room = room, .done = done };
}

void fetch_stop(struct fetch *f)
{
	if (!f->net)
		return;
	timer_stop(&f->late, f->net->loop);
	dial_stop(&f->dial);
	if (tcp_runs(&f->tcp))
		stream_stop(&f->tcp.stream, false);
	f->net = NULL;
}

static void end(struct fetch *f, unsigned status)
{
	struct bytes body = { f->room.p, status ? f->filled : 0 };

	fetch_stop(f);
	f->done(f, status, body);
}

/* ---- asking ---- */

static void say(struct fetch *f)
{
	struct stream *s = &f->tcp.stream;
	struct span room;

	if (f->asked == 0)
		return;
	room = stream_reserve(s, f->asked);
	if (!room.p)
		return;
	memcpy(room.p, f->ask, f->asked);
	stream_commit(s, f->asked);
	f->asked = 0;
}

/* ---- hearing ---- */

/* 1, 0: more is needed, or -NAT_E... */
static int hear_head(struct fetch *f)
{
	struct stream *s = &f->tcp.stream;
	struct http1_response r;
	struct span in = { NULL, 0 };
	long n = 0;

	while (n == 0) {
		size_t least = in.n + 1;

		in = stream_peek(s, least);
		if (in.n < least)
			return 0;
		n = http1_scan(&f->scan, bytes_in(in), HEAD_MOST);
	}
	if (n < 0)
		return (int)n;
	in.p += f->scan.lead;
	in.n = (size_t)n - f->scan.lead;
	if (http1_response(&r, bytes_in(in), BYTES("GET")) < 0)
		return -NAT_EPROTO;
	stream_take(s, (size_t)n);
	f->status = r.status;
	body_start(&f->body, (enum body_kind)r.head.body, r.head.length);
	return 1;
}

static void keep(struct fetch *f, struct bytes b)
{
	size_t n = min_size(b.n, f->room.n - f->filled);

	if (n)
		memcpy(f->room.p + f->filled, b.p, n);
	f->filled += n;
}

/* The next part that is here; what frames it is taken. */
static int next_part(struct fetch *f, struct body_part *part)
{
	struct stream *s = &f->tcp.stream;
	size_t least = 1;

	for (;;) {
		struct span in = { NULL, 0 };

		if (!body_over(&f->body))
			in = stream_peek(s, least);
		if (body_next(&f->body, bytes_in(in), part) < 0)
			return -NAT_EPROTO;
		if (part->skip)
			stream_take(s, part->skip);
		if (part->what == BODY_END ||
		    (part->what != BODY_MORE && !part->skip) ||
		    (!part->skip && in.n < least))
			return 0;
		least = part->skip ? 1 : in.n + 1;
	}
}

/* 1: it is whole, 0: more is needed, or -NAT_E... */
static int hear_body(struct fetch *f)
{
	struct body_part part;

	do {
		if (next_part(f, &part) < 0)
			return -NAT_EPROTO;
		if (part.what == BODY_SOME)
			keep(f, part.data);
		if (part.what == BODY_SOME || part.what == BODY_FIELD) {
			stream_take(&f->tcp.stream, part.data.n);
			body_took(&f->body, part.data.n);
		}
	} while (part.what != BODY_MORE && part.what != BODY_END);
	return part.what == BODY_END;
}

static void hear(struct fetch *f)
{
	int rc = f->status ? 1 : hear_head(f);

	if (rc > 0)
		rc = hear_body(f);
	if (rc == 0 && f->tcp.stream.ended)
		rc = f->status && f->body.kind == BODY_CLOSE ? 1 : -NAT_ECLOSED;
	if (rc != 0)
		end(f, rc > 0 ? f->status : 0);
}

static void wake(struct waker *w, unsigned what)
{
	struct fetch *f = container_of(w, struct fetch, waker);

	if (what & STREAM_DOWN) {
		end(f, 0);
		return;
	}
	say(f);
	hear(f);
}

/* ---- life ---- */

static void late(struct timer *t)
{
	end(container_of(t, struct fetch, late), 0);
}

static void dialled(struct dial *d, int fd)
{
	struct fetch *f = container_of(d, struct fetch, dial);

	if (fd < 0) {
		end(f, 0);
		return;
	}
	f->waker.wake = wake;
	tcp_start(&f->tcp, f->net, fd, &f->waker);
	say(f);
}

void fetch_start(struct fetch *f, struct net *net, const struct addr *to,
		 struct bytes request, int64_t patience)
{
	f->net = net;
	f->status = 0;
	f->filled = 0;
	f->scan = (struct http1_scan){ .at = 0 };
	f->asked = min_size(request.n, sizeof f->ask);
	memcpy(f->ask, request.p, f->asked);
	timer_init(&f->late, late);
	timer_start(&f->late, net->loop, net->loop->now + patience);
	dial_addr(&f->dial, net, to, patience, dialled);
}
