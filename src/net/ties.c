#include "net/ties.h"
#include "base/addr.h"
#include "os/mem.h"
#include "os/parts.h"
#include "os/rand.h"

int tables_start(struct tables *t, struct net *net, uint32_t most)
{
	const struct part parts[] = {
		PART_SLOTS(&t->joints, struct joint, most),
		PART_SLOTS(&t->flows, struct flow, most),
		PART_MAP(&t->senders, most),
	};

	t->net = net;
	list_init(&t->idle);
	rand_fill((struct span){ (uint8_t *)&t->seed, sizeof t->seed });
	return parts_reserve(&t->memory, parts, COUNT(parts));
}

void tables_stop(struct tables *t)
{
	mem_release(t->memory);
}

void ties_init(struct ties *t, struct tables *of, struct assoc *assoc,
	       struct bytes who)
{
	*t = (struct ties){ .of = of, .assoc = assoc, .who = who };
	list_init(&t->joints);
	list_init(&t->flows);
}

bool ties_may(const struct ties *t)
{
	return !t->most || t->n < t->most;
}

void ties_end(struct ties *t)
{
	joint_end_all(t);
	flow_end_all(t);
}

void ties_say_full(const struct ties *t, const struct addr *from,
		   struct bytes service)
{
	struct net *net = t->of->net;
	char text[64];
	struct fmt f = fmt_to(SPAN(text));

	addr_print(&f, from);
	log_seldom(net->log, log_at(&t->of->full, net->loop->now), t->of->role,
		   "%s: too many at once: %.*s", fmt_text(&f), (int)service.n,
		   (const char *)service.p);
}

void ties_say(const struct ties *t, const struct tie_end *e)
{
	enum { MOST = 40 };
	struct net *net = t->of->net;
	char from[64];
	struct fmt f = fmt_to(SPAN(from));

	if (e->from.family != ADDR_NONE)
		addr_print(&f, &e->from);
	else
		fmt_put(&f, "%.*s", (int)min_size(t->who.n, MOST),
			(const char *)t->who.p);
	log_info(net->log, t->of->role,
		 "%s to %.*s ended in=%llu out=%llu seconds=%llu reason=\"%s\"",
		 fmt_text(&f), (int)e->service.n, (const char *)e->service.p,
		 (unsigned long long)e->in, (unsigned long long)e->out,
		 (unsigned long long)(net->loop->now - e->since) / 1000,
		 e->why);
}
