#include "net/relayed.h"
#include "os/rand.h"
#include "os/sock.h"

enum relayed_state {
	RELAYED_IDLE,
	RELAYED_RESOLVES,
	RELAYED_DIALS,
	RELAYED_UDP,
	RELAYED_TCP,
	RELAYED_OVER
};

static int64_t now_of(const struct relayed *r)
{
	return r->net->loop->now;
}

static void due(struct relayed *r)
{
	soon_start(&r->run, r->net->loop);
}

/* ---- the way to the server ---- */

static void hang_up(struct relayed *r)
{
	if (r->state == RELAYED_RESOLVES)
		resolve_stop(&r->resolve);
	if (r->state == RELAYED_DIALS)
		dial_stop(&r->dial);
	if (r->state == RELAYED_TCP)
		stream_stop(&r->tcp.stream, false);
	if (udp_runs(&r->udp))
		udp_stop(&r->udp);
	timer_stop(&r->timer, r->net->loop);
	r->state = RELAYED_OVER;
}

static void fail(struct relayed *r, int err)
{
	if (r->state == RELAYED_OVER)
		return;
	hang_up(r);
	r->err = err;
	due(r);
}

static struct span room_of(struct relayed *r)
{
	struct relayed_room *room = r->room;

	if (room->used == RELAYED_BATCH) {
		udp_flush(r->net);
		room->used = 0;
	}
	return (struct span){ room->v[room->used], RELAYED_MOST };
}

static void put_datagram(struct relayed *r, const struct fmt *f)
{
	const struct udp_to to = { NULL, NULL };

	r->room->used++;
	udp_send(&r->udp, &to, BYTES(""), fmt_done(f));
}

/* ---- saying ---- */

static void say_datagrams(struct relayed *r)
{
	struct fmt f = fmt_to(room_of(r));

	while (turn_output(&r->turn, &f, now_of(r))) {
		put_datagram(r, &f);
		f = fmt_to(room_of(r));
	}
}

static void say_stream(struct relayed *r)
{
	struct stream *s = &r->tcp.stream;
	bool more = true;

	while (more) {
		struct span room = stream_reserve(s, TURN_MOST);
		struct fmt f = fmt_to(room);

		if (!room.p)
			return;
		more = turn_output(&r->turn, &f, now_of(r));
		stream_commit(s, more ? f.n : 0);
	}
}

static void say(struct relayed *r)
{
	if (r->state == RELAYED_UDP)
		say_datagrams(r);
	else if (r->state == RELAYED_TCP)
		say_stream(r);
}

static void send_stream(struct relayed *r, const struct addr *to,
			struct bytes b)
{
	size_t most = b.n + TURN_HEAD + TURN_PAD;
	struct span room;
	struct fmt f;
	int rc = turn_peer(&r->turn, to, now_of(r));

	say(r);
	if (rc < 0)
		return;
	room = stream_reserve(&r->tcp.stream, most);
	if (!room.p)
		return;
	f = fmt_to(room);
	rc = turn_wrap(&r->turn, to, b, &f, now_of(r));
	stream_commit(&r->tcp.stream, rc < 0 ? 0 : f.n);
}

void relayed_send(struct relayed *r, const struct addr *to, struct bytes b)
{
	struct fmt f;

	if (r->state == RELAYED_TCP) {
		send_stream(r, to, b);
	} else if (r->state == RELAYED_UDP) {
		if (turn_peer(&r->turn, to, now_of(r)) < 0)
			return;
		say(r);
		f = fmt_to(room_of(r));
		if (turn_wrap(&r->turn, to, b, &f, now_of(r)) == 0)
			put_datagram(r, &f);
	}
	due(r);
}

void relayed_doubt(struct relayed *r)
{
	turn_doubt(&r->turn, now_of(r));
	due(r);
}

void relayed_bind(struct relayed *r, const struct addr *to)
{
	(void)!turn_bind(&r->turn, to, now_of(r));
	due(r);
}

/* ---- what comes ---- */

static void hear(struct relayed *r, struct bytes b)
{
	struct turn_data got;

	if (turn_input(&r->turn, b, now_of(r), &got) == 1)
		r->ops->heard(r, &got.from,
			      (struct span){ (uint8_t *)(uintptr_t)got.data.p,
					     got.data.n });
}

static void ready(struct udp *u)
{
	struct relayed *r = container_of(u, struct relayed, udp);
	struct datagram d;

	while (udp_next(u, &d))
		if (r->state == RELAYED_UDP)
			hear(r, d.data);
	/* nobody is at that port, or not any more */
	if (u->err && r->state == RELAYED_UDP && r->turn.state == TURN_ASKING)
		fail(r, u->err);
	else if (u->err)
		turn_doubt(&r->turn, now_of(r));
	due(r);
}

/* The next message of the stream; *n 0: not all of it is there. */
static struct span next(struct relayed *r, int *n)
{
	struct stream *s = &r->tcp.stream;
	struct span in = stream_peek(s, 1);
	size_t seen = 0;

	*n = 0;
	while (in.p && in.n > seen && (*n = turn_frame(bytes_in(in))) == 0) {
		seen = in.n;
		in = stream_peek(s, seen + 1);
	}
	return in;
}

static void wake(struct waker *w, unsigned what)
{
	struct relayed *r = container_of(w, struct relayed, waker);
	struct span in;
	int n;

	(void)what;
	while (r->state == RELAYED_TCP && (in = next(r, &n)).p && n > 0) {
		hear(r, (struct bytes){ in.p, (size_t)n });
		if (r->state == RELAYED_TCP)
			stream_take(&r->tcp.stream, (size_t)n);
	}
	if (r->state != RELAYED_TCP)
		return;
	if (r->tcp.stream.err)
		fail(r, r->tcp.stream.err);
	else if (n < 0 || r->tcp.stream.ended)
		fail(r, n < 0 ? n : -NAT_ECLOSED);
	due(r);
}

/* ---- beginning ---- */

static void ask(struct relayed *r, const struct addr *server)
{
	uint8_t seed[TURN_SEED];
	const struct turn_conf conf = {
		.server = *server,
		.user = { bytes_of(r->user), bytes_of(r->password) },
		.family = r->family,
		.framed = r->state == RELAYED_TCP,
		.seed = { seed, sizeof seed },
	};

	if (r->turn.moved) {
		r->turn.family = r->family;
		turn_again(&r->turn, now_of(r));
	} else {
		rand_fill(SPAN(seed));
		turn_init(&r->turn, &conf, now_of(r));
	}
	due(r);
}

static int call(struct relayed *r, const struct addr *server)
{
	int rc = udp_connect(&r->udp, r->net, server, ready);

	if (rc < 0)
		return rc;
	r->state = RELAYED_UDP;
	ask(r, server);
	return 0;
}

static void dialled(struct dial *d, int fd)
{
	struct relayed *r = container_of(d, struct relayed, dial);
	struct addr there;

	r->state = RELAYED_IDLE;
	if (fd >= 0 && sock_there(fd, &there) < 0) {
		sock_close(fd, false);
		fd = -NAT_ECLOSED;
	}
	if (fd < 0) {
		fail(r, fd);
		return;
	}
	r->state = RELAYED_TCP;
	tcp_start(&r->tcp, r->net, fd, &r->waker);
	if (!secure_call(r->server->secure, &r->tcp, r->server->uri.at.host))
		fail(r, -NAT_ELIMIT);
	else
		ask(r, &there);
}

/* By the first of its addresses that there is a way to; another one each time. */
static void resolved(struct resolve *res, const struct found *f)
{
	struct relayed *r = container_of(res, struct relayed, resolve);

	for (unsigned i = 0; i < f->n; i++) {
		struct addr to = f->addrs[(r->tried + i) % f->n];

		to.port = r->server->uri.at.port;
		r->err = call(r, &to);
		if (r->err == 0) {
			resolve_stop(res);
			return;
		}
	}
	if (f->last)
		fail(r, f->err ? f->err : r->err ? r->err : -NAT_ENAME);
}

static void begin(struct relayed *r)
{
	if (r->server->uri.transport == TURN_OVER_UDP) {
		r->state = RELAYED_RESOLVES;
		resolve_start(&r->resolve, r->net, r->server->uri.at.host,
			      resolved);
		return;
	}
	r->state = RELAYED_DIALS;
	dial_start(&r->dial, r->net, &r->server->uri.at, RELAYED_PATIENCE,
		   dialled);
}

/* To another server, where this one has sent us. */
static void move(struct relayed *r)
{
	struct addr to = r->turn.server;
	int rc;

	hang_up(r);
	r->state = RELAYED_IDLE;
	if (r->turn.framed) {
		r->state = RELAYED_DIALS;
		dial_addr(&r->dial, r->net, &to, RELAYED_PATIENCE, dialled);
		return;
	}
	rc = call(r, &to);
	if (rc < 0)
		fail(r, rc);
}

/* Who does not give both may give one: of IPv4, or else of IPv6. From another port:
 * coturn mixes what it has refused into the answer.
 */
static bool ask_other(struct relayed *r)
{
	bool both = r->family == ADDR_NONE;

	if (r->told || r->family == ADDR_IP6 ||
	    (r->turn.error != STUN_FAMILY &&
	     !(both && r->turn.error == STUN_FULL)))
		return false;
	r->family = both ? ADDR_IP4 : ADDR_IP6;
	move(r);
	return true;
}

/* ---- what has come of it ---- */

static void tell(struct relayed *r)
{
	if (r->state == RELAYED_UDP || r->state == RELAYED_TCP) {
		if (r->turn.state == TURN_READY && !r->told) {
			r->told = true;
			r->ops->ready(r);
		} else if (r->turn.state == TURN_MOVED) {
			move(r);
		} else if (r->turn.state == TURN_OVER && !ask_other(r)) {
			fail(r, r->turn.err);
		}
	} else if (r->state == RELAYED_OVER && r->err) {
		int err = r->err;

		r->err = 0;
		r->ops->over(r, err);
	}
}

static void run(struct soon *soon)
{
	struct relayed *r = container_of(soon, struct relayed, run);
	int64_t at = INT64_MAX;

	say(r);
	udp_flush(r->net);
	r->room->used = 0;
	if (r->state == RELAYED_UDP || r->state == RELAYED_TCP)
		at = turn_due(&r->turn);
	if (at != INT64_MAX)
		timer_start(&r->timer, r->net->loop, at);
	else
		timer_stop(&r->timer, r->net->loop);
	tell(r);
}

static void tick(struct timer *t)
{
	due(container_of(t, struct relayed, timer));
}

/* ---- life ---- */

static void copy(char *to, struct bytes b)
{
	size_t n = min_size(b.n, RELAYED_USER - 1);

	if (n)
		memcpy(to, b.p, n);
	to[n] = '\0';
}

void relayed_start(struct relayed *r, struct net *net,
		   const struct relayed_ask *what)
{
	r->net = net;
	r->ops = what->ops;
	r->server = what->server;
	r->room = what->room;
	r->family = what->family;
	r->tried = what->tried;
	r->waker.wake = wake;
	copy(r->user, what->user);
	copy(r->password, what->password);
	timer_init(&r->timer, tick);
	soon_init(&r->run, run);
	begin(r);
}

void relayed_stop(struct relayed *r)
{
	if (r->turn.state == TURN_READY) {
		turn_close(&r->turn, now_of(r));
		say(r);
		udp_flush(r->net);
		r->room->used = 0;
		if (r->state == RELAYED_TCP)
			tcp_push(&r->tcp);
	}
	hang_up(r);
	soon_stop(&r->run);
}
