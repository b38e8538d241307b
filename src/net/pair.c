#include "net/pair.h"

/* Nothing more is asked of a stream that has finished by itself. */
static void look(struct pair *p)
{
	int err = p->ab.from->err ? p->ab.from->err : p->ba.from->err;

	if (err || (p->ab.to->finished && p->ba.to->finished))
		p->over(p, err);
}

static void wake(struct pair *p, struct pump *heard, struct pump *other,
		 unsigned what)
{
	if (what & STREAM_IN)
		pump_run(heard);
	if (what & STREAM_OUT)
		pump_run(other);
	look(p);
}

static void wake_a(struct waker *w, unsigned what)
{
	struct pair *p = container_of(w, struct pair, from_a);

	wake(p, &p->ab, &p->ba, what);
}

static void wake_b(struct waker *w, unsigned what)
{
	struct pair *p = container_of(w, struct pair, from_b);

	wake(p, &p->ba, &p->ab, what);
}

void pair_join(struct pair *p, struct net *net, struct stream *a,
	       struct stream *b, void (*over)(struct pair *, int))
{
	*p = (struct pair){ { wake_a }, { wake_b }, .over = over };
	pump_init(&p->ab, net, a, b);
	pump_init(&p->ba, net, b, a);
	a->up = &p->from_a;
	b->up = &p->from_b;
}

void pair_go(struct pair *p)
{
	wake(p, &p->ab, &p->ba, STREAM_IN | STREAM_OUT);
}

void pair_start(struct pair *p, struct net *net, struct stream *a,
		struct stream *b, void (*over)(struct pair *, int))
{
	pair_join(p, net, a, b, over);
	pair_go(p);
}

void pair_stop(struct pair *p, int err)
{
	pump_stop(&p->ab);
	pump_stop(&p->ba);
	stream_stop(p->ab.from, err < 0);
	stream_stop(p->ba.from, err < 0);
}
