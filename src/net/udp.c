#include "net/udp.h"
#include "net/legacy.h"
#include "os/sock.h"

enum { CALLS = 4 }; /* receiving calls in one turn */

/* ---- sockets ---- */

static void ready(struct io *io, unsigned what)
{
	struct udp *u = container_of(io, struct udp, io);
	struct udp_inbox *in = &u->net->inbox;

	(void)what;
	in->calls = in->n = in->at = 0;
	u->err = 0;
	u->come(u);
}

int udp_take(struct udp *u, struct net *net, int fd, void (*come)(struct udp *))
{
	struct addr at;
	int rc = sock_here(fd, &at);

	if (rc < 0) {
		sock_close(fd, false);
		return rc;
	}
	u->net = net;
	u->at = at;
	u->come = come;
	u->lost = 0;
	u->err = 0;
	io_init(&u->io, ready);
	io_start(&u->io, net->loop, fd, LOOP_IN);
	return 0;
}

static int bind_any(struct net *net, uint16_t port)
{
	struct addr at = { .family = ADDR_IP6, .port = port };
	int fd = legacy_bind(net, &at);

	if (fd != -NAT_ENOTSUP && fd != -NAT_EADDR)
		return fd;
	at.family = ADDR_IP4;
	return legacy_bind(net, &at);
}

int udp_bind(struct udp *u, struct net *net, struct bytes host, uint16_t port,
	     void (*come)(struct udp *))
{
	struct addr at = { 0 };
	int fd;

	if (host.n && addr_parse_ip(&at, host) < 0)
		return -NAT_EINVAL;
	at.port = port;
	fd = host.n ? legacy_bind(net, &at) : bind_any(net, port);
	return fd < 0 ? fd : udp_take(u, net, fd, come);
}

int udp_connect_as(struct udp *u, struct net *net, const struct addr *peer,
		   const struct addr *as, void (*come)(struct udp *))
{
	int fd = dgram_connect(peer, as);

	return fd < 0 ? fd : udp_take(u, net, fd, come);
}

int udp_connect(struct udp *u, struct net *net, const struct addr *peer,
		void (*come)(struct udp *))
{
	return udp_connect_as(u, net, peer, NULL, come);
}

void udp_move(struct udp *to, struct udp *from)
{
	udp_flush(from->net); /* what is queued names from */
	*to = *from;
	io_init(&to->io, ready);
	io_move(&to->io, &from->io);
}

void udp_stop(struct udp *u)
{
	if (!udp_runs(u))
		return;
	udp_flush(u->net); /* what is queued needs the descriptor */
	io_stop(&u->io);
	sock_close(u->io.fd, false);
}

/* ---- receiving ---- */

static bool receive(struct udp *u)
{
	struct udp_inbox *in = &u->net->inbox;
	int n;

	udp_flush(u->net); /* what is queued may lie in the room */
	if (in->calls++ == CALLS || (in->calls > 1 && in->n < DGRAM_MESSAGES))
		return false;
	n = dgram_recv(u->io.fd, in->trains, in->room);
	in->at = 0;
	in->n = n > 0 ? n : 0;
	if (n < 0 && n != -NAT_EAGAIN)
		u->err = n;
	return n > 0;
}

bool udp_next(struct udp *u, struct datagram *d)
{
	struct udp_inbox *in = &u->net->inbox;
	struct dgram_train *t;
	size_t n;

	if (in->at == in->n && !receive(u))
		return false;
	t = &in->trains[in->at];
	n = min_size(t->each, t->data.n);
	*d = (struct datagram){ &t->peer, &t->here, { t->data.p, n } };
	t->data.p += n;
	t->data.n -= n;
	if (t->data.n == 0)
		in->at++;
	return true;
}

/* ---- sending ---- */

void udp_flush(struct net *net)
{
	struct udp_outbox *out = &net->outbox;
	int from = 0;

	while (from < out->n) {
		struct udp *u = out->of[from];
		int n = 1, lost;

		while (from + n < out->n && out->of[from + n] == u)
			n++;
		lost = n - dgram_send(u->io.fd, out->v + from, n, true);
		u->lost += (uint64_t)lost;
		out->lost += (uint64_t)lost;
		from += n;
	}
	out->n = 0;
}

void udp_send(struct udp *u, const struct udp_to *to, struct bytes head,
	      struct bytes body)
{
	struct udp_outbox *out = &u->net->outbox;
	uint8_t *copy;

	if (out->n == DGRAM_QUEUE)
		udp_flush(u->net);
	copy = out->heads[out->n];
	if (head.n)
		memcpy(copy, head.p, head.n);
	out->of[out->n] = u;
	out->v[out->n++] = (struct dgram_out){
		.peer = to->peer,
		.here = to->here && to->here->family ? to->here : NULL,
		.head = { copy, head.n },
		.body = body,
	};
}
