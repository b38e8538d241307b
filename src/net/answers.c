#include "net/answers.h"

void answers_init(struct answers *a)
{
	struct span entries = SPAN(a->entries), buckets = SPAN(a->buckets);

	slots_init(&a->table, entries, sizeof a->entries[0], ANSWERS);
	map_init(&a->map, buckets, ANSWERS);
	list_init(&a->used);
}

static uint32_t hash_of(const struct dns_question *q)
{
	return map_hash((struct bytes){ q->name.p, q->name.n }) ^ q->type;
}

static struct answer *find(const struct answers *a,
			   const struct dns_question *q)
{
	struct map_node *n = NULL;

	while ((n = map_find(&a->map, hash_of(q), n)) != NULL) {
		struct answer *e = container_of(n, struct answer, node);

		if (e->type == q->type && dns_same_name(&e->name, &q->name))
			return e;
	}
	return NULL;
}

static void forget(struct answers *a, struct answer *e)
{
	map_remove(&a->map, &e->node);
	list_remove(&e->used);
	slots_put(&a->table, e);
}

const struct dns_addrs *answers_find(struct answers *a,
				     const struct dns_question *q, int64_t now)
{
	struct answer *e = find(a, q);

	if (e && e->until <= now) {
		forget(a, e);
		e = NULL;
	}
	if (!e)
		return NULL;
	list_remove(&e->used);
	list_append(&a->used, &e->used);
	return &e->addrs;
}

void answers_put(struct answers *a, const struct dns_question *q,
		 const struct dns_addrs *addrs, int64_t now, uint32_t ttl)
{
	size_t most = addrs->n ? ANSWERS_MAX_S : ANSWERS_MAX_NONE_S;
	struct answer *e = find(a, q);

	if (e)
		forget(a, e);
	if (ttl == 0)
		return;
	if (a->table.used == ANSWERS)
		forget(a, container_of(a->used.next, struct answer, used));
	e = slots_get(&a->table);
	list_init(&e->used);
	list_append(&a->used, &e->used);
	map_put(&a->map, &e->node, hash_of(q));
	e->until = now + (int64_t)min_size(ttl, most) * 1000;
	e->type = q->type;
	e->name = q->name;
	e->addrs = *addrs;
}

void answers_forget(struct answers *a)
{
	while (!list_alone(&a->used))
		forget(a, container_of(a->used.next, struct answer, used));
}
