#include "net/bufs.h"
#include "os/mem.h"

enum { TRIM_MS = 10000 };

/* One round: who still finds nothing queues up again behind the others. */
static void serve(struct soon *s)
{
	struct bufs *b = container_of(s, struct bufs, serve);
	struct list due;

	list_move(&due, &b->waiting);
	b->serving = true;
	while (!list_alone(&due)) {
		struct buf_wait *w =
			container_of(due.next, struct buf_wait, node);

		list_remove(&w->node);
		w->ready(w);
	}
	b->serving = false;
}

static void trim(struct timer *t)
{
	struct bufs *b = container_of(t, struct bufs, trim);
	struct span s;

	while ((s = pool_spare(&b->pool)).p)
		mem_spare(s);
}

int bufs_start(struct net *net, uint64_t memory)
{
	struct bufs *b = &net->bufs;
	uint32_t n = (uint32_t)(memory / POOL_SLAB);
	size_t table = n * sizeof(struct pool_slab);
	size_t bytes = (size_t)n * POOL_SLAB;
	struct span slabs, mem;

	if (bytes / POOL_SLAB != n) /* more than 32 bits can address */
		return -NAT_EMEMORY;
	slabs = mem_reserve(table);
	mem = mem_reserve(bytes);
	if (!slabs.p || !mem.p) {
		mem_release(slabs);
		mem_release(mem);
		return -NAT_EMEMORY;
	}
	pool_init(&b->pool, mem, (struct pool_slab *)(void *)slabs.p, n);
	list_init(&b->waiting);
	soon_init(&b->serve, serve);
	timer_init(&b->trim, trim);
	return 0;
}

void bufs_stop(struct net *net)
{
	struct pool *p = &net->bufs.pool;

	soon_stop(&net->bufs.serve);
	timer_stop(&net->bufs.trim, net->loop);
	mem_release((struct span){ p->mem, (size_t)p->nslabs * POOL_SLAB });
	mem_release((struct span){ (uint8_t *)p->slabs,
				   p->nslabs * sizeof *p->slabs });
}

struct buf *bufs_get(struct net *net, enum pool_class class, enum pool_use use)
{
	struct bufs *b = &net->bufs;

	if (!b->serving && !list_alone(&b->serve.node))
		return NULL;
	return pool_get(&b->pool, class, use);
}

void bufs_put(struct net *net, struct buf *b)
{
	pool_put(&net->bufs.pool, b);
	if (!list_alone(&net->bufs.waiting))
		soon_start(&net->bufs.serve, net->loop);
	if (!timer_runs(&net->bufs.trim))
		timer_start(&net->bufs.trim, net->loop,
			    net->loop->now + TRIM_MS);
}

void buf_wait_init(struct buf_wait *w, void (*ready)(struct buf_wait *))
{
	w->ready = ready;
	list_init(&w->node);
}

void bufs_wait(struct net *net, struct buf_wait *w)
{
	if (list_alone(&w->node))
		list_append(&net->bufs.waiting, &w->node);
}

void buf_wait_stop(struct buf_wait *w)
{
	list_remove(&w->node);
}
