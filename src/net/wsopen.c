#include "base/addr.h"
#include "net/wslot.h"
#include "os/sock.h"

/* The next head. > 0: its bytes; 0: not all of it is here; or an error. */
static long next_head(struct wsock *w, struct bytes *in)
{
	size_t seen;
	long n;

	do {
		struct span all = stream_peek(wslot_below(w), w->scan.at + 1);

		seen = w->scan.at;
		*in = (struct bytes){ all.p, all.n > seen ? all.n : seen };
		n = http1_scan(&w->scan, *in, UPGRADE_HEAD);
	} while (n == 0 && w->scan.at > seen);
	if (n == 0 && wslot_below(w)->ended)
		wslot_fail(w, -NAT_ECLOSED, WS_FINE);
	return n;
}

/* What stands in it, without what came before. */
static struct bytes head_of(const struct wsock *w, struct bytes in, long n)
{
	return (struct bytes){ in.p + w->scan.lead, (size_t)n - w->scan.lead };
}

static void open_up(struct wsock *w, long n)
{
	stream_take(wslot_below(w), (size_t)n);
	wslot_enter(w, WSOCK_OPEN);
	w->veil.open = true;
	wslot_tell(w);
}

/* ---- the server ---- */

/* Strangers come here: within the rate. */
static void say_refused(struct wsock *w, unsigned status, struct bytes path)
{
	enum { MOST = 80 };
	struct addr a = { .family = ADDR_NONE };
	struct wsocks *s = w->of;
	char text[64];
	struct fmt f = fmt_to(SPAN(text));

	if (sock_there(tcp_fd(&w->veil.tcp), &a) == 0)
		addr_print(&f, &a);
	log_seldom(s->net->log, log_at(&s->rate, s->net->loop->now), "http",
		   "%s is answered %u: it asks for %.*s, WebSocket is at %.*s",
		   fmt_text(&f), status, (int)min_size(path.n, MOST),
		   (const char *)path.p, (int)s->path.n,
		   (const char *)s->path.p);
}

bool wsopen_is_here(const struct wsocks *s, struct bytes target)
{
	struct bytes path = { target.p, min_size(target.n, s->path.n) };

	return bytes_equal(path, s->path) &&
	       (target.n == path.n || target.p[path.n] == '?');
}

static unsigned status_of(const struct http1_scan *scan, long n)
{
	if (n == -NAT_EROOM)
		return scan->lines ? 431 : 414;
	return 400;
}

static void answer(struct wsock *w)
{
	struct wsocks *s = w->of;
	struct bytes in, path = BYTES("?");
	struct span room;
	struct fmt f;
	long n = next_head(w, &in);
	unsigned why = status_of(&w->scan, n);

	if (n == 0)
		return;
	room = stream_reserve(wslot_below(w), UPGRADE_SAID);
	f = fmt_to(room);
	if (n > 0)
		why = http1_request(&s->request, head_of(w, in, n));
	if (n > 0 && !why)
		path = s->request.target;
	if (n > 0 && !why && !wsopen_is_here(s, path))
		why = 404;
	if (why)
		upgrade_refuse(&f, why);
	else
		why = upgrade_answer(&f, &s->request, BYTES(WSOCK_PROTOCOL));
	if (room.p)
		stream_commit(wslot_below(w), f.n);
	if (!why && room.p) {
		open_up(w, n);
		return;
	}
	say_refused(w, why, path);
	w->said.late = true;
	wslot_fail(w, -NAT_EPROTO, WS_FINE);
}

/* ---- the client ---- */

static void call(struct wsock *w)
{
	size_t most = UPGRADE_SAID + w->ask.host.n + w->ask.path.n;
	struct span room = stream_reserve(wslot_below(w), most);
	struct fmt f = fmt_to(room);

	if (!room.p)
		return; /* STREAM_OUT will come */
	upgrade_ask(&f, &w->ask);
	stream_commit(wslot_below(w), f.n);
	wslot_enter(w, WSOCK_ASKED);
}

static void hear_answer(struct wsock *w)
{
	struct http1_response *r = &w->of->response;
	struct bytes in;
	long n = next_head(w, &in);

	if (n == 0)
		return;
	w->why = "does not speak HTTP";
	if (n > 0 && !w->scan.lead &&
	    http1_response(r, head_of(w, in, n), BYTES("GET")) == 0) {
		w->status = (uint16_t)r->status;
		w->why = upgrade_heard(r, &w->ask);
	}
	if (w->why)
		wslot_fail(w, -NAT_EPROTO, WS_FINE);
	else
		open_up(w, n);
}

void wsopen_step(struct wsock *w)
{
	if (w->state == WSOCK_CALLED)
		answer(w);
	if (w->state == WSOCK_CALLS)
		call(w);
	if (w->state == WSOCK_ASKED)
		hear_answer(w);
}
