#include "net/dial.h"
#include "os/sock.h"

static bool runs(const struct attempt *a)
{
	return a->io.loop != NULL;
}

static bool any_runs(const struct dial *d)
{
	for (int i = 0; i < DIAL_ADDRS; i++)
		if (runs(&d->attempts[i]))
			return true;
	return false;
}

static bool has_more(const struct dial *d)
{
	return d->tried < DIAL_ADDRS &&
	       (d->used[0] < d->n[0] || d->used[1] < d->n[1]);
}

/* The descriptor of an attempt, its handle stopped. */
static int end_attempt(struct attempt *a)
{
	io_stop(&a->io);
	return a->io.fd;
}

/* ---- attempts ---- */

static void go_on(struct dial *d);

/* Whatever fails makes room for the next at once (RFC 8305 5). */
static void fail(struct dial *d, int err)
{
	d->err = err;
	d->next = 0;
}

static void ready(struct io *io, unsigned what)
{
	struct attempt *a = container_of(io, struct attempt, io);
	struct dial *d = a->dial;
	int fd = end_attempt(a), rc = sock_connected(fd);

	(void)what;
	if (rc < 0) {
		sock_close(fd, false);
		fail(d, rc);
		go_on(d);
		return;
	}
	dial_stop(d);
	sock_tune(fd);
	d->done(d, fd);
}

static const struct addr *take_addr(struct dial *d)
{
	int family = d->six;

	if (d->used[family] == d->n[family])
		family = !family;
	d->six = !family;
	return &d->addrs[family][d->used[family]++];
}

static void attempt(struct dial *d)
{
	struct attempt *a = &d->attempts[d->tried++];
	int64_t now = d->net->loop->now;
	int fd = sock_connect_as(take_addr(d), d->as.family ? &d->as : NULL);

	if (fd < 0) {
		fail(d, fd);
		return;
	}
	a->dial = d;
	a->until = now + d->patience;
	d->next = now + DIAL_DELAY;
	io_init(&a->io, ready);
	io_start(&a->io, d->net->loop, fd, LOOP_OUT);
}

static void set_timer(struct dial *d)
{
	int64_t when = has_more(d) ? d->next : INT64_MAX;

	for (int i = 0; i < DIAL_ADDRS; i++) {
		const struct attempt *a = &d->attempts[i];

		if (runs(a) && a->until < when)
			when = a->until;
	}
	if (when < INT64_MAX)
		timer_start(&d->timer, d->net->loop, when);
	else
		timer_stop(&d->timer, d->net->loop);
}

/* All that is due. The last thing done: it may be the end. */
static void go_on(struct dial *d)
{
	while (has_more(d) && d->net->loop->now >= d->next)
		attempt(d);
	if (d->resolving || has_more(d) || any_runs(d)) {
		set_timer(d);
		return;
	}
	dial_stop(d);
	d->done(d, d->err);
}

static void time_has_come(struct timer *t)
{
	struct dial *d = container_of(t, struct dial, timer);

	for (int i = 0; i < DIAL_ADDRS; i++) {
		struct attempt *a = &d->attempts[i];

		if (!runs(a) || a->until > d->net->loop->now)
			continue;
		sock_close(end_attempt(a), false);
		fail(d, -NAT_ETIMEOUT);
	}
	go_on(d);
}

/* ---- addresses ---- */

static void add_addr(struct dial *d, const struct addr *a)
{
	int family = a->family == ADDR_IP6;

	if (d->n[family] < DIAL_ADDRS)
		d->addrs[family][d->n[family]++] = *a;
}

static void heard(struct resolve *r, const struct found *f)
{
	struct dial *d = container_of(r, struct dial, resolve);

	for (int i = 0; i < f->n; i++) {
		struct addr a = f->addrs[i];

		a.port = d->port;
		add_addr(d, &a);
	}
	d->resolving = !f->last;
	if (f->last && d->n[0] + d->n[1] == 0)
		d->err = f->err;
	if (d->tried == 0)
		d->next = f->last || d->n[1]
				  ? 0
				  : d->net->loop->now + DIAL_V6_DELAY;
	go_on(d);
}

static void known_failed(struct soon *s)
{
	go_on(container_of(s, struct dial, failed));
}

/* ---- life ---- */

static void init(struct dial *d, struct net *net, int64_t patience,
		 void (*done)(struct dial *, int))
{
	*d = (struct dial){
		.net = net,
		.done = done,
		.patience = patience,
		.as = d->as,
		.six = true,
	};
	timer_init(&d->timer, time_has_come);
	soon_init(&d->failed, known_failed);
}

void dial_start(struct dial *d, struct net *net, const struct hostport *to,
		int64_t patience, void (*done)(struct dial *, int))
{
	init(d, net, patience, done);
	d->port = to->port;
	d->resolving = true;
	resolve_start(&d->resolve, net, to->host, heard);
}

void dial_addr(struct dial *d, struct net *net, const struct addr *to,
	       int64_t patience, void (*done)(struct dial *, int))
{
	init(d, net, patience, done);
	add_addr(d, to);
	attempt(d);
	if (any_runs(d))
		set_timer(d);
	else
		soon_start(&d->failed, net->loop);
}

void dial_stop(struct dial *d)
{
	if (d->resolving)
		resolve_stop(&d->resolve);
	d->resolving = false;
	soon_stop(&d->failed);
	timer_stop(&d->timer, d->net->loop);
	for (int i = 0; i < DIAL_ADDRS; i++)
		if (runs(&d->attempts[i]))
			sock_close(end_attempt(&d->attempts[i]), false);
}
