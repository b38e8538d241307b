#include "app/client/shapes.h"
#include "app/client/inner.h"
#include "os/mem.h"
#include "os/parts.h"

int shapes_start(struct client *c)
{
	struct span memory = mem_reserve(sizeof(struct shapes));
	struct shapes *ss = (struct shapes *)(void *)memory.p;
	const struct part part =
		PART_SLOTS(ss ? &ss->table : NULL, struct shaped,
			   ENTRY_WAYS * c->conf->max_visitors);
	int rc;

	if (!ss)
		return -NAT_EMEMORY;
	c->shapes = ss;
	rc = parts_reserve(&ss->memory, &part, 1);
	if (rc == 0)
		shapes_renew(c);
	return rc;
}

void shapes_stop(struct client *c)
{
	struct shapes *ss = c->shapes;

	if (!ss)
		return;
	mem_release(ss->memory);
	mem_release((struct span){ (uint8_t *)ss, sizeof *ss });
	c->shapes = NULL;
}

/* Entries that are in the settings no longer keep what they have. */
void shapes_renew(struct client *c)
{
	struct loop *loop = c->net->loop;

	for (int way = 0; way < ENTRY_WAYS; way++) {
		shape_set(&c->shapes->all[way], loop, c->conf->bandwidth[way]);
		slots_each (struct entry, e, &c->entries.table)
			if (e.it->state != ENTRY_ABSENT)
				shape_set(&e.it->shape[way], loop,
					  e.it->service.edge.bandwidth[way]);
	}
}

static void limit(struct link *l, struct pump *p, enum entry_way way)
{
	struct shapes *ss = l->client->shapes;
	struct shape *own = &l->entry->shape[way];

	if (!shape_limits(own) && !shape_limits(&ss->all[way]))
		return;
	p->shaped = slots_get(&ss->table); /* two for each link */
	shaped_start(p->shaped, p->from, own, &ss->all[way]);
}

void shapes_join(struct link *l)
{
	limit(l, &l->pair.ab, ENTRY_IN);
	limit(l, &l->pair.ba, ENTRY_OUT);
}

static void release(struct link *l, struct pump *p)
{
	if (!p->shaped)
		return;
	shaped_stop(p->shaped);
	slots_put(&l->client->shapes->table, p->shaped);
	p->shaped = NULL;
}

void shapes_leave(struct link *l)
{
	release(l, &l->pair.ab);
	release(l, &l->pair.ba);
}

bool shapes_let(struct client *c, struct entry *e, enum entry_way way, size_t n)
{
	return shape_lets(&e->shape[way], &c->shapes->all[way], n);
}
