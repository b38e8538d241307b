#include "net/listener.h"
#include "net/legacy.h"
#include "os/sock.h"

static void ready(struct io *io, unsigned what)
{
	struct listener *l = container_of(io, struct listener, io);

	(void)what;
	l->come(l);
}

static void again(struct timer *t)
{
	io_want(&container_of(t, struct listener, again)->io, LOOP_IN);
}

static int open_at(struct net *net, struct addr *at, struct bytes host,
		   uint16_t port)
{
	static const struct addr any6 = { .family = ADDR_IP6 };
	static const struct addr any4 = { .family = ADDR_IP4 };
	int fd, rc;

	if (host.n) {
		rc = addr_parse_ip(at, host);
		at->port = port;
		return rc < 0 ? rc : legacy_listen(net, at);
	}
	*at = any6;
	at->port = port;
	fd = legacy_listen(net, at);
	if (fd != -NAT_ENOTSUP && fd != -NAT_EADDR)
		return fd;
	*at = any4;
	at->port = port;
	return legacy_listen(net, at);
}

void listener_take(struct listener *l, struct net *net, int fd,
		   const struct addr *at, void (*come)(struct listener *))
{
	*l = (struct listener){ .net = net, .at = *at, .come = come };
	io_init(&l->io, ready);
	timer_init(&l->again, again);
	io_start(&l->io, net->loop, fd, LOOP_IN);
}

int listener_start(struct listener *l, struct net *net, struct bytes host,
		   uint16_t port, void (*come)(struct listener *))
{
	struct addr at = { 0 };
	int fd = open_at(net, &at, host, port), rc;

	if (fd < 0)
		return fd;
	rc = sock_here(fd, &at);
	if (rc < 0) {
		sock_close(fd, false);
		return rc;
	}
	listener_take(l, net, fd, &at, come);
	return 0;
}

void listener_move(struct listener *to, struct listener *from)
{
	listener_pause(from, from->io.want == 0);
	*to = *from;
	io_init(&to->io, ready);
	timer_init(&to->again, again);
	io_move(&to->io, &from->io);
}

void listener_stop(struct listener *l)
{
	if (!listener_runs(l))
		return;
	timer_stop(&l->again, l->net->loop);
	io_stop(&l->io);
	sock_close(l->io.fd, false);
}

void listener_pause(struct listener *l, bool pause)
{
	if (!listener_runs(l))
		return;
	timer_stop(&l->again, l->net->loop);
	io_want(&l->io, pause ? 0 : LOOP_IN);
}

/* Who waits would wake us again and again. */
static void rest(struct listener *l)
{
	io_want(&l->io, 0);
	timer_start(&l->again, l->net->loop,
		    l->net->loop->now + LISTENER_REST_MS);
}

static void say_out(struct net *net)
{
	log_seldom(net->log, log_at(&net->fds_out, net->loop->now), "nat",
		   "out of descriptors: who comes is turned away");
}

/* The spare descriptor gives way to the connection that cannot be kept. */
static int turn_away(struct listener *l)
{
	struct addr from;
	int fd;

	say_out(l->net);
	if (l->net->spare_fd >= 0)
		sock_close(l->net->spare_fd, false);
	fd = sock_accept(l->io.fd, &from);
	if (fd >= 0)
		sock_close(fd, true);
	l->net->spare_fd = sock_spare();
	return fd < 0 ? fd : -NAT_EAGAIN;
}

int listener_accept(struct listener *l, struct addr *from)
{
	int fd = sock_accept(l->io.fd, from);

	if (fd != -NAT_EAGAIN)
		net_count(l->net, fd);
	if (fd == -NAT_EFILES)
		fd = turn_away(l);
	if (fd == -NAT_EFILES || fd == -NAT_EMEMORY)
		rest(l);
	return fd < 0 ? -NAT_EAGAIN : fd;
}
