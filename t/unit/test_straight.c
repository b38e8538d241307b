/* Between a socket and a stream that is none, whose bytes lie on a shelf. */
#include "rig.h"
#include "net/pump.h"
#include "net/straight.h"

static const struct net_limits limits = { .memory = 1 << 20,
					  .pipes = 2,
					  .pipe_size = 65536 };

enum { SHELF = 300000, TURNS = 20000 };

static struct rig rig;
static struct tcp tcp;
static struct waker socket_waker, shelf_waker;
static struct pump pump;
static int far;
static struct shelf {
	struct stream stream;
	uint8_t all[SHELF + 1]; /* there is always room */
	size_t at, n;           /* it shows at..n; or has n */
	size_t most;            /* of room */
} shelf;

static struct span shelf_peek(struct stream *s, size_t least)
{
	struct shelf *h = container_of(s, struct shelf, stream);

	(void)least;
	return (struct span){ h->at < h->n ? h->all + h->at : NULL,
			      h->n - h->at };
}

static void shelf_take(struct stream *s, size_t n)
{
	container_of(s, struct shelf, stream)->at += n;
}

static struct span shelf_reserve(struct stream *s, size_t least)
{
	struct shelf *h = container_of(s, struct shelf, stream);
	size_t n = min_size(h->most, sizeof h->all - h->n);

	return (struct span){ n >= least ? h->all + h->n : NULL, n };
}

static void shelf_commit(struct stream *s, size_t n)
{
	container_of(s, struct shelf, stream)->n += n;
}

static void shelf_finish(struct stream *s)
{
	s->finished = true;
}

static const struct stream_ops ops = {
	.name = "shelf",
	.kind = STREAM_BYTES,
	.peek = shelf_peek,
	.take = shelf_take,
	.reserve = shelf_reserve,
	.commit = shelf_commit,
	.finish = shelf_finish,
};

static uint8_t pattern(size_t i)
{
	return (uint8_t)(i * 7 + i / 251);
}

static void wake(struct waker *w, unsigned what)
{
	(void)w, (void)what;
	pump_run(&pump);
}

static void start(bool out)
{
	struct stream *a = &tcp.stream, *b = &shelf.stream;
	int ends[2];

	rig_start(&rig, &limits, TURNS);
	rig_pair(ends, 8192);
	far = ends[0];
	socket_waker.wake = shelf_waker.wake = wake;
	shelf.stream = (struct stream){ .ops = &ops, .up = &shelf_waker };
	shelf.at = shelf.n = 0;
	shelf.most = 4000;
	tcp_start(&tcp, &rig.net, ends[1], &socket_waker);
	pump_init(&pump, &rig.net, out ? b : a, out ? a : b);
}

static void stop(void)
{
	pump_stop(&pump);
	stream_stop(&tcp.stream, false);
	sock_close(far, false);
	rig_stop(&rig);
}

/* What comes never lies anywhere but on the shelf. */
static void received_in_its_place(void **state)
{
	uint8_t b[5000];
	size_t said = 0;

	(void)state;
	start(false);
	while (said < SHELF) {
		size_t n = min_size(sizeof b, SHELF - said);
		ssize_t k;

		for (size_t i = 0; i < n; i++)
			b[i] = pattern(said + i);
		k = write(far, b, n);
		said += k > 0 ? (size_t)k : 0;
		rig_turns(&rig, 2);
		assert_int_equal(rig.net.bufs.pool.out, 0);
	}
	rig_turns(&rig, 20);
	assert_int_equal(shelf.n, SHELF);
	for (size_t i = 0; i < SHELF; i++)
		assert_int_equal(shelf.all[i], pattern(i));
	assert_false(shelf.stream.finished);
	shutdown(far, SHUT_WR);
	rig_turns(&rig, 5);
	assert_true(shelf.stream.finished);
	stop();
}

/* No room: it stays in the socket, and nobody spins. */
static void waits_in_the_socket(void **state)
{
	(void)state;
	start(false);
	shelf.most = 0;
	assert_int_equal(write(far, "hallo", 5), 5);
	assert_in_range(rig_run(&rig, 30), 1, 6);
	assert_int_equal(rig.net.bufs.pool.out, 0);
	shelf.most = 100;
	pump_run(&pump);
	assert_int_equal(shelf.n, 5);
	stop();
}

static size_t hear(size_t at)
{
	uint8_t b[20000];
	ssize_t n = read(far, b, sizeof b);

	for (ssize_t i = 0; i < n; i++)
		assert_int_equal(b[i], pattern(at + (size_t)i));
	return n > 0 ? (size_t)n : 0;
}

/* What goes is sent from the shelf, but for the last, which is little. */
static void sent_from_its_place(void **state)
{
	size_t heard = 0;

	(void)state;
	start(true);
	for (size_t i = 0; i < SHELF; i++)
		shelf.all[i] = pattern(i);
	shelf.n = SHELF;
	pump_run(&pump);
	assert_in_range(shelf.at, 1, SHELF - STRAIGHT_LEAST);
	while (heard < SHELF) {
		if (shelf.at <= SHELF - STRAIGHT_LEAST)
			assert_int_equal(rig.net.bufs.pool.out, 0);
		heard += hear(heard);
		rig_turns(&rig, 2);
	}
	assert_int_equal(shelf.at, SHELF);
	rig_turns(&rig, 2);
	stop();
}

/* Behind what is there already; at once; and what does not go is kept. */
static void put(void **state)
{
	enum { N = STRAIGHT_LEAST };
	size_t heard = 0;

	(void)state;
	start(true);
	for (size_t i = 0; i < 4 * N; i++)
		shelf.all[i] = pattern(i);
	memcpy(stream_reserve(&tcp.stream, 100).p, shelf.all, 100);
	stream_commit(&tcp.stream, 100);
	straight_put(&tcp, stream_reserve(&tcp.stream, N),
		     (struct bytes){ shelf.all + 100, N });
	assert_int_equal(hear(0), 0);
	while (heard < 100 + N) {
		rig_turns(&rig, 2);
		heard += hear(heard);
	}
	straight_put(&tcp, stream_reserve(&tcp.stream, N),
		     (struct bytes){ shelf.all + heard, N });
	while (heard < 100 + 2 * N) {
		heard += hear(heard);
		rig_turns(&rig, 2);
	}
	assert_int_equal(heard, 100 + 2 * N);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(received_in_its_place),
		cmocka_unit_test(waits_in_the_socket),
		cmocka_unit_test(sent_from_its_place),
		cmocka_unit_test(put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
