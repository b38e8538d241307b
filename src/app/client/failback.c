#include "app/client/failback.h"
#include "app/client/inner.h"
#include "os/sock.h"

enum { PATIENCE = 5000 }; /* ms, to connect */

static void try_one(struct client *c);

static void later(struct client *c)
{
	timer_start(&c->failback.timer, c->net->loop,
		    c->net->loop->now + c->conf->fail_back);
}

static void dialled(struct dial *d, int fd)
{
	struct client *c = container_of(d, struct client, failback.dial);

	c->failback.dials = false;
	if (fd >= 0) {
		sock_close(fd, false);
		control_move(&c->control, c->failback.at,
			     "is back: going there");
		return;
	}
	c->failback.at++;
	try_one(c);
}

/* Those before the one in use, in order. */
static void try_one(struct client *c)
{
	struct failback *f = &c->failback;

	if (f->at >= c->control.relays.now) {
		later(c);
		return;
	}
	f->dials = true;
	dial_start(&f->dial, c->net, &c->control.relays.at[f->at], PATIENCE,
		   dialled);
}

static void look(struct timer *t)
{
	struct client *c = container_of(t, struct client, failback.timer);

	c->failback.at = 0;
	try_one(c);
}

void failback_init(struct client *c)
{
	timer_init(&c->failback.timer, look);
}

void failback_begin(struct client *c)
{
	if (c->control.relays.now > 0 && c->conf->fail_back > 0 &&
	    outward_direct(c)) /* a proxy that answers proves nothing */
		later(c);
}

void failback_end(struct client *c)
{
	timer_stop(&c->failback.timer, c->net->loop);
	if (c->failback.dials)
		dial_stop(&c->failback.dial);
	c->failback.dials = false;
}
