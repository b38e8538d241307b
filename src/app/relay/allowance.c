#include "app/relay/allowance.h"
#include "app/relay/session.h"
#include "os/mem.h"
#include "os/parts.h"

struct client { /* of that name */
	struct slot slot;
	uint32_t users; /* services that are its, or were when they closed */
	struct shape all[ALLOWANCE_WAYS];
	char name[FASTNAT_NAME + 1];
};

struct allowed {               /* to a service, by its index */
	struct client *client; /* NULL: anything */
	struct shape own[ALLOWANCE_WAYS];
};

struct allowances {
	struct span memory, services; /* of struct allowed */
	struct slots clients;
	struct slots shaped; /* two of a visitor */
};

int allowance_start(struct relay *r)
{
	struct span memory = mem_reserve(sizeof(struct allowances));
	struct allowances *as = (struct allowances *)(void *)memory.p;
	uint32_t n = r->published.limit;

	if (!as)
		return -NAT_EMEMORY;
	r->traffic.allowances = as;
	const struct part parts[] = {
		PART_MEM(&as->services, struct allowed, n),
		PART_SLOTS(&as->clients, struct client, n),
		PART_SLOTS(&as->shaped, struct shaped,
			   ALLOWANCE_WAYS * r->visitors.limit),
	};

	return parts_reserve(&as->memory, parts, COUNT(parts));
}

void allowance_stop(struct relay *r)
{
	struct allowances *as = r->traffic.allowances;

	if (!as)
		return;
	mem_release(as->memory);
	mem_release((struct span){ (uint8_t *)as, sizeof *as });
	r->traffic.allowances = NULL;
}

static struct allowed *of(const struct published *p)
{
	const struct relay *r = p->relay;
	struct span all = r->traffic.allowances->services;

	return (struct allowed *)(void *)all.p +
	       slots_name(&r->published, p).index;
}

static struct client *client_of(struct relay *r, const char *name)
{
	struct slots *clients = &r->traffic.allowances->clients;
	struct client *new;

	slots_each (struct client, c, clients)
		if (strcmp(c.it->name, name) == 0)
			return c.it;
	new = slots_get(clients); /* one for each service */
	memcpy(new->name, name, sizeof new->name);
	return new;
}

static bool is_limited(const struct token_limits *l)
{
	bool any = false;

	for (int way = 0; way < ALLOWANCE_WAYS; way++)
		any |= l->bandwidth[way] || l->each[way];
	return any;
}

void allowance_give(struct published *p)
{
	const struct token_limits *l = &p->session->rights.limits;
	struct loop *loop = p->relay->net->loop;
	struct allowed *a = of(p);

	if (!a->client && !is_limited(l))
		return;
	if (!a->client) {
		a->client = client_of(p->relay, p->owner);
		a->client->users++;
	}
	for (int way = 0; way < ALLOWANCE_WAYS; way++) {
		shape_set(&a->client->all[way], loop, l->bandwidth[way]);
		shape_set(&a->own[way], loop, l->each[way]);
	}
}

static void stop(struct shape ways[ALLOWANCE_WAYS])
{
	for (int way = 0; way < ALLOWANCE_WAYS; way++)
		shape_stop(&ways[way]);
}

void allowance_end(struct published *p)
{
	struct allowed *a = of(p);
	struct client *c = a->client;

	if (!c)
		return;
	stop(a->own);
	a->client = NULL;
	if (--c->users > 0)
		return;
	stop(c->all);
	slots_put(&p->relay->traffic.allowances->clients, c);
}

static void limit(struct visitor *v, struct pump *p, struct stream *from,
		  enum allowance_way way)
{
	struct allowed *a = of(v->published);
	struct shape *own = &a->own[way], *all = &a->client->all[way];

	if (!shape_limits(own) && !shape_limits(all))
		return;
	p->shaped = slots_get(&v->published->relay->traffic.allowances->shaped);
	shaped_start(p->shaped, from, own, all);
}

void allowance_join(struct visitor *v, struct stream *outer)
{
	if (!of(v->published)->client)
		return;
	limit(v, &v->pair.ab, outer, ALLOWANCE_IN);
	limit(v, &v->pair.ba, &v->inner.stream, ALLOWANCE_OUT);
}

static void release(struct visitor *v, struct pump *p)
{
	if (!p->shaped)
		return;
	shaped_stop(p->shaped);
	slots_put(&v->published->relay->traffic.allowances->shaped, p->shaped);
	p->shaped = NULL;
}

void allowance_leave(struct visitor *v)
{
	if (!v->paired)
		return;
	release(v, &v->pair.ab);
	release(v, &v->pair.ba);
}

size_t allowance_may(const struct pump *p)
{
	return p->shaped ? shaped_may(p->shaped) : SIZE_MAX;
}

void allowance_took(const struct pump *p, size_t n)
{
	if (p->shaped)
		shaped_took(p->shaped, n);
}

bool allowance_lets(const struct published *p, enum allowance_way way, size_t n)
{
	struct allowed *a = of(p);

	return !a->client || shape_lets(&a->own[way], &a->client->all[way], n);
}

uint32_t allowance_most(const struct fastnat *m)
{
	return m->has & HAS_VISITORS ? m->rules.visitors : 0;
}

bool allowance_full(const struct published *p)
{
	return p->rules.most && p->visitors >= p->rules.most;
}
