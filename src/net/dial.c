#include "net/dial.h"
#include "net/names.h"
#include "os/sock.h"

static void try_next(struct dial *d, int err);

static void settle(struct dial *d, int result)
{
	d->result = result;
	soon_start(&d->report, d->net->loop);
}

static void report(struct soon *s)
{
	struct dial *d = container_of(s, struct dial, report);

	d->done(d, d->result);
}

/* The descriptor of the attempt at hand, its handle and clock stopped. */
static int end_attempt(struct dial *d)
{
	io_stop(&d->io);
	timer_stop(&d->limit, d->net->loop);
	return d->io.fd;
}

static void ready(struct io *io, unsigned what)
{
	struct dial *d = container_of(io, struct dial, io);
	int fd = end_attempt(d), rc = sock_connected(fd);

	(void)what;
	if (rc < 0) {
		sock_close(fd, false);
		try_next(d, rc);
		return;
	}
	sock_tune(fd);
	d->done(d, fd);
}

static void too_late(struct timer *t)
{
	struct dial *d = container_of(t, struct dial, limit);

	sock_close(end_attempt(d), false);
	try_next(d, -NAT_ETIMEOUT);
}

static void try_next(struct dial *d, int err)
{
	while (d->next < d->naddrs) {
		int fd = sock_connect(&d->addrs[d->next++]);

		if (fd >= 0) {
			io_start(&d->io, d->net->loop, fd, LOOP_OUT);
			timer_start(&d->limit, d->net->loop,
				    d->net->loop->now + d->patience);
			return;
		}
		err = fd;
	}
	settle(d, err);
}

static void init(struct dial *d, struct net *net, int64_t patience,
		 void (*done)(struct dial *, int))
{
	*d = (struct dial){ .net = net, .done = done, .patience = patience };
	io_init(&d->io, ready);
	timer_init(&d->limit, too_late);
	soon_init(&d->report, report);
}

void dial_start(struct dial *d, struct net *net, const struct hostport *to,
		int64_t patience, void (*done)(struct dial *, int))
{
	int n;

	init(d, net, patience, done);
	n = names_find(net, to->host, to->port, d->addrs, DIAL_ADDRS);
	d->naddrs = n > 0 ? (uint8_t)n : 0;
	try_next(d, n < 0 ? n : -NAT_ENAME);
}

void dial_addr(struct dial *d, struct net *net, const struct addr *to,
	       int64_t patience, void (*done)(struct dial *, int))
{
	init(d, net, patience, done);
	d->addrs[0] = *to;
	d->naddrs = 1;
	try_next(d, -NAT_ENAME);
}

void dial_stop(struct dial *d)
{
	soon_stop(&d->report);
	if (d->io.loop)
		sock_close(end_attempt(d), false);
}
