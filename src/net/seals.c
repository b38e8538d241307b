#include "net/seals.h"
#include "net/sealed.h"
#include "os/mem.h"

static struct sealed *first_of(const struct list *l)
{
	return container_of(l->next, struct sealed, node);
}

static struct shake *most_silent(const struct seals *s)
{
	return container_of(s->shaking.next, struct shake, node);
}

static void watch(struct seals *s)
{
	int64_t most = list_alone(&s->waiting) ? SEALS_PATIENCE : s->pressed;

	if (list_alone(&s->shaking)) {
		timer_stop(&s->late, s->net->loop);
		return;
	}
	timer_start(&s->late, s->net->loop, most_silent(s)->heard + most);
}

/* One who waits for us is not silent. */
static void late(struct timer *t)
{
	struct seals *s = container_of(t, struct seals, late);
	struct sealed *x = most_silent(s)->of;

	if (!list_alone(&x->node)) {
		seals_heard(x);
		return;
	}
	s->counts.late++;
	sealed_fail(x, -NAT_ETIMEOUT);
}

void seals_heard(struct sealed *x)
{
	struct shake *k = x->shake;

	if (!k)
		return;
	list_remove(&k->node);
	list_append(&x->seals->shaking, &k->node);
	k->heard = x->seals->net->loop->now;
	watch(x->seals);
}

void seals_due(struct sealed *x)
{
	if (list_alone(&x->node))
		list_append(&x->seals->due, &x->node);
	soon_start(&x->seals->soon, x->seals->net->loop);
}

static void give_place(struct sealed *x)
{
	struct seals *s = x->seals;
	struct shake *k = slots_get(&s->shakes);

	k->of = x;
	list_init(&k->node);
	x->shake = k;
	seals_heard(x);
	list_remove(&x->node);
	sealed_begin(x);
	seals_due(x);
}

void seals_enter(struct sealed *x)
{
	struct seals *s = x->seals;

	list_remove(&x->node);
	if (s->shakes.used < s->shakes.limit && list_alone(&s->waiting))
		give_place(x);
	else
		list_append(&s->waiting, &x->node);
	watch(s);
}

void seals_end(struct sealed *x)
{
	list_remove(&x->node);
	if (x->shake)
		list_remove(&x->shake->node);
	watch(x->seals);
}

void seals_leave(struct sealed *x)
{
	struct seals *s = x->seals;

	if (!x->shake)
		return;
	slots_put(&s->shakes, x->shake);
	x->shake = NULL;
	if (s->shakes.used == 0)
		timer_start(&s->spare, s->net->loop,
			    s->net->loop->now + SEALS_SPARE);
	if (!list_alone(&s->waiting))
		soon_start(&s->soon, s->net->loop);
}

/* The step is the last thing: who hears of it may stop what it likes. */
static void run(struct soon *soon)
{
	struct seals *s = container_of(soon, struct seals, soon);
	struct sealed *x;

	while (!list_alone(&s->waiting) && s->shakes.used < s->shakes.limit)
		give_place(first_of(&s->waiting));
	if (list_alone(&s->due))
		return;
	x = first_of(&s->due);
	list_remove(&x->node);
	if (!list_alone(&s->due))
		soon_start(&s->soon, s->net->loop);
	sealed_step(x);
}

static void begin(struct seals *s, uint32_t limit)
{
	slots_init(&s->shakes, s->room, sizeof(struct shake), limit);
}

static void spare(struct timer *t)
{
	struct seals *s = container_of(t, struct seals, spare);

	if (s->shakes.used > 0)
		return;
	mem_spare(s->room);
	begin(s, s->shakes.limit);
}

int seals_start(struct seals *s, struct net *net, uint32_t shakes)
{
	s->net = net;
	s->room = mem_reserve(sizeof(struct shake) * shakes);
	if (s->room.p)
		begin(s, shakes);
	list_init(&s->due);
	list_init(&s->waiting);
	list_init(&s->shaking);
	soon_init(&s->soon, run);
	timer_init(&s->late, late);
	timer_init(&s->spare, spare);
	return s->room.p ? 0 : -NAT_EMEMORY;
}

void seals_stop(struct seals *s)
{
	soon_stop(&s->soon);
	timer_stop(&s->late, s->net->loop);
	timer_stop(&s->spare, s->net->loop);
	if (s->room.p)
		mem_release(s->room);
}

bool seals_use(const struct seals *s, const struct tls_conf *conf)
{
	list_each (at, &s->shaking)
		if (container_of(at, const struct shake, node)->of->tls.conf ==
		    conf)
			return true;
	return false;
}
