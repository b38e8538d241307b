/* The kernel's splice(2) is stood in for: it may be refused, give less than was
 * asked for, or say that now is not the time.
 */
#define _GNU_SOURCE
#include "rig.h"
#include "net/pump.h"
#include "net/tcp.h"
#include "net/splice.h"
#include <errno.h>
#include <poll.h>
#include <sys/syscall.h>

static const struct net_limits limits = { .memory = 1 << 20,
					  .pipes = 2,
					  .pipe_size = 65536 };

enum { NOT_NOW = -1, ALL = 0 };

static struct {
	int in, out;    /* calls: from a socket; to one */
	int refused_at; /* from the n-th call in on; 0: never */
	int mark, row;  /* the row-th call after mark, in or out ... */
	bool mark_out;
	size_t part, usual; /* ... moves at most part, others in usual */
	bool stuck;         /* out: not now */
	uint64_t chance;    /* 0: none */
	int turn, in_turn, most_in_turn;
} kernel;

static size_t by_chance(size_t n)
{
	uint32_t r = unit_rand(&kernel.chance);

	if (r % 5 == 0)
		return 0;
	return r % 5 == 1 ? n : 1 + unit_rand(&kernel.chance) % n;
}

static size_t allowed(bool out, size_t n)
{
	int call = out ? kernel.out : kernel.in;

	if (out && kernel.stuck)
		return 0;
	if (kernel.chance)
		return by_chance(n);
	if (kernel.row && out == kernel.mark_out &&
	    call == kernel.mark + kernel.row)
		return min_size(n, kernel.part);
	return kernel.usual && !out ? min_size(n, kernel.usual) : n;
}

static void count_turn(void)
{
	if (kernel.turn != rig_clock.turns)
		kernel.in_turn = 0;
	kernel.turn = rig_clock.turns;
	if (++kernel.in_turn > kernel.most_in_turn)
		kernel.most_in_turn = kernel.in_turn;
}

ssize_t splice(int from, off64_t *a, int to, off64_t *b, size_t n,
	       unsigned flags)
{
	bool out = fcntl(from, F_GETPIPE_SZ) > 0;

	out ? kernel.out++ : kernel.in++;
	count_turn();
	if (!out && kernel.refused_at && kernel.in >= kernel.refused_at) {
		errno = EINVAL;
		return -1;
	}
	n = allowed(out, n);
	if (n == 0) {
		errno = EAGAIN;
		return -1;
	}
	return syscall(SYS_splice, from, a, to, b, n, flags);
}

/* ---- left's bytes go to right ---- */

struct side {
	struct tcp tcp;
	struct waker waker;
	int far;
};

static struct rig rig;
static struct side left, right;
static struct pump pump;
static size_t said, heard, goal;
static unsigned downs;

static uint8_t pattern(size_t i)
{
	return (uint8_t)(i * 7 + i / 251);
}

static void wake_left(struct waker *w, unsigned what)
{
	(void)w;
	downs += (what & STREAM_DOWN) != 0;
	if (what & STREAM_IN)
		pump_run(&pump);
}

static void wake_right(struct waker *w, unsigned what)
{
	(void)w;
	downs += (what & STREAM_DOWN) != 0;
	if (what & STREAM_OUT)
		pump_run(&pump);
}

static void start_side(struct side *s, int size,
		       void (*wake)(struct waker *, unsigned))
{
	int ends[2];

	size ? rig_pair(ends, size) : rig_tcp(ends, 0);
	s->far = ends[0];
	s->waker.wake = wake;
	tcp_start(&s->tcp, &rig.net, ends[1], &s->waker);
}

static void start(int size, int turns)
{
	rig_start(&rig, &limits, turns);
	memset(&kernel, 0, sizeof kernel);
	said = heard = downs = 0;
	goal = SIZE_MAX;
	start_side(&left, size, wake_left);
	start_side(&right, size, wake_right);
	pump_init(&pump, &rig.net, &left.tcp.stream, &right.tcp.stream);
}

static void stop(void)
{
	pump_stop(&pump);
	stream_stop(&left.tcp.stream, false);
	stream_stop(&right.tcp.stream, false);
	sock_close(left.far, false);
	sock_close(right.far, false);
	rig_stop(&rig);
}

/* Up to most bytes, as many as the socket takes; how many. */
static size_t say(size_t most)
{
	uint8_t b[8192];
	size_t before = said;

	while (most > said - before) {
		size_t n = min_size(sizeof b, most - (said - before));
		ssize_t k;

		for (size_t i = 0; i < n; i++)
			b[i] = pattern(said + i);
		k = write(left.far, b, n);
		if (k <= 0)
			break;
		said += (size_t)k;
	}
	return said - before;
}

static size_t hear(size_t most)
{
	uint8_t b[8192];
	size_t before = heard;

	while (most > heard - before) {
		ssize_t n = read(right.far, b,
				 min_size(sizeof b, most - (heard - before)));

		for (ssize_t i = 0; i < n; i++)
			if (b[i] != pattern(heard + (size_t)i))
				fail_msg("byte %zu", heard + (size_t)i);
		if (n <= 0)
			break;
		heard += (size_t)n;
	}
	return heard - before;
}

/* Until n bytes are across, in at most so many rounds. */
static void carry(size_t n)
{
	for (int i = 0; i < 3000 && heard < n; i++) {
		say(n - said);
		rig_turns(&rig, 2);
		if (!hear(SIZE_MAX) && i > 1000)
			rig_run(&rig, 1);
	}
	if (heard != n)
		fail_msg("%zu of %zu bytes came", heard, n);
}

/* ---- copying and splicing ---- */

/* Small things are copied; after PUMP_SPLICE bytes the kernel carries them, and
 * the pipe is given back whenever it is empty.
 */
static void splices_after_a_while(void **state)
{
	(void)state;
	start(0, 100000);
	carry(PUMP_SPLICE - 1000);
	assert_int_equal(kernel.in, 0);
	carry(PUMP_SPLICE + 200000);
	assert_true(kernel.out > 0);
	assert_int_equal(rig.net.pipes.nidle, 1);
	assert_int_equal(pump.pipe[0], -1);
	assert_int_equal(rig.net.bufs.pool.out, 0);
	assert_int_equal(pump.moved, PUMP_SPLICE + 200000);
	stop();
}

/* What comes little by little is copied again, until more comes at once. */
static void copies_what_is_little(void **state)
{
	int asked;

	(void)state;
	start(0, 100000);
	carry(PUMP_SPLICE + 200000);
	for (int i = 0; i < PUMP_CALM; i++)
		carry(heard + 100);
	asked = kernel.in;
	assert_true(asked > 0);
	for (int i = 0; i < 20; i++)
		carry(heard + PUMP_LITTLE - 1);
	assert_int_equal(kernel.in, asked);
	carry(heard + 200000);
	assert_true(kernel.in > asked);
	stop();
}

/* Refused at once, or later with the pipe full and the other side stuck. */
static void copies_where_refused(void **state)
{
	(void)state;
	for (int at = 1; at <= 5; at++) {
		int asked;

		start(0, 100000);
		carry(PUMP_SPLICE);
		kernel.refused_at = at;
		kernel.usual = 5000;
		kernel.stuck = true;
		say(100000);
		for (int i = 0; i < 5; i++)
			rig_turns(&rig, 2);
		kernel.stuck = false;
		carry(PUMP_SPLICE + 100000);
		assert_true(pump.copies);
		asked = kernel.in;
		carry(PUMP_SPLICE + 300000);
		assert_int_equal(kernel.in, asked);
		stop();
	}
}

/* No pipe to be had: copied, and spliced as soon as there is one. */
static void copies_without_a_pipe(void **state)
{
	int ends[2][2];

	(void)state;
	start(0, 100000);
	for (int i = 0; i < 2; i++)
		assert_true(pipes_get(&rig.net.pipes, ends[i]));
	carry(PUMP_SPLICE + 100000);
	assert_int_equal(kernel.in, 0);
	for (int i = 0; i < 2; i++)
		pipes_put(&rig.net.pipes, ends[i], true);
	carry(PUMP_SPLICE + 300000);
	assert_true(kernel.in > 0);
	stop();
}

/* What was received already goes out before what the kernel carries. */
static void what_is_held_goes_first(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 3000; n += 500) {
		start(0, 100000);
		carry(PUMP_SPLICE);
		kernel.stuck = true;
		say(n);
		rig_turns(&rig, 2);
		pump_stop(&pump); /* as if it had never been spliced */
		heard += pump.moved < said ? said - (size_t)pump.moved : 0;
		kernel.stuck = false;
		say(5000);
		while (!stream_peek(&left.tcp.stream, 1).p)
			rig_turns(&rig, 2);
		assert_true(tcp_holds_in(&left.tcp));
		say(100000);
		pump_run(&pump);
		carry(said + 1);
		stop();
	}
}

/* ---- turns ---- */

/* A large pipe with a small measure: how much a call moves is ours to say. */
static void measure(uint32_t size)
{
	int ends[2];

	assert_true(pipes_get(&rig.net.pipes, ends));
	pipes_put(&rig.net.pipes, ends, true);
	rig.net.pipes.size = size;
}

/* The other side was stuck with the pipe full, and is free again. Then the
 * row-th call moves little: whichever it is, the last of a turn too, everything
 * comes across.
 */
static void little_after_a_pause(bool out, size_t part)
{
	for (int row = 1; row <= 16; row++) {
		start(0, 100000);
		carry(PUMP_SPLICE);
		measure(4096);
		kernel.stuck = true;
		say(60000);
		for (int i = 0; i < 3; i++)
			rig_turns(&rig, 2);
		assert_true(pump.held > 0 && left.tcp.readable);
		kernel.mark = out ? kernel.out : kernel.in;
		kernel.mark_out = out;
		kernel.row = row;
		kernel.part = part;
		kernel.usual = 3000;
		kernel.stuck = false;
		carry(said);
		assert_true((out ? kernel.out : kernel.in) >=
			    kernel.mark + row);
		stop();
	}
}

static void little_comes_in(void **state)
{
	(void)state;
	little_after_a_pause(false, 1000);
	little_after_a_pause(false, 0);
}

static void little_goes_out(void **state)
{
	(void)state;
	little_after_a_pause(true, 1000);
	little_after_a_pause(true, 0);
}

/* However much there is, a turn ends after 8 fills. */
static void a_turn_is_bounded(void **state)
{
	(void)state;
	start(0, 100000);
	carry(PUMP_SPLICE);
	measure(4096);
	kernel.most_in_turn = 0;
	say(SIZE_MAX);
	carry(said);
	assert_in_range(kernel.most_in_turn, 16, 17);
	stop();
}

/* Who waits for the other side costs nothing, however much there is to read. */
static void stuck_is_silent(void **state)
{
	(void)state;
	for (int size = 0; size <= 20000; size += 10000) {
		start(size, 100000);
		carry(PUMP_SPLICE + 1000);
		for (int i = 0; i < 100; i++) {
			say(SIZE_MAX);
			rig_turns(&rig, 2);
		}
		for (int i = 0; i < 3; i++)
			assert_true(rig_run(&rig, 5) <= 4);
		assert_true(said > heard);
		carry(said);
		stop();
	}
}

/* Calls that move any number of bytes, or say that now is not the time; small
 * sockets, both ends at any speed; then the end.
 */
/* A busy system delivers the last of it when it comes to it. */
static void expect_end(void)
{
	struct pollfd p = { .fd = right.far, .events = POLLIN };
	uint8_t end;

	assert_int_equal(poll(&p, 1, RIG_PATIENCE_MS), 1);
	assert_int_equal(read(right.far, &end, 1), 0);
}

static void any_course(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		uint64_t r = seed * 0x9e3779b9;
		size_t n = PUMP_SPLICE + unit_rand(&r) % 100000;

		start(seed % 3 ? (int)(1 + unit_rand(&r) % 30000) : 0, 100000);
		measure(1000 + unit_rand(&r) % 60000);
		kernel.chance = seed;
		for (int i = 0; heard < n && i < 20000; i++) {
			say(unit_rand(&r) % 2 *
			    min_size(n - said, unit_rand(&r) % 40000));
			rig_turns(&rig, 2);
			hear(unit_rand(&r) % 2 * (unit_rand(&r) % 40000));
			if (said == n && goal) {
				shutdown(left.far, SHUT_WR);
				goal = 0;
			}
		}
		for (int i = 0; i < 9000 && !right.tcp.stream.finished; i++) {
			poll(NULL, 0, i > 100);
			rig_turns(&rig, 2);
		}
		if (heard != n || !pump.over || !right.tcp.stream.finished)
			fail_msg("seed %u: %zu of %zu", (unsigned)seed, heard,
				 n);
		expect_end();
		assert_int_equal(pump.moved, n);
		stop();
	}
}

/* ---- the end while the pipe holds bytes ---- */

static void start_held(void)
{
	start(0, 100000);
	carry(PUMP_SPLICE);
	kernel.stuck = true;
	say(30000);
	for (int i = 0; i < 3; i++)
		rig_turns(&rig, 2);
	assert_true(pump.held > 0);
}

static void ends_while_held(void **state)
{
	uint8_t end;

	(void)state;
	start_held();
	shutdown(left.far, SHUT_WR);
	for (int i = 0; i < 3; i++)
		rig_turns(&rig, 2);
	assert_false(pump.over);
	kernel.stuck = false;
	carry(said);
	while (!right.tcp.stream.finished)
		rig_turns(&rig, 2);
	assert_true(pump.over);
	assert_int_equal(read(right.far, &end, 1), 0);
	assert_int_equal(rig.net.pipes.open, 1);
	stop();
}

/* The pipe is thrown away, as it holds bytes; the reader's trouble is found when
 * somebody writes.
 */
static void breaks_while_held(void **state)
{
	(void)state;
	for (int is_right = 0; is_right < 2; is_right++) {
		struct side *s = is_right ? &right : &left;

		start_held();
		sock_close(s->far, true);
		s->far = dup(0);
		for (int i = 0; i < 3; i++)
			rig_turns(&rig, 2);
		kernel.stuck = false;
		for (int i = 0; i < 10; i++)
			rig_turns(&rig, 2);
		assert_int_equal(s->tcp.stream.err, -NAT_ERESET);
		assert_int_equal(downs, 1);
		assert_int_equal(pump.held > 0, is_right);
		pump_stop(&pump);
		assert_int_equal(rig.net.pipes.open, !is_right);
		stop();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splices_after_a_while),
		cmocka_unit_test(copies_what_is_little),
		cmocka_unit_test(copies_where_refused),
		cmocka_unit_test(copies_without_a_pipe),
		cmocka_unit_test(what_is_held_goes_first),
		cmocka_unit_test(little_comes_in),
		cmocka_unit_test(little_goes_out),
		cmocka_unit_test(a_turn_is_bounded),
		cmocka_unit_test(stuck_is_silent),
		cmocka_unit_test(any_course),
		cmocka_unit_test(ends_while_held),
		cmocka_unit_test(breaks_while_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
