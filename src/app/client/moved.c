#include "app/client/moved.h"
#include "app/client/inner.h"

enum { SURE = 2 }; /* a server may give some of many addresses at a time */

static void later(struct client *c)
{
	timer_start(&c->moved.timer, c->net->loop,
		    c->net->loop->now + c->conf->fail_back);
}

static bool among(const struct found *f, const struct addr *a)
{
	for (int i = 0; i < f->n; i++)
		if (addr_same_ip(&f->addrs[i], a))
			return true;
	return false;
}

/* Nobody can tell where it is: then it is where it was. */
static void heard(struct resolve *r, const struct found *f)
{
	struct client *c = container_of(r, struct client, moved.resolve);
	struct moved *m = &c->moved;
	struct addr relay;

	if (control_int_port(&c->control, &relay) == 0 && among(f, &relay))
		m->here = true;
	if (!f->last)
		return;
	m->asks = false;
	m->others = m->here || f->err ? 0 : (uint8_t)(m->others + 1);
	if (m->others == SURE)
		control_move(&c->control, c->control.relays.now,
			     "has another address: going there");
	else
		later(c);
}

static void look(struct timer *t)
{
	struct client *c = container_of(t, struct client, moved.timer);

	c->moved.asks = true;
	c->moved.here = false;
	resolve_start(&c->moved.resolve, c->net,
		      c->control.relays.at[c->control.relays.now].host, heard);
}

void moved_init(struct client *c)
{
	timer_init(&c->moved.timer, look);
}

void moved_begin(struct client *c)
{
	struct addr number;
	struct bytes host = c->control.relays.at[c->control.relays.now].host;

	c->moved.others = 0;
	if (c->conf->fail_back > 0 && outward_direct(c) &&
	    addr_parse_ip(&number, host) < 0)
		later(c);
}

void moved_end(struct client *c)
{
	timer_stop(&c->moved.timer, c->net->loop);
	if (c->moved.asks)
		resolve_stop(&c->moved.resolve);
	c->moved.asks = false;
}
