#include "app/client/client.h"
#include "app/client/inner.h"
#include "app/client/publish.h"
#include "os/mem.h"

enum { ALIGN = 16 };

static size_t aligned(size_t n)
{
	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static struct span carve(struct span *rest, size_t n)
{
	struct span s = { rest->p, n };

	rest->p += aligned(n);
	rest->n -= aligned(n);
	return s;
}

/* The parts, in the memory that was reserved for n entries. */
static int build(struct client *c, struct span rest, uint32_t n, struct diag *d)
{
	const struct client_conf *conf = c->conf;
	struct span v = carve(&rest, n * sizeof(struct entry));
	struct span buckets = carve(&rest, map_buckets(n) * sizeof(void *));
	struct span links =
		carve(&rest, conf->max_visitors * sizeof(struct link));
	int err = relays_init(&c->control.relays, &conf->relay, d), rc;

	rc = entries_init(&c->entries, (struct entry *)(void *)v.p, buckets,
			  conf, d);
	err = err ? err : rc;
	rc = identity_init(&c->identity, conf, d);
	err = err ? err : rc;
	slots_init(&c->links.table, links, sizeof(struct link),
		   conf->max_visitors);
	slots_init(&c->udplinks.table,
		   carve(&rest, conf->max_flows * sizeof(struct udplink)),
		   sizeof(struct udplink), conf->max_flows);
	slots_init(&c->udplinks.lines,
		   carve(&rest, conf->max_flows * sizeof(struct udplink_line)),
		   sizeof(struct udplink_line), conf->max_flows);
	map_init(&c->udplinks.by_id,
		 carve(&rest, map_buckets(conf->max_flows) * sizeof(void *)),
		 map_buckets(conf->max_flows));
	list_init(&c->udplinks.lru);
	lane_init(&c->lane);
	parks_init(c);
	failback_init(c);
	publish_init(c);
	return err;
}

int client_start(struct client **out, struct net *net,
		 const struct client_conf *conf, struct diag *d)
{
	long n = entries_count(conf, d);
	struct client *c;
	struct span mem, rest;
	int err;

	if (n < 0)
		return (int)n;
	mem = mem_reserve(
		aligned(sizeof *c) + aligned((size_t)n * sizeof(struct entry)) +
		aligned(map_buckets((uint32_t)n) * sizeof(void *)) +
		aligned(conf->max_visitors * sizeof(struct link)) +
		aligned(conf->max_flows * sizeof(struct udplink)) +
		aligned(conf->max_flows * sizeof(struct udplink_line)) +
		aligned(map_buckets(conf->max_flows) * sizeof(void *)));
	if (!mem.p) {
		diag_put(d, "no memory for %lu visitors: lower max_visitors",
			 (unsigned long)conf->max_visitors);
		return -NAT_EMEMORY;
	}
	rest = mem;
	c = (struct client *)(void *)carve(&rest, sizeof *c).p;
	*c = (struct client){ .net = net, .conf = conf, .mem = mem };
	err = build(c, rest, (uint32_t)n, d);
	if (err < 0) {
		identity_wipe(&c->identity);
		mem_release(mem);
		return err;
	}
	control_start(&c->control, c);
	*out = c;
	return 0;
}

void client_stop(struct client *c)
{
	publish_withdraw(c);
	control_stop(&c->control);
	links_end(c, true);
	udplinks_stop(c);
	identity_wipe(&c->identity);
	mem_release(c->mem);
}
