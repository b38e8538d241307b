#include "virtual.h"
#include "fault.h"
#include "wire.h"
#include "net/talk.h"

enum { LONG = 60000 };

static struct loop loop;
static struct wire wire;
static struct fault fault;

/* ---- who says a row after the other, who hears them ---- */

static const struct fastnat rows[] = {
	{ .command = FASTNAT_PING },
	{ .command = FASTNAT_PUBLISHED,
	  .has = HAS_SERVICE | HAS_OUT_PORT,
	  .service = BYTES("ssh"),
	  .out_port = 6022 },
	{ .command = FASTNAT_REFUSED,
	  .has = HAS_SERVICE | HAS_ERROR | HAS_RETRY,
	  .service = BYTES("a"),
	  .error = BYTES("port } taken { \" by \\ others"),
	  .retry_ms = 5000 },
	{ .command = FASTNAT_PONG },
};

enum { ROUNDS = 20, ALL = ROUNDS * (int)COUNT(rows) };

static struct {
	struct waker say, hear;
	struct json_scan scan;
	struct heard got;
	int said, heard, result;
	bool lines;
} talk;

static void say(struct waker *w, unsigned what)
{
	(void)w, (void)what;
	while (talk.said < ALL) {
		int rc = talk_say(&wire.end[0].stream,
				  &rows[talk.said % (int)COUNT(rows)],
				  talk.lines);

		if (rc == -NAT_EAGAIN)
			return;
		assert_int_equal(rc, 0);
		talk.said++;
	}
	stream_finish(&wire.end[0].stream);
}

static void check(const struct fastnat *a, const struct fastnat *b)
{
	assert_int_equal(a->command, b->command);
	assert_int_equal(a->has, b->has);
	assert_bytes_equal(a->service, b->service);
	assert_int_equal(a->out_port, b->out_port);
	assert_int_equal(a->retry_ms, b->retry_ms);
}

static void hear(struct waker *w, unsigned what)
{
	(void)w, (void)what;
	while ((talk.result =
			talk_hear(&fault.stream, &talk.scan, &talk.got)) == 1) {
		check(&talk.got.m, &rows[talk.heard++ % (int)COUNT(rows)]);
		/* The slices are of the heard one's own text. */
		if (talk.got.m.service.n)
			assert_in_range((uintptr_t)talk.got.m.service.p,
					(uintptr_t)talk.got.text,
					(uintptr_t)talk.got.text + talk.got.n);
	}
}

static void start(const struct wire_conf *wc, const struct fault_conf *fc,
		  uint64_t seed)
{
	virtual_start(&loop, 200000);
	memset(&talk, 0, sizeof talk);
	talk.say.wake = say;
	talk.hear.wake = hear;
	talk.lines = seed % 2;
	wire_start(&wire, &loop, wc, seed);
	wire.end[0].stream.up = &talk.say;
	fault_start(&fault, &loop, &wire.end[1].stream, fc, seed, &talk.hear);
}

static void stop(void)
{
	stream_stop(&wire.end[0].stream, false);
	stream_stop(&fault.stream, false);
	wire_stop(&wire);
	loop_close(&loop);
}

/* Cut anywhere, joined anyhow, shown a byte at a time, late, in vain: each is
 * heard once and in order, and then the stream has ended.
 */
static void heard_as_said(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		uint64_t r = seed * 0x9e3779b9;
		struct wire_conf wc = { .latency = 3,
					.jitter = unit_rand(&r) % 10,
					.most = 1024 + unit_rand(&r) % 100,
					.flight = 1 + unit_rand(&r) % 9,
					.window = 8192 };
		struct fault_conf fc = { .split = unit_rand(&r) % 300,
					 .refuse = unit_rand(&r) % 400,
					 .delay = unit_rand(&r) % 3,
					 .vain = unit_rand(&r) % 400 };

		start(&wc, &fc, seed);
		say(&talk.say, 0);
		assert_int_equal(virtual_run(&loop, LONG), VIRTUAL_DRY);
		assert_int_equal(talk.heard, ALL);
		assert_int_equal(talk.result, 0);
		assert_true(fault.stream.ended);
		stop();
	}
}

/* ---- what is no such talk ---- */

static void flood(const char *text, size_t n)
{
	size_t done = 0;

	while (done < n) {
		struct span out = stream_reserve(&wire.end[0].stream, 1);
		size_t k = min_size(out.n, n - done);

		assert_non_null(out.p);
		for (size_t i = 0; i < k; i++)
			out.p[i] = (uint8_t)(text[done + i] ? text[done + i]
							    : text[0]);
		stream_commit(&wire.end[0].stream, k);
		done += k;
	}
}

static int result_of(const char *text, size_t n)
{
	static char all[8192];
	struct wire_conf wc = { .window = 8192 };
	struct fault_conf fc = { .split = 1 };

	memset(all, text[strlen(text) - 1], sizeof all);
	memcpy(all, text, strlen(text));
	start(&wc, &fc, 1);
	flood(all, n);
	assert_int_equal(virtual_run(&loop, LONG), VIRTUAL_DRY);
	stop();
	return talk.result;
}

static void no_such_talk(void **state)
{
	(void)state;
	assert_int_equal(result_of("GET / HTTP/1.1", 14), -NAT_EPROTO);
	assert_int_equal(result_of("\x16\x03\x01", 3), -NAT_EPROTO);
	assert_int_equal(result_of("{} ", 3), -NAT_EPROTO);
	assert_int_equal(result_of("{\"command\":\"publish\"}", 21),
			 -NAT_EPROTO);
	assert_int_equal(result_of("{\"command\":\"", 4095), 0);
	assert_int_equal(result_of("{\"command\":\"x", 5000), -NAT_EROOM);
	assert_int_equal(result_of("{{{{", 4), 0);
	assert_int_equal(result_of(" ", 5000), -NAT_EROOM);
}

/* ---- saying ---- */

/* No room: nothing is said, not even half. Too long for us to say: neither. */
static void said_whole_or_not(void **state)
{
	static const struct fault_conf none = { 0 };
	struct wire_conf wc = { .most = 1024, .flight = 2, .window = 8192 };
	struct fastnat m = rows[2];
	uint8_t text[2000];

	(void)state;
	start(&wc, &none, 1);
	assert_int_equal(talk_say(&wire.end[0].stream, &rows[0], true), 0);
	memset(text, 'x', sizeof text);
	m.error = (struct bytes){ text, sizeof text };
	assert_int_equal(talk_say(&wire.end[0].stream, &m, true), -NAT_EROOM);
	assert_int_equal(talk_say(&wire.end[0].stream, &rows[1], true), 0);
	assert_int_equal(talk_say(&wire.end[0].stream, &rows[2], true),
			 -NAT_EAGAIN);
	talk.said = ALL;
	assert_int_equal(virtual_run(&loop, LONG), VIRTUAL_DRY);
	assert_int_equal(talk.heard, 2);
	assert_int_equal(talk.result, 0);
	stop();
}

/* The original's objects stand alone; our lines end. */
static void lines_end(void **state)
{
	static const struct fault_conf none = { 0 };
	static const struct wire_conf wc = { 0 };
	static const char text[] = "{\"command\":\"ping\"}"
				   "{\"command\":\"pong\"}\n";
	struct stream *far = &wire.end[1].stream;

	(void)state;
	start(&wc, &none, 1);
	assert_int_equal(talk_say(&wire.end[0].stream, &rows[0], false), 0);
	assert_int_equal(talk_say(&wire.end[0].stream, &rows[3], true), 0);
	talk.said = ALL;
	fault.from_below.wake = talk.say.wake; /* nobody looks */
	assert_int_equal(virtual_run(&loop, LONG), VIRTUAL_DRY);
	assert_bytes_equal(bytes_in(stream_peek(far, 1)), bytes_of(text));
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heard_as_said),
		cmocka_unit_test(no_such_talk),
		cmocka_unit_test(said_whole_or_not),
		cmocka_unit_test(lines_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
