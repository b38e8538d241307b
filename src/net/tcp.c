#include "net/tcp.h"
#include "net/veil.h"
#include "os/sock.h"

#define TCP(s) container_of(s, struct tcp, stream)
static const struct span nothing = { NULL, 0 };

static void want(struct tcp *t, unsigned on, unsigned off)
{
	io_want(&t->io, (t->io.want | on) & ~off);
}

static size_t held(const struct buf *b)
{
	return b ? b->end - b->at : 0;
}

static void drop(struct tcp *t, struct buf **b)
{
	if (*b)
		bufs_put(t->net, *b);
	*b = NULL;
}

/* The first error is the one that is told, from the loop. */
static void break_down(struct tcp *t, int err)
{
	if (!t->stream.err)
		t->stream.err = err;
	soon_start(&t->flush, t->net->loop);
}

/* Of the usual class, or of a smaller one that holds n bytes when there is none;
 * NULL: wait.
 */
static struct buf *borrow(struct tcp *t, size_t n, uint8_t usual,
			  enum pool_use use)
{
	int least = (int)pool_class_of(n);
	struct buf *b = NULL;

	for (int c = usual > least ? usual : least; !b && c >= least; c--)
		b = bufs_get(t->net, (enum pool_class)c, use);
	if (!b)
		bufs_wait(t->net, &t->wait);
	return b;
}

/* Makes *b a buffer with room for least more bytes behind those it holds: by
 * sliding them to the front, or by moving to a larger one. False: there is none.
 */
static bool make_room(struct tcp *t, struct buf **b, size_t least,
		      enum pool_use use)
{
	uint8_t usual = use == POOL_IN ? t->in_class : t->out_class;
	struct buf *old = *b, *new;
	size_t n = held(old);

	if (old && n + least <= old->size) {
		memmove(old->p, old->p + old->at, n);
		old->at = 0;
		old->end = (uint32_t)n;
		return true;
	}
	if (pool_class_of(n + least) == POOL_CLASSES)
		return false;
	new = borrow(t, n + least, old ? POOL_4K : usual, use);
	if (!new)
		return false;
	if (old) {
		memcpy(new->p, old->p + old->at, n);
		new->end = (uint32_t)n;
		bufs_put(t->net, old);
	}
	*b = new;
	return true;
}

/* The next buffer is larger after one that was filled, smaller after one that
 * hardly was.
 */
static uint8_t next_class(uint8_t class, size_t n, size_t room)
{
	if (n == room && class < POOL_68K)
		return class + 1;
	if (n < room / 8 && class > POOL_4K)
		return class - 1;
	return class;
}

/* How many came. */
static size_t receive_into(struct tcp *t, struct span to)
{
	long n = sock_recv(t->io.fd, to);

	t->readable = n == (long)to.n;
	if (n > 0)
		return (size_t)n;
	if (n == 0) {
		t->stream.ended = true;
		want(t, 0, LOOP_IN);
	} else if (n != -NAT_EAGAIN) {
		break_down(t, (int)n);
	}
	return 0;
}

static void receive(struct tcp *t, size_t least)
{
	struct buf *b = t->in;
	size_t room, n;

	if (!b || b->size - b->end < least) {
		if (!make_room(t, &t->in, least, POOL_IN))
			return;
		b = t->in;
	}
	room = b->size - b->end;
	n = receive_into(t, (struct span){ b->p + b->end, room });
	b->end += (uint32_t)n;
	if (n > 0)
		t->in_class = next_class(t->in_class, n, room);
}

static void look_again(struct tcp *t)
{
	if (!t->readable && !t->stream.ended && !t->stream.err)
		want(t, LOOP_IN, 0);
}

static struct span tcp_peek(struct stream *s, size_t least)
{
	struct tcp *t = TCP(s);
	size_t have = held(t->in);

	if (have < least && t->readable && !s->ended && !s->err)
		receive(t, least - have);
	look_again(t);
	if (held(t->in) == 0) {
		drop(t, &t->in);
		return nothing;
	}
	return (struct span){ t->in->p + t->in->at, held(t->in) };
}

static void tcp_take(struct stream *s, size_t n)
{
	struct tcp *t = TCP(s);

	t->in->at += (uint32_t)n;
	if (held(t->in) == 0)
		drop(t, &t->in);
}

static struct span tcp_reserve(struct stream *s, size_t least)
{
	struct tcp *t = TCP(s);
	struct buf *b = t->out;

	if (s->err || t->finishing ||
	    (least == 1 && b && b->at == 0 && b->end == b->size) ||
	    ((!b || b->size - b->end < least) &&
	     !make_room(t, &t->out, least, POOL_OUT))) {
		t->starved = true;
		return nothing;
	}
	b = t->out;
	return (struct span){ b->p + b->end, b->size - b->end };
}

static void tcp_commit(struct stream *s, size_t n)
{
	struct tcp *t = TCP(s);
	struct buf *b = t->out;

	b->end += (uint32_t)n;
	if (n)
		soon_start(&t->flush, t->net->loop);
	else if (held(b) == 0)
		drop(t, &t->out);
}

static void tcp_finish(struct stream *s)
{
	struct tcp *t = TCP(s);

	if (t->finishing)
		return;
	t->finishing = true;
	soon_start(&t->flush, t->net->loop);
}

int tcp_leave(struct tcp *t)
{
	soon_stop(&t->flush);
	buf_wait_stop(&t->wait);
	io_stop(&t->io);
	drop(t, &t->in);
	drop(t, &t->out);
	return t->io.fd;
}

static void tcp_stop(struct stream *s, bool reset)
{
	if (tcp_runs(TCP(s)))
		sock_close(tcp_leave(TCP(s)), reset);
}

/* One send a turn; what is left waits until the socket takes more. */
static void send_out(struct tcp *t)
{
	struct buf *b = t->out;
	struct bytes left = { b->p + b->at, held(b) };
	long n = sock_send(t->io.fd, left);

	if (n < 0 && n != -NAT_EAGAIN) {
		break_down(t, (int)n);
		return;
	}
	if (n > 0) {
		b->at += (uint32_t)n;
		t->out_class = next_class(t->out_class, left.n, b->size);
	}
	if (held(b) == 0)
		drop(t, &t->out);
	else
		want(t, LOOP_OUT, 0);
}

static void flush(struct soon *f)
{
	struct tcp *t = container_of(f, struct tcp, flush);
	bool tell = t->starved;

	if (t->out && held(t->out) && !t->stream.err)
		send_out(t);
	if (t->stream.err) {
		soon_stop(&t->flush);
		io_want(&t->io, 0);
		if (t->told_down)
			return;
		t->told_down = true;
		STREAM_WAKE(&t->stream, STREAM_DOWN);
	}
	if (t->out)
		return;
	want(t, 0, LOOP_OUT);
	if (t->finishing && !t->stream.finished) {
		sock_finish(t->io.fd);
		t->stream.finished = tell = true;
	}
	t->starved = false;
	if (tell)
		STREAM_WAKE(&t->stream, STREAM_OUT);
}

static void ready(struct io *io, unsigned what)
{
	struct tcp *t = container_of(io, struct tcp, io);
	unsigned tell = 0;

	if (what & LOOP_OUT)
		soon_start(&t->flush, t->net->loop);
	if (what & LOOP_IN) {
		if (t->readable)
			want(t, 0, LOOP_IN); /* nobody looked: do not spin */
		else
			tell = STREAM_IN;
		t->readable = true;
	}
	if (tell)
		STREAM_WAKE(&t->stream, tell);
}

static void served(struct buf_wait *w)
{
	struct tcp *t = container_of(w, struct tcp, wait);

	STREAM_WAKE(&t->stream, STREAM_IN | STREAM_OUT);
}

static const struct stream_ops tcp_ops = {
	.name = "tcp",
	.kind = STREAM_BYTES,
	.peek = tcp_peek,
	.take = tcp_take,
	.reserve = tcp_reserve,
	.commit = tcp_commit,
	.finish = tcp_finish,
	.stop = tcp_stop,
};

struct tcp *tcp_of(struct stream *s)
{
	return s->ops == &tcp_ops ? TCP(s) : NULL;
}

bool tcp_is_bare(const struct tcp *t)
{
	return t->stream.ops == &tcp_ops;
}

static void handles_init(struct tcp *t)
{
	io_init(&t->io, ready);
	soon_init(&t->flush, flush);
	buf_wait_init(&t->wait, served);
}

void tcp_start(struct tcp *t, struct net *net, int fd, struct waker *up)
{
	const uint32_t most = POOL_SLAB - (uint32_t)sizeof(struct buf);

	*t = (struct tcp){ .net = net };
	t->stream = (struct stream){
		.ops = &tcp_ops, .up = up, .most_in = most, .most_out = most
	};
	handles_init(t);
	io_start(&t->io, net->loop, fd, LOOP_IN);
}

void tcp_move(struct tcp *to, struct tcp *from, struct waker *up)
{
	bool flushing = !list_alone(&from->flush.node);
	bool waiting = !list_alone(&from->wait.node);

	if (veil_known && !tcp_is_bare(from)) {
		veil_move(to, from, up);
		return;
	}
	soon_stop(&from->flush);
	buf_wait_stop(&from->wait);
	*to = *from;
	to->stream.up = up;
	handles_init(to);
	io_move(&to->io, &from->io);
	from->in = from->out = NULL;
	if (flushing)
		soon_start(&to->flush, to->net->loop);
	if (waiting)
		bufs_wait(to->net, &to->wait);
}

bool tcp_put_back(struct tcp *t, struct bytes b)
{
	if (b.n && !make_room(t, &t->in, b.n, POOL_IN))
		return false;
	if (b.n)
		memcpy(t->in->p + t->in->end, b.p, b.n);
	if (b.n)
		t->in->end += (uint32_t)b.n;
	return true;
}

void tcp_push(struct tcp *t)
{
	t = veil_under(t);
	if (t->out && held(t->out) && !t->stream.err)
		send_out(t);
}

bool tcp_holds_in(const struct tcp *t)
{
	return t->in != NULL;
}

bool tcp_owes_out(struct tcp *t)
{
	t = veil_under(t);
	if (t->out)
		t->starved = true;
	return t->out != NULL;
}

bool tcp_holds_out(const struct tcp *t)
{
	return held(t->out) > 0;
}

bool tcp_may_receive(struct tcp *t)
{
	look_again(t);
	return t->readable && !t->stream.ended && !t->stream.err;
}

size_t tcp_receive(struct tcp *t, struct span to)
{
	size_t n = receive_into(t, to);

	look_again(t);
	return n;
}

size_t tcp_send(struct tcp *t, struct bytes b)
{
	long n;

	if (t->stream.err || t->io.want & LOOP_OUT)
		return 0;
	n = sock_send(t->io.fd, b);
	if (n < 0 && n != -NAT_EAGAIN) {
		break_down(t, (int)n);
	} else if (n < (long)b.n) {
		t->starved = true;
		want(t, LOOP_OUT, 0);
	}
	return n > 0 ? (size_t)n : 0;
}

long tcp_splice_in(struct tcp *t, int pipe, size_t most)
{
	long n;

	look_again(t);
	if (!t->readable || t->stream.ended || t->stream.err)
		return 0;
	n = sock_splice(t->io.fd, pipe, most);
	if (n == -NAT_ENOTSUP)
		return n;
	t->readable = n > (long)most / 2; /* little: let the loop tell */
	if (n > 0)
		return n;
	if (n == 0) {
		t->stream.ended = true;
		want(t, 0, LOOP_IN);
	} else if (n == -NAT_EAGAIN) {
		want(t, LOOP_IN, 0);
	} else {
		break_down(t, (int)n);
	}
	return 0;
}

long tcp_splice_out(struct tcp *t, int pipe, size_t n)
{
	long k;

	if (t->stream.err)
		return 0;
	k = sock_splice(pipe, t->io.fd, n);
	if (k < 0 && k != -NAT_EAGAIN) {
		break_down(t, (int)k);
	} else if (k < (long)n) {
		t->starved = true;
		want(t, LOOP_OUT, 0);
	}
	return k > 0 ? k : 0;
}

void tcp_rest(struct tcp *t)
{
	t->readable = false;
	look_again(t);
}

void tcp_pause(struct tcp *t)
{
	if (!t->stream.ended && !t->stream.err) {
		t->readable = true;
		want(t, 0, LOOP_IN);
	}
}
