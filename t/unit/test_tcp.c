#define _DEFAULT_SOURCE
#include "rig.h"
#include "net/tcp.h"
#include <sys/ioctl.h>

static const struct net_limits limits = { .memory = 1 << 20,
					  .pipes = 4,
					  .pipe_size = 65536 };

enum { SMALL = 4 * 1024 - 16, MIDDLE = 20 * 1024 - 16, LARGE = 68 * 1024 - 16 };

static struct rig rig;

/* ---- one who uses a stream; the other end is a bare descriptor ---- */

struct user {
	struct tcp tcp;
	struct waker waker;
	unsigned told;
	int wakes;
	unsigned gone_at; /* stopped and overwritten in a wake with that */
};

static struct user user;
static int far;

static void wake(struct waker *w, unsigned what)
{
	struct user *u = container_of(w, struct user, waker);

	u->told |= what;
	u->wakes++;
	rig.loop.quit = true;
	if (u->gone_at & what) {
		stream_stop(&u->tcp.stream, false);
		memset(&u->tcp, 0xa5, sizeof u->tcp);
		memset(&u->waker, 0xa5, sizeof u->waker);
	}
}

static void use(struct user *u, int fd)
{
	*u = (struct user){ .waker = { wake } };
	tcp_start(&u->tcp, &rig.net, fd, &u->waker);
}

/* Over TCP; of socket buffers of that size within the system, where small ones
 * wait for no timer of the kernel's.
 */
static void start(int size)
{
	int ends[2];

	rig_start(&rig, &limits, 2000);
	if (size)
		rig_pair(ends, size);
	else
		rig_tcp(ends, 0);
	far = ends[0];
	use(&user, ends[1]);
}

static void stop(void)
{
	if (!user.gone_at) {
		stream_stop(&user.tcp.stream, false);
		stream_stop(&user.tcp.stream, false);
		assert_false(tcp_runs(&user.tcp));
	}
	sock_close(far, false);
	rig_stop(&rig);
}

/* What it was told, once it was told something (or nothing in ms). */
static unsigned told(struct user *u, int64_t ms)
{
	u->told = 0;
	rig_run(&rig, ms);
	return u->told;
}

static void expect(unsigned what)
{
	assert_int_equal(told(&user, 1000), what);
}

static void expect_silence(void)
{
	int turns = rig_clock.turns;

	assert_int_equal(told(&user, 5), 0);
	assert_true(rig_clock.turns - turns <= 6);
}

static uint8_t pattern(size_t i)
{
	return (uint8_t)(i * 7 + i / 251);
}

static uint8_t bulk[256 * 1024];

static void far_says(size_t from, size_t n)
{
	assert_true(from + n <= sizeof bulk);
	for (size_t i = from; i < from + n; i++)
		bulk[i] = pattern(i);
	assert_int_equal(write(far, bulk + from, n), n);
}

static struct span see(size_t least)
{
	return stream_peek(&user.tcp.stream, least);
}

static void check(struct span in, size_t from, size_t n)
{
	assert_int_equal(in.n, n);
	for (size_t i = 0; i < n; i++)
		if (in.p[i] != pattern(from + i))
			fail_msg("byte %zu is wrong", from + i);
}

static uint32_t borrowed(void)
{
	return rig.net.bufs.pool.out;
}

static int in_kernel(void)
{
	int n = -1;

	assert_int_equal(ioctl(user.tcp.io.fd, FIONREAD, &n), 0);
	return n;
}

/* ---- input ---- */

/* Nothing is received, or borrowed, until somebody looks; all of it is given
 * back as soon as nothing is left.
 */
static void receives_when_looked_at(void **state)
{
	(void)state;
	start(0);
	assert_null(see(1).p);
	far_says(0, 100);
	expect(STREAM_IN);
	expect_silence();
	assert_int_equal(in_kernel(), 100);
	assert_int_equal(borrowed(), 0);
	check(see(1), 0, 100);
	assert_int_equal(borrowed(), 1);
	stream_take(&user.tcp.stream, 40);
	far_says(100, 10);
	expect(STREAM_IN);
	check(see(60), 40, 60);
	check(see(61), 40, 70);
	stream_take(&user.tcp.stream, 70);
	assert_int_equal(borrowed(), 0);
	assert_null(see(1).p);
	far_says(110, 1);
	expect(STREAM_IN);
	check(see(1), 110, 1);
	stop();
}

/* As many bytes as asked for in one piece, in a larger buffer where need be. */
static void least_trades_up(void **state)
{
	static const size_t rows[] = { 1,      SMALL,      SMALL + 1, 10000,
				       MIDDLE, MIDDLE + 1, 60000,     LARGE };
	size_t whole = LARGE;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t at = 0;

		start(0);
		far_says(0, whole);
		expect(STREAM_IN);
		check(see(1), 0, SMALL);
		if (i % 2) {
			stream_take(&user.tcp.stream, 1);
			at = 1;
		}
		far_says(whole, 1);
		while (see(rows[i]).n < rows[i])
			rig_run(&rig, 10);
		assert_false(user.tcp.stream.ended);
		check(see(1), at, see(1).n);
		assert_int_equal(borrowed(), 1);
		assert_true(user.tcp.in->size <= SMALL || rows[i] > SMALL - at);
		stop();
	}
	assert_int_equal(LARGE, user.tcp.stream.most_in);
	assert_int_equal(LARGE, user.tcp.stream.most_out);
}

/* A full buffer is no end of the stream: never a receive without room. */
static void never_without_room(void **state)
{
	(void)state;
	start(0);
	far_says(0, LARGE + 1000);
	expect(STREAM_IN);
	while (see(LARGE).n < LARGE)
		rig_run(&rig, 10);
	for (int i = 0; i < 3; i++)
		check(see(LARGE), 0, LARGE);
	assert_false(user.tcp.stream.ended);
	assert_int_equal(user.tcp.stream.err, 0);
	stream_take(&user.tcp.stream, LARGE);
	check(see(1), LARGE, 1000);
	stop();
}

/* A reader that lets bytes lie costs no turns, and loses nothing. */
static void who_does_not_look(void **state)
{
	(void)state;
	start(0);
	for (size_t i = 0; i < 20; i++) {
		far_says(i * 100, 100);
		assert_int_equal(told(&user, 2), i ? 0 : STREAM_IN);
	}
	assert_true(rig_clock.turns < 80);
	check(see(1), 0, 2000);
	stream_take(&user.tcp.stream, 2000);
	expect_silence();
	assert_null(see(1).p);
	far_says(2000, 1);
	expect(STREAM_IN);
	stop();
}

static void the_end_comes_last(void **state)
{
	(void)state;
	start(0);
	far_says(0, 5000);
	shutdown(far, SHUT_WR);
	expect(STREAM_IN);
	check(see(5000), 0, 5000);
	stream_take(&user.tcp.stream, 5000);
	while (!user.tcp.stream.ended) {
		assert_null(see(1).p);
		rig_run(&rig, 10);
	}
	assert_null(see(1).p);
	expect_silence();
	assert_int_equal(borrowed(), 0);
	stop();
}

/* ---- output ---- */

static void say(size_t from, size_t n)
{
	struct span out = stream_reserve(&user.tcp.stream, n);

	assert_true(out.p && out.n >= n);
	for (size_t i = 0; i < n; i++)
		out.p[i] = pattern(from + i);
	stream_commit(&user.tcp.stream, n);
}

/* Everything until EAGAIN, at where. */
static size_t far_hears(size_t from)
{
	ssize_t n = read(far, bulk, sizeof bulk);

	if (n <= 0)
		return 0;
	check((struct span){ bulk, (size_t)n }, from, (size_t)n);
	return (size_t)n;
}

/* Nothing leaves before the turn does; then all of it at once. */
static void leaves_with_the_turn(void **state)
{
	(void)state;
	start(0);
	for (size_t i = 0; i < 50; i++)
		say(i * 50, 50);
	assert_int_equal(far_hears(0), 0);
	assert_int_equal(borrowed(), 1);
	expect_silence(); /* nobody was refused: nobody is told */
	assert_int_equal(far_hears(0), 2500);
	assert_int_equal(borrowed(), 0);
	assert_non_null(stream_reserve(&user.tcp.stream, 1).p);
	stream_commit(&user.tcp.stream, 0);
	assert_int_equal(borrowed(), 0);
	stop();
}

/* Who wants any room at all waits for a full buffer to leave. */
static void full_is_no_reason_for_more(void **state)
{
	(void)state;
	start(0);
	say(0, SMALL);
	assert_null(stream_reserve(&user.tcp.stream, 1).p);
	assert_int_equal(user.tcp.out->size, SMALL);
	expect(STREAM_OUT);
	assert_int_equal(far_hears(0), SMALL);
	stop();
}

/* A message larger than what is left moves what there is to a larger buffer;
 * larger than any buffer is refused, and STREAM_OUT says when to try again.
 */
static void reserve_trades_up(void **state)
{
	size_t n = 0, got = 0;

	(void)state;
	start(0);
	say(n, 3000);
	say(n += 3000, 2000);
	say(n += 2000, 20000);
	say(n += 20000, 40000);
	n += 40000;
	assert_int_equal(borrowed(), 1);
	assert_null(stream_reserve(&user.tcp.stream, 10000).p);
	assert_null(stream_reserve(&user.tcp.stream, LARGE + 1).p);
	assert_int_equal(user.tcp.out->size, LARGE);
	while (got < n) {
		rig_run(&rig, 5);
		got += far_hears(got);
	}
	assert_true(user.told & STREAM_OUT);
	assert_non_null(stream_reserve(&user.tcp.stream, LARGE).p);
	stream_commit(&user.tcp.stream, 0);
	stop();
}

/* Bytes go into what there is, and never beyond it; room comes when all of it
 * is sent, whatever the socket takes at once.
 */
static void full_and_starved(void **state)
{
	static const int sizes[] = { 0, 1, 20000 };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		size_t said = 0, got = 0, idle = 0;

		start(sizes[i]);
		while (got < 300000 && idle < 1000) {
			struct span out;
			size_t n;

			while (said < 300000 &&
			       (out = stream_reserve(&user.tcp.stream, 1)).p) {
				assert_true(out.n > 0);
				n = min_size(out.n, 1 + said % 1700);
				n = min_size(n, 300000 - said);
				for (size_t k = 0; k < n; k++)
					out.p[k] = pattern(said + k);
				stream_commit(&user.tcp.stream, n);
				said += n;
			}
			rig_run(&rig, 1);
			n = far_hears(got);
			got += n;
			idle = n ? 0 : idle + 1;
		}
		assert_int_equal(got, 300000);
		assert_in_range(borrowed(), 0, 1);
		stop();
	}
}

/* A FIN behind the last byte, once; and input goes on. */
static void finish_is_half_a_close(void **state)
{
	size_t got = 0;

	(void)state;
	start(5000);
	for (size_t i = 0; i < 10; i++)
		say(i * 6000, 6000);
	stream_finish(&user.tcp.stream);
	stream_finish(&user.tcp.stream);
	for (int i = 0; i < 100 && !told(&user, 20); i++)
		got += far_hears(got);
	assert_int_equal(user.told, STREAM_OUT);
	assert_true(user.tcp.stream.finished);
	assert_null(stream_reserve(&user.tcp.stream, 1).p);
	for (int i = 0; i < 100 && got < 60000; i++, usleep(1000))
		got += far_hears(got);
	assert_int_equal(got, 60000);
	while (read(far, bulk, 1) != 0)
		usleep(1000);
	stream_finish(&user.tcp.stream);
	far_says(0, 10);
	while (!see(1).p)
		rig_run(&rig, 10);
	check(see(1), 0, 10);
	assert_null(stream_reserve(&user.tcp.stream, 1).p);
	stop();
}

/* ---- trouble ---- */

/* Told once, and then silence, whatever is asked of it. */
static void reset_is_down(void **state)
{
	(void)state;
	for (int busy = 0; busy < 2; busy++) {
		unsigned all = 0;

		start(0);
		if (busy)
			say(0, 1000);
		sock_close(far, true);
		far = -1;
		for (int i = 0; i < 10 && !(all & STREAM_DOWN); i++) {
			all |= told(&user, 100);
			assert_null(see(1).p);
		}
		assert_true(all & STREAM_DOWN);
		assert_int_equal(user.tcp.stream.err, -NAT_ERESET);
		assert_false(user.tcp.stream.ended);
		assert_null(see(1).p);
		assert_null(stream_reserve(&user.tcp.stream, 1).p);
		stream_finish(&user.tcp.stream);
		expect_silence();
		assert_false(user.tcp.stream.finished);
		far = dup(0);
		stop();
	}
}

static void stop_with_and_without_reset(void **state)
{
	(void)state;
	for (int reset = 0; reset < 2; reset++) {
		int n;

		start(0);
		say(0, 10);
		stream_stop(&user.tcp.stream, reset);
		for (n = -NAT_EAGAIN; n == -NAT_EAGAIN; usleep(100))
			n = (int)sock_recv(far, SPAN(bulk));
		assert_int_equal(n, reset ? -NAT_ERESET : 0);
		stop();
	}
}

/* Whatever the wake says, the stream may be stopped in it and its memory be
 * something else; and none comes after.
 */
static void gone_in_its_wake(void **state)
{
	static const unsigned rows[] = { STREAM_IN, STREAM_OUT, STREAM_DOWN };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		start(0);
		user.gone_at = rows[i];
		say(0, LARGE);
		assert_null(stream_reserve(&user.tcp.stream, 1).p);
		if (rows[i] == STREAM_IN)
			far_says(0, 100);
		for (int k = 0; k < 100 && !(user.told & rows[i]); k++) {
			rig_run(&rig, 2);
			if (user.told & rows[i])
				break;
			if (rows[i] == STREAM_DOWN && far >= 0) {
				sock_close(far, true);
				far = -1;
			} else if (rows[i] == STREAM_DOWN) {
				see(1);
			} else {
				far_hears(0);
			}
		}
		assert_true(user.told & rows[i]);
		user.wakes = 0;
		if (far < 0)
			far = dup(0);
		else
			assert_true(sock_send(far, BYTES("x")) <= 1);
		rig_run(&rig, 3);
		assert_int_equal(user.wakes, 0);
		assert_int_equal(borrowed(), 0);
		stop();
	}
}

/* ---- moved to another place ---- */

struct move {
	bool unread, unsent, starved, coming;
};

/* The old place is overwritten at once. */
static void moved_with_all_it_has(void **state)
{
	(void)state;
	for (unsigned row = 0; row < 16; row++) {
		struct user next = { .waker = { wake } };
		struct move m = { row & 1, row & 2, row & 4, row & 8 };
		size_t sent = m.unsent ? 2000 : 0;

		start(0);
		if (m.unread) {
			far_says(0, 100);
			expect(STREAM_IN);
			check(see(1), 0, 100);
			stream_take(&user.tcp.stream, 30);
		}
		if (m.unsent)
			say(0, sent);
		if (m.starved)
			assert_null(
				stream_reserve(&user.tcp.stream, LARGE + 1).p);
		if (m.coming)
			far_says(100, 50);
		tcp_move(&next.tcp, &user.tcp, &next.waker);
		assert_false(tcp_runs(&user.tcp));
		assert_true(tcp_runs(&next.tcp));
		memset(&user.tcp, 0xa5, sizeof user.tcp);
		assert_int_equal(borrowed(), m.unread + m.unsent);
		user.told = 0;
		rig_run(&rig, 2);
		rig_run(&rig, 2);
		assert_int_equal(user.told, 0);
		if (m.unsent && m.starved)
			assert_true(next.told & STREAM_OUT);
		assert_int_equal(far_hears(0), sent);
		if (m.unread) {
			struct span in = stream_peek(&next.tcp.stream, 71);

			check(in, 30, m.coming ? 120 : 70);
		} else if (m.coming) {
			assert_true(next.told & STREAM_IN);
			check(stream_peek(&next.tcp.stream, 1), 100, 50);
		}
		stream_stop(&next.tcp.stream, false);
		user.gone_at = ~0u;
		stop();
	}
}

/* ---- an empty pool ---- */

enum { CROWD = 5, MOST = 64 };

static struct user crowd[CROWD];
static int far_ends[CROWD];
static char order[16];

static void in_order(struct waker *w, unsigned what)
{
	struct user *u = container_of(w, struct user, waker);

	u->told |= what;
	if (stream_peek(&u->tcp.stream, 1).p)
		order[strlen(order)] = (char)('0' + (u - crowd));
}

static int exhaust(struct buf **held, enum pool_use use)
{
	int n = 0;

	while ((held[n] = bufs_get(&rig.net, POOL_68K, use)))
		n++;
	return n;
}

static void start_crowd(void)
{
	memset(order, 0, sizeof order);
	for (int i = 0; i < CROWD; i++) {
		int ends[2];

		rig_tcp(ends, 0);
		far_ends[i] = ends[0];
		use(&crowd[i], ends[1]);
		crowd[i].waker.wake = in_order;
	}
}

static void stop_crowd(void)
{
	for (int i = 0; i < CROWD; i++) {
		if (tcp_runs(&crowd[i].tcp))
			stream_stop(&crowd[i].tcp.stream, false);
		sock_close(far_ends[i], false);
	}
}

/* Served in the order in which they asked, one for each buffer that comes back;
 * the one who moved is at its new place, and who left has left the queue.
 */
static void queue_for_buffers(void **state)
{
	static const int asks[CROWD] = { 3, 1, 4, 0, 2 };
	struct buf *held[MOST];
	int n;

	(void)state;
	rig_start(&rig, &limits, 1000);
	start_crowd();
	n = exhaust(held, POOL_IN);
	for (int i = 0; i < CROWD; i++) {
		crowd[asks[i]].tcp.in_class = POOL_68K;
		assert_int_equal(write(far_ends[asks[i]], "hello", 5), 5);
		rig_run(&rig, 2);
	}
	assert_string_equal(order, "");
	stream_stop(&crowd[4].tcp.stream, false);
	memset(&crowd[4].tcp, 0xa5, sizeof crowd[4].tcp);
	for (int i = 0; i < CROWD - 1; i++) {
		bufs_put(&rig.net, held[--n]);
		rig_run(&rig, 2);
		assert_int_equal(strlen(order), i + 1);
	}
	assert_string_equal(order, "3102");
	while (n > 0)
		bufs_put(&rig.net, held[--n]);
	memset(&crowd[4].tcp, 0, sizeof crowd[4].tcp);
	stop_crowd();
	rig_stop(&rig);
}

/* Input has all it may have: output has its quarter, and then waits too, moved
 * or not; told once there is something, and gone in that wake.
 */
static void output_while_input_starves(void **state)
{
	struct buf *held[MOST], *out[MOST];
	struct user next = { .waker = { wake } };
	int n, k;

	(void)state;
	start(0);
	n = exhaust(held, POOL_IN);
	far_says(0, 10);
	expect(STREAM_IN);
	assert_null(see(1).p);
	assert_false(user.tcp.stream.ended);
	say(0, 10);
	rig_run(&rig, 2);
	assert_int_equal(far_hears(0), 10);
	k = exhaust(out, POOL_OUT);
	assert_true(k > 0);
	assert_null(stream_reserve(&user.tcp.stream, 1).p);
	expect_silence();
	tcp_move(&next.tcp, &user.tcp, &next.waker);
	memset(&user, 0xa5, sizeof user);
	next.gone_at = STREAM_OUT;
	bufs_put(&rig.net, out[--k]);
	assert_int_equal(told(&next, 100), STREAM_IN | STREAM_OUT);
	rig_run(&rig, 2);
	assert_int_equal(next.wakes, 1);
	while (k > 0)
		bufs_put(&rig.net, out[--k]);
	while (n > 0)
		bufs_put(&rig.net, held[--n]);
	user.gone_at = ~0u;
	stop();
}

/* ---- for the pump ---- */

static void other_streams_are_no_tcp(void **state)
{
	static const struct stream_ops ops = { .name = "other" };
	struct stream s = { .ops = &ops };

	(void)state;
	start(0);
	assert_null(tcp_of(&s));
	assert_ptr_equal(tcp_of(&user.tcp.stream), &user.tcp);
	assert_true(tcp_fd(&user.tcp) >= 0);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(receives_when_looked_at),
		cmocka_unit_test(least_trades_up),
		cmocka_unit_test(never_without_room),
		cmocka_unit_test(who_does_not_look),
		cmocka_unit_test(the_end_comes_last),
		cmocka_unit_test(leaves_with_the_turn),
		cmocka_unit_test(full_is_no_reason_for_more),
		cmocka_unit_test(reserve_trades_up),
		cmocka_unit_test(full_and_starved),
		cmocka_unit_test(finish_is_half_a_close),
		cmocka_unit_test(reset_is_down),
		cmocka_unit_test(stop_with_and_without_reset),
		cmocka_unit_test(gone_in_its_wake),
		cmocka_unit_test(moved_with_all_it_has),
		cmocka_unit_test(queue_for_buffers),
		cmocka_unit_test(output_while_input_starves),
		cmocka_unit_test(other_streams_are_no_tcp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
