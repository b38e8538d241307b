#include "rig.h"
#include "net/stdio.h"

static const struct net_limits limits = { .memory = 1 << 20,
					  .pipes = 4,
					  .pipe_size = 65536 };

/* Standard input and output are pipes here; what was there comes back before
 * anything is printed.
 */
static struct rig rig;
static struct stdio stdio;
static struct waker waker;
static unsigned told;
static int kept[2], in_far, out_far;

static void wake(struct waker *w, unsigned what)
{
	(void)w;
	told |= what;
	rig.loop.quit = true;
}

static void put(int fd, int as)
{
	assert_int_equal(dup2(fd, as), as);
	close(fd);
}

static void set_up(int in, int out)
{
	kept[0] = dup(0);
	kept[1] = dup(1);
	put(in, 0);
	put(out, 1);
	told = 0;
	waker.wake = wake;
	stdio_start(&stdio, &rig.loop, &waker);
}

static void with_pipes(void)
{
	int in[2], out[2];

	rig_start(&rig, &limits, 2000);
	assert_int_equal(pipe(in) | pipe(out), 0);
	set_up(in[0], out[1]);
	in_far = in[1];
	out_far = out[0];
}

static void tear_down(void)
{
	stream_stop(&stdio.stream, false);
	put(kept[0], 0);
	put(kept[1], 1);
	if (in_far >= 0)
		close(in_far);
	if (out_far >= 0)
		close(out_far);
	in_far = out_far = -1;
	rig_stop(&rig);
}

static void say(const char *text)
{
	struct span to = stream_reserve(&stdio.stream, strlen(text));

	assert_non_null(to.p);
	memcpy(to.p, text, strlen(text));
	stream_commit(&stdio.stream, strlen(text));
}

static int flags(int fd)
{
	return fcntl(fd, F_GETFL);
}

/* ---- pipes ---- */

static void both_ways(void **state)
{
	uint8_t got[16];
	struct span in;

	(void)state;
	with_pipes();
	assert_null(stream_peek(&stdio.stream, 1).p);
	assert_int_equal(write(in_far, "hello", 5), 5);
	rig_run(&rig, 1000);
	assert_int_equal(told, STREAM_IN);
	in = stream_peek(&stdio.stream, 1);
	assert_bytes_equal(bytes_in(in), BYTES("hello"));
	stream_take(&stdio.stream, 2);
	assert_bytes_equal(bytes_in(stream_peek(&stdio.stream, 1)),
			   BYTES("llo"));
	stream_take(&stdio.stream, 3);
	say("answer");
	rig_turns(&rig, 2);
	assert_int_equal(read(out_far, got, sizeof got), 6);
	tear_down();
}

/* Nobody looks: no wake comes twice, and nothing is taken. */
static void no_spin(void **state)
{
	(void)state;
	with_pipes();
	assert_null(stream_peek(&stdio.stream, 1).p);
	assert_int_equal(write(in_far, "x", 1), 1);
	rig_run(&rig, 1000);
	assert_true(rig_run(&rig, 50) < 5);
	assert_true(rig.late);
	tear_down();
}

static void ends(void **state)
{
	uint8_t byte;

	(void)state;
	with_pipes();
	assert_int_equal(write(in_far, "z", 1), 1);
	close(in_far);
	in_far = -1;
	assert_int_equal(stream_peek(&stdio.stream, 1).n, 1);
	stream_take(&stdio.stream, 1);
	if (!stdio.stream.ended)
		rig_run(&rig, 1000);
	assert_null(stream_peek(&stdio.stream, 1).p);
	assert_true(stdio.stream.ended);
	say("last");
	stream_finish(&stdio.stream);
	assert_null(stream_reserve(&stdio.stream, 1).p);
	rig_run(&rig, 1000);
	assert_true(stdio.stream.finished);
	for (int i = 0; i < 4; i++)
		assert_int_equal(read(out_far, &byte, 1), 1);
	assert_int_equal(read(out_far, &byte, 1), 0);
	assert_true(flags(1) >= 0); /* what is opened next is not output */
	tear_down();
}

/* More than the pipe takes: room comes back as it is read, nothing is lost. */
static void slow_reader(void **state)
{
	uint8_t got[4096];
	size_t said = 0, heard = 0;
	bool full = false;

	(void)state;
	with_pipes();
	while (heard < 1 << 20) {
		bool may = !full || told & STREAM_OUT;
		struct span to = { NULL, 0 };
		ssize_t n;

		if (may)
			to = stream_reserve(&stdio.stream, 1);
		told = may && !to.p ? 0 : told;

		for (size_t i = 0; i < to.n; i++)
			to.p[i] = (uint8_t)((said + i) % 251);
		if (to.p)
			stream_commit(&stdio.stream, to.n);
		said += to.p ? to.n : 0;
		full = full || !to.p;
		rig_turns(&rig, 2);
		n = to.p ? 0 : read(out_far, got, sizeof got);
		for (ssize_t i = 0; i < n; i++)
			assert_int_equal(got[i], (heard + (size_t)i) % 251);
		heard += (size_t)n;
	}
	assert_true(full);
	tear_down();
}

static void broken(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	with_pipes();
	close(out_far);
	out_far = -1;
	say("to nobody");
	rig_run(&rig, 1000);
	assert_int_equal(told, STREAM_DOWN);
	assert_true(stdio.stream.err < 0);
	tear_down();
}

/* ---- what they are ---- */

static void flags_restored(void **state)
{
	int in[2], out[2];

	(void)state;
	rig_start(&rig, &limits, 2000);
	assert_int_equal(pipe(in) | pipe(out), 0);
	in_far = in[1];
	out_far = out[0];
	set_up(dup(in[0]), dup(out[1]));
	assert_true(flags(in[0]) & flags(out[1]) & O_NONBLOCK);
	stream_stop(&stdio.stream, false);
	assert_false((flags(in[0]) | flags(out[1])) & O_NONBLOCK);
	close(in[0]);
	close(out[1]);
	tear_down();
}

/* One socket for both, as a parent may give: its flags are changed twice. */
static void one_socket(void **state)
{
	uint8_t byte;
	int pair[2];

	(void)state;
	rig_start(&rig, &limits, 2000);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	in_far = pair[0];
	set_up(dup(pair[1]), dup(pair[1]));
	say("!");
	stream_finish(&stdio.stream);
	rig_run(&rig, 1000);
	assert_int_equal(read(in_far, &byte, 1), 1);
	assert_int_equal(read(in_far, &byte, 1), 0);
	assert_int_equal(write(in_far, "?", 1), 1);
	rig_turns(&rig, 2);
	assert_bytes_equal(bytes_in(stream_peek(&stdio.stream, 1)), BYTES("?"));
	stream_stop(&stdio.stream, false);
	assert_false(flags(pair[1]) & O_NONBLOCK);
	close(pair[1]);
	tear_down();
}

/* No waiting, and no asking the kernel to tell. */
static void files(void **state)
{
	char path[] = "/tmp/nat-stdio-XXXXXX";
	int in, out;
	uint8_t text[3 * STDIO_ROOM] = { 7 };
	size_t n = 0;
	struct span got;

	(void)state;
	rig_start(&rig, &limits, 2000);
	in = mkstemp(path);
	assert_true(in >= 0);
	assert_int_equal(write(in, text, sizeof text), sizeof text);
	assert_int_equal(lseek(in, 0, SEEK_SET), 0);
	out = open(path, O_WRONLY | O_APPEND);
	unlink(path);
	set_up(in, out);
	for (; n < sizeof text; n += got.n) {
		got = stream_peek(&stdio.stream, 1);
		assert_non_null(got.p);
		stream_take(&stdio.stream, got.n);
	}
	assert_null(stream_peek(&stdio.stream, 1).p);
	assert_true(stdio.stream.ended);
	assert_false(flags(0) & O_NONBLOCK);
	say("more");
	rig_turns(&rig, 2);
	stream_finish(&stdio.stream);
	rig_run(&rig, 1000);
	assert_true(stdio.stream.finished);
	assert_int_equal(lseek(0, 0, SEEK_END), sizeof text + 4);
	tear_down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),  cmocka_unit_test(no_spin),
		cmocka_unit_test(ends),       cmocka_unit_test(slow_reader),
		cmocka_unit_test(broken),     cmocka_unit_test(flags_restored),
		cmocka_unit_test(one_socket), cmocka_unit_test(files),
	};

	in_far = out_far = -1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
