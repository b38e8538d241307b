#include "net/veil.h"
#include "net/mux.h"

const bool veil_known = true;

struct veil *veil_of(const struct tcp *t)
{
	return tcp_is_bare(t) || !tcp_runs(t) || strand_is(t) ? NULL : t->veil;
}

struct tcp *veil_under(struct tcp *t)
{
	while (veil_of(t))
		t = &veil_of(t)->tcp;
	return t;
}

bool veil_waits(const struct tcp *t)
{
	const struct veil *v;

	for (; (v = veil_of(t)) != NULL; t = &v->tcp)
		if (!v->open && !t->stream.err)
			return true;
	return false;
}

/* The owner's tcp is running, with that descriptor, but has no handles. */
static void stand_in(struct tcp *t, struct veil *v)
{
	t->veil = v;
	t->io.loop = v->tcp.net->loop;
	t->io.fd = tcp_fd(&v->tcp);
	v->above = t;
}

void veil_lay(struct veil *v, struct tcp *t, const struct stream_ops *ops,
	      void (*wake)(struct waker *, unsigned))
{
	struct waker *up = t->stream.up;

	v->waker.wake = wake;
	v->open = false;
	tcp_move(&v->tcp, t, &v->waker);
	*t = (struct tcp){ .net = v->tcp.net };
	t->stream = (struct stream){
		.ops = ops,
		.up = up,
		.most_in = v->tcp.stream.most_in,
		.most_out = v->tcp.stream.most_out,
	};
	stand_in(t, v);
}

void veil_lift(struct veil *v)
{
	struct tcp *t = v->above;

	t->io.loop = NULL;
	tcp_move(t, &v->tcp, t->stream.up);
}

void veil_leave(struct veil *v)
{
	v->above->io.loop = NULL;
	v->above = NULL;
}

void veil_move(struct tcp *to, struct tcp *from, struct waker *up)
{
	struct veil *v = from->veil;

	if (strand_is(from)) {
		strand_move(to, from, up);
		return;
	}
	*to = (struct tcp){ .stream = from->stream, .net = from->net };
	to->stream.up = up;
	from->io.loop = NULL;
	stand_in(to, v);
}
