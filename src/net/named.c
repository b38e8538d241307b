#include "net/named.h"
#include "net/ways.h"
#include "os/group.h"

enum { QUERY = 12 + 2 * (DNS_NAME + 4) /* two questions */ };

static int64_t now_of(const struct named *d)
{
	return d->net->loop->now;
}

/* What was asked for, slices of its own line. */
static struct candidate candidate_of(const struct named_one *one)
{
	struct candidate c;

	(void)!candidate_parse(&c, (struct bytes){ one->line, one->n });
	return c;
}

/* ---- the group ---- */

static void heard_all(struct udp *u)
{
	struct named *d = container_of(u, struct named, group);
	struct datagram g;

	while (udp_next(u, &g))
		named_hear(d, g.data);
}

static void listen(struct named *d)
{
	int fd =
		udp_runs(&d->group) ? -NAT_EINUSE : group_open(&mdns_groups[0]);

	if (fd >= 0)
		(void)!udp_take(&d->group, d->net, fd, heard_all);
}

/* ---- asking ---- */

static void cry(struct named *d, struct named_one *one)
{
	uint8_t room[QUERY];
	struct fmt f = fmt_to(SPAN(room));

	one->next = now_of(d) + ((int64_t)MDNS_WAIT << one->tries);
	if (one->tries++ == MDNS_TRIES ||
	    mdns_print_query(&f, candidate_of(one).name) < 0 || f.full) {
		one->of = NULL;
		return;
	}
	for (unsigned i = 0; i < COUNT(mdns_groups); i++)
		ways_cry(one->of, &mdns_groups[i], fmt_done(&f),
			 udp_runs(&d->group) ? &d->group : NULL);
	udp_flush(d->net);
}

static void settle(struct named *d)
{
	int64_t due = INT64_MAX;

	for (unsigned i = 0; i < NAMED_MOST; i++)
		if (d->all[i].of && d->all[i].next < due)
			due = d->all[i].next;
	if (due != INT64_MAX) {
		timer_start(&d->late, d->net->loop, due);
		return;
	}
	timer_stop(&d->late, d->net->loop);
	udp_stop(&d->group);
}

static void late(struct timer *t)
{
	struct named *d = container_of(t, struct named, late);

	for (unsigned i = 0; i < NAMED_MOST; i++)
		if (d->all[i].of && d->all[i].next <= now_of(d))
			cry(d, &d->all[i]);
	settle(d);
}

/* Where a name of w may stand, or NULL. */
static struct named_one *place(struct named *d, const struct ways *w)
{
	struct named_one *free = NULL;
	unsigned had = 0;

	for (unsigned i = 0; i < NAMED_MOST; i++) {
		had += d->all[i].of == w;
		if (!d->all[i].of)
			free = &d->all[i];
	}
	return had < NAMED_ONCE && w->names_asked < NAMED_EACH ? free : NULL;
}

void named_ask(struct named *d, struct ways *w, const struct candidate *c)
{
	struct named_one *one = place(d, w);
	struct fmt f;

	if (!one || !mdns_is_local(c->name))
		return;
	f = fmt_to(SPAN(one->line));
	candidate_print(&f, c);
	if (f.full)
		return;
	w->names_asked++;
	one->n = (uint16_t)f.n;
	one->of = w;
	one->tries = 0;
	listen(d);
	cry(d, one);
	settle(d);
}

/* ---- answers ---- */

static void note(const struct named *d, const struct candidate *c)
{
	uint8_t room[64];
	struct fmt f = fmt_to(SPAN(room));

	addr_print_ip(&f, &c->addr);
	log_debug(d->net->log, "names", "%.*s is %.*s", (int)c->name.n,
		  (const char *)c->name.p, (int)f.n, (const char *)room);
}

static void tell(struct named *d, struct named_one *one,
		 const struct addr *found, unsigned n)
{
	struct candidate c = candidate_of(one);
	uint16_t port = c.addr.port;
	struct ways *w = one->of;

	one->of = NULL;
	for (unsigned i = 0; i < n; i++) {
		c.addr = found[i];
		c.addr.port = port;
		note(d, &c);
		w->ops->named(w, &c);
	}
}

bool named_hear(struct named *d, struct bytes datagram)
{
	struct addr found[MDNS_ADDRS];
	bool any = false;

	for (unsigned i = 0; i < NAMED_MOST; i++) {
		struct named_one *one = &d->all[i];
		unsigned n = one->of ? mdns_read(datagram,
						 candidate_of(one).name, found)
				     : 0;

		if (n)
			tell(d, one, found, n);
		any |= n > 0;
	}
	if (any)
		settle(d);
	return any;
}

/* ---- life ---- */

void named_init(struct named *d, struct net *net)
{
	d->net = net;
	timer_init(&d->late, late);
}

void named_forget(struct named *d, const struct ways *w)
{
	for (unsigned i = 0; i < NAMED_MOST; i++)
		if (d->all[i].of == w)
			d->all[i].of = NULL;
	settle(d);
}
