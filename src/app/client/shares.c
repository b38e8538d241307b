#include "app/client/shares.h"
#include "app/client/inner.h"
#include "net/mux.h"
#include "os/mem.h"
#include "os/parts.h"

struct shared {
	struct slot slot;
	struct client *client;
	struct mux mux;
};

struct shares {
	struct span memory;
	struct slots table, strands;
};

const bool shares_known = true;

int shares_start(struct client *c)
{
	struct span memory = mem_reserve(sizeof(struct shares));
	struct shares *ss = (struct shares *)(void *)memory.p;

	if (!ss)
		return -NAT_EMEMORY;
	c->shares = ss;
	const struct part parts[] = {
		PART_SLOTS(&ss->table, struct shared, SHARED_MOST),
		PART_SLOTS(&ss->strands, struct strand,
			   c->conf->max_visitors + PARKS_SHARED),
	};

	return parts_reserve(&ss->memory, parts, COUNT(parts));
}

void shares_stop(struct client *c)
{
	struct shares *ss = c->shares;

	if (!ss)
		return;
	if (ss->memory.p)
		slots_each (struct shared, s, &ss->table)
			mux_stop(&s.it->mux);
	mem_release(ss->memory);
	mem_release((struct span){ (uint8_t *)ss, sizeof *ss });
	c->shares = NULL;
}

static void over(struct mux *m)
{
	struct shared *sh = container_of(m, struct shared, mux);

	slots_put(&sh->client->shares->table, sh);
}

static bool come(struct mux *m, struct strand *s)
{
	struct shared *sh = container_of(m, struct shared, mux);
	struct park *p = park_shared(sh->client);

	if (p)
		strand_take(s, &p->tcp, &p->waker);
	return p;
}

void shares_take(struct park *p)
{
	struct client *c = p->client;
	struct shared *sh = slots_get(&c->shares->table);
	struct fastnat yes = { .has = HAS_OUT_ID | HAS_OK,
			       .out_id = BYTES("0"),
			       .yes = 1 };
	struct tcp t;

	if (!sh || talk_say(&p->tcp.stream, &yes, false) < 0) {
		if (sh)
			slots_put(&c->shares->table, sh);
		park_drop(p);
		return;
	}
	park_move(p, &t, NULL);
	sh->client = c;
	sh->mux.come = come;
	sh->mux.over = over;
	mux_start(&sh->mux, c->net, &t, &c->shares->strands);
	parks_used(c);
}
