#include "app/natpass/kind.h"
#include "app/natpass/carry.h"
#include "app/natpass/inner.h"
#include "app/natpass/ferry.h"
#include "app/natpass/shell.h"

/* ---- bench: it is answered, and what comes is read ---- */

struct bench {
	struct slot slot;
	struct agent *agent;
	struct vlink *link;
	struct waker waker;
};

static void stop_bench(void *place)
{
	struct bench *b = place;

	stream_stop(&b->link->stream, false);
	kind_put(b->agent, NATPASS_BENCH, b);
}

static void wake_bench(struct waker *w, unsigned what)
{
	struct bench *b = container_of(w, struct bench, waker);
	struct stream *s = &b->link->stream;
	struct span in;

	(void)what;
	while ((in = stream_peek(s, 1)).p)
		stream_take(s, in.n);
	if (s->err || s->ended)
		stop_bench(b);
}

static void bench(struct agent *a, struct vlink *l, void *place,
		  const struct natpass_request *ask)
{
	struct bench *b = place;

	(void)ask;
	b->agent = a;
	b->link = l;
	b->waker.wake = wake_bench;
	vlink_offered(l, &b->waker);
	vlink_accept(l);
}

const struct kind kinds[] = {
	{ NATPASS_TCP, sizeof(struct carry), carry_asked, carry_stop, NULL },
	{ NATPASS_UDP, sizeof(struct ferry), ferry_asked, ferry_stop, NULL },
	ROWS_OF(NAT_SHELL)({ NATPASS_SHELL, sizeof(struct shell), shell_asked,
			     shell_stop, NULL }, ){
		NATPASS_BENCH, sizeof(struct bench), bench, stop_bench, NULL },
	{ NATPASS_VNC, 0, NULL, NULL, "desktops are not shown here yet" },
	{ NATPASS_CODE, 0, NULL, NULL, "there is no code-server here" },
	{ .type = NATPASS_TYPES },
};
