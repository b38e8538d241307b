#include "net/sealed.h"
#include "base/addr.h"
#include "os/clock.h"
#include "net/records.h"
#include "os/sock.h"

/* What stands around the records that a buffer of the pool holds. */
enum { AROUND_MOST = (POOL_SLAB / TLS_RECORD_TEXT + 1) * TLS_OVERHEAD };

static struct sealed *of(struct stream *s)
{
	return container_of(container_of(s, struct tcp, stream)->veil,
			    struct sealed, veil);
}

static struct stream *below(struct sealed *x)
{
	return &x->veil.tcp.stream;
}

/* ---- what the engine says for itself ---- */

/* One record. 0: nothing; -NAT_EAGAIN: there is no room now. */
static long say(struct sealed *x)
{
	struct span room = stream_reserve(below(x), TLS_SAY_LEAST);
	size_t n;

	if (!room.p)
		return -NAT_EAGAIN;
	n = tls_say(&x->tls, room);
	stream_commit(below(x), n);
	return (long)n;
}

bool sealed_say(struct sealed *x)
{
	long n = 1;

	while (n > 0)
		n = say(x);
	return n == 0;
}

/* At debug: strangers come here. */
static void say_course(const struct sealed *x, const char *what)
{
	struct addr a = { .family = ADDR_NONE };
	char text[64];
	struct fmt f = fmt_to(SPAN(text));

	if (x->seals->net->log->most < LOG_DEBUG ||
	    sock_there(tcp_fd(&x->veil.tcp), &a) < 0)
		return;
	addr_print(&f, &a);
	log_debug(x->seals->net->log, "tls", "%s: %s", fmt_text(&f), what);
}

/* Told from the loop; the other side is told at once, for whoever looks at err may
 * stop us before.
 */
void sealed_fail(struct sealed *x, int err)
{
	bool speaks = x->tls.err && x->state > SEALED_WAITS && !below(x)->err;

	if (x->state == SEALED_OVER)
		return;
	if (x->state < SEALED_OPEN) {
		x->seals->counts.failed++;
		say_course(x, x->tls.why ? x->tls.why : err_text(err));
	}
	x->state = SEALED_OVER;
	x->veil.above->stream.err = err;
	if (speaks && sealed_say(x))
		tcp_push(&x->veil.tcp);
	if (x->shake)
		tls_cut(&x->tls); /* its place is another's now */
	seals_end(x);
	seals_leave(x);
	seals_due(x);
}

/* ---- as a stream ---- */

static struct span sealed_peek(struct stream *s, size_t least)
{
	return records_peek(of(s), least);
}

static void sealed_take(struct stream *s, size_t n)
{
	records_take(of(s), n);
}

static struct span sealed_reserve(struct stream *s, size_t least)
{
	return records_reserve(of(s), least);
}

static void sealed_commit(struct stream *s, size_t n)
{
	records_commit(of(s), n);
}

/* What was said early, and then the end, if there is one to be said. */
static void wind_up(struct sealed *x)
{
	if (x->state != SEALED_OPEN || !records_release(x) || !x->finishing)
		return;
	tls_finish(&x->tls);
	if (sealed_say(x))
		stream_finish(below(x));
}

static void sealed_finish(struct stream *s)
{
	struct sealed *x = of(s);

	if (x->finishing)
		return;
	x->finishing = true;
	wind_up(x);
}

static void sealed_stop(struct stream *s, bool reset)
{
	struct tcp *t = container_of(s, struct tcp, stream);
	struct sealed *x = of(s);
	struct seals *seals = x->seals;

	if (!tcp_runs(t))
		return;
	veil_leave(&x->veil);
	if (x->state != SEALED_CALLED && x->state != SEALED_WAITS)
		tls_stop(&x->tls);
	records_forget(x);
	seals_end(x);
	seals_leave(x);
	stream_stop(below(x), reset);
	slots_put(&seals->lines, x);
}

static const struct stream_ops sealed_ops = {
	.name = "tls",
	.kind = STREAM_BYTES,
	.peek = sealed_peek,
	.take = sealed_take,
	.reserve = sealed_reserve,
	.commit = sealed_commit,
	.finish = sealed_finish,
	.stop = sealed_stop,
};

/* ---- the handshake ---- */

void sealed_begin(struct sealed *x)
{
	const struct sealed_kind *k = x->kind;

	x->state = SEALED_SHAKES;
	tls_start(&x->tls, &x->shake->hs, k->conf, k->name,
		  clock_unix() * 1000);
	x->tls.session = k->session;
}

/* One record. Was there one? */
static bool hear(struct sealed *x)
{
	struct span in = records_look(x, 0), text;
	long n = x->state == SEALED_SHAKES ? tls_hear(&x->tls, in, &text) : 0;

	if (n > 0) {
		stream_take(below(x), (size_t)n);
		seals_heard(x);
	} else if (!x->tls.err && below(x)->ended) {
		tls_cut(&x->tls);
	}
	return n > 0;
}

static void shake(struct sealed *x)
{
	long said = say(x);

	if (said < 0)
		return; /* STREAM_OUT will come */
	if (said == 0 && x->tls.open && !x->tls.hs) {
		x->state = SEALED_OPEN;
		x->veil.open = true;
		seals_end(x);
		seals_leave(x);
	} else if (said > 0 || hear(x)) {
		seals_due(x);
	}
	if (x->tls.err)
		sealed_fail(x, x->tls.err);
}

/* A server's begins when there is a whole record to be heard, or one that is none.
 */
static void answer(struct sealed *x)
{
	struct span in = records_look(x, 0);
	size_t all = TLS_RECORD_HEAD;

	if (in.n >= all)
		all += (size_t)in.p[3] << 8 | in.p[4];
	if (in.n >= all || all > TLS_RECORD_MOST ||
	    (in.n > 0 && in.p[0] != TLS_HANDSHAKE))
		seals_enter(x);
	else if (below(x)->ended)
		sealed_fail(x, -NAT_ECLOSED);
}

static void tell_open(struct sealed *x)
{
	bool resumed = x->tls.about.resumed;

	x->seals->counts.done++;
	x->seals->counts.resumed += resumed;
	say_course(x, resumed ? "shaken hands, resumed" : "shaken hands");
	wind_up(x);
}

void sealed_step(struct sealed *x)
{
	struct stream *s = &x->veil.above->stream;

	if (x->state == SEALED_SHAKES)
		shake(x);
	if (x->state == SEALED_OPEN && !x->told_open) {
		x->told_open = true;
		tell_open(x);
		STREAM_WAKE(s, STREAM_OPEN | STREAM_IN | STREAM_OUT);
	}
	if (x->state == SEALED_OVER && !x->told_down) {
		x->told_down = true;
		STREAM_WAKE(s, STREAM_DOWN);
	}
}

static void wake(struct waker *w, unsigned what)
{
	struct sealed *x = container_of(w, struct sealed, veil.waker);
	struct stream *s = &x->veil.above->stream;

	if (what & STREAM_DOWN)
		sealed_fail(x, below(x)->err);
	s->finished = below(x)->finished;
	if (x->state == SEALED_CALLED)
		answer(x);
	else if (x->state == SEALED_SHAKES)
		seals_due(x);
	else if (x->state == SEALED_OPEN) {
		wind_up(x);
		STREAM_WAKE(s, what);
	}
}

/* ---- coming and going ---- */

struct sealed *sealed_of(const struct tcp *t)
{
	const struct veil *v = veil_of(t);

	while (v && v->above->stream.ops != &sealed_ops)
		v = veil_of(&v->tcp);
	return v ? container_of(v, struct sealed, veil) : NULL;
}

bool sealed_start(struct seals *s, struct tcp *t,
		  const struct sealed_kind *kind)
{
	struct sealed *x = slots_get(&s->lines);

	if (!x)
		return false;
	x->seals = s;
	x->kind = kind;
	list_init(&x->node);
	veil_lay(&x->veil, t, &sealed_ops, wake);
	t->stream.most_in -= TLS_RECORD_MOST;
	t->stream.most_out -= AROUND_MOST;
	if (kind->conf->role == TLS_SERVER)
		answer(x);
	else
		seals_enter(x);
	return true;
}
