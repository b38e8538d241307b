/* Shells of a keeper: what they are told and say, how they end, and that nothing
 * is left of them. Skipped where there are no pseudoterminals.
 */
#include "unit.h"
#include "base/fmt.h"
#include "os/keeper.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

enum { PATIENCE_MS = 20000 };

static struct keeper keeper;

struct shell {
	struct keeper_ends ends;
	struct keeper_word word;
	size_t n;
	char said[1 << 16];
};

static void set_up(void)
{
	struct user now = user_now();

	if (access("/dev/ptmx", R_OK | W_OK) < 0)
		skip();
	assert_int_equal(keeper_start(&keeper, &now), 0);
}

static void await(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	assert_int_equal(poll(&p, 1, (int)unit_slow() * PATIENCE_MS), 1);
}

static int next_word(struct shell *s)
{
	await(s->ends.leash);
	return keeper_hear(s->ends.leash, &s->word);
}

static void ask(struct shell *s, const char *const *args, const char *env)
{
	struct bytes words[8], given = bytes_of(env);
	struct keeper_shell k = { .args = words,
				  .env = &given,
				  .nenv = 1,
				  .rows = 24,
				  .columns = 80 };

	s->n = 0;
	s->said[0] = '\0';
	for (; args[k.nargs]; k.nargs++)
		words[k.nargs] = bytes_of(args[k.nargs]);
	assert_int_equal(keeper_ask(&keeper, &k, &s->ends), 0);
}

/* What sh is told to do, and that it does it. */
static void start(struct shell *s, const char *script)
{
	const char *const args[] = { "/bin/sh", "-c", script, NULL };

	ask(s, args, "GIVEN=this");
	assert_int_equal(next_word(s), KEEPER_STARTED);
}

static bool hear(struct shell *s)
{
	ssize_t n;

	await(s->ends.data);
	n = read(s->ends.data, s->said + s->n, sizeof s->said - s->n - 1);
	assert_true(n >= 0);
	s->n += (size_t)n;
	s->said[s->n] = '\0';
	return n > 0;
}

static void await_text(struct shell *s, const char *text)
{
	while (!strstr(s->said, text))
		assert_true(hear(s));
}

static void finish(struct shell *s, int status)
{
	while (hear(s))
		;
	assert_int_equal(next_word(s), KEEPER_EXITED);
	assert_int_equal(s->word.status, status);
	close(s->ends.leash);
	close(s->ends.data);
}

static void type(struct shell *s, const char *text)
{
	assert_int_equal(write(s->ends.data, text, strlen(text)), strlen(text));
}

/* ---- tests ---- */

static void says_all_and_how_it_ended(void **state)
{
	struct shell s;

	(void)state;
	set_up();
	start(&s, "echo \"$GIVEN\"; tty >/dev/null && stty size; exit 7");
	finish(&s, 7);
	assert_string_equal(s.said, "this\r\n24 80\r\n");
	start(&s, "kill -TERM $$");
	finish(&s, 128 + SIGTERM);
	keeper_stop(&keeper);
}

static void a_size_is_told(void **state)
{
	struct shell s;

	(void)state;
	set_up();
	start(&s, "trap 'echo turned' WINCH; echo ready; "
		  "until stty size | grep '50 132'; do sleep 0.05; done");
	await_text(&s, "ready");
	keeper_resize(s.ends.leash, 33, 100);
	keeper_resize(s.ends.leash, 50, 132);
	finish(&s, 0);
	assert_non_null(strstr(s.said, "50 132"));
	assert_non_null(strstr(s.said, "turned"));
	keeper_stop(&keeper);
}

static void bytes_go_both_ways(void **state)
{
	struct shell s;

	(void)state;
	set_up();
	start(&s, "stty raw -echo; echo ready; dd bs=1 count=6 2>/dev/null");
	await_text(&s, "ready");
	type(&s, "\x03\xc3\xa9\xff\x04\x01");
	finish(&s, 0);
	assert_non_null(strstr(s.said, "\x03\xc3\xa9\xff\x04\x01"));
	/* A builtin: sh may forget a ^C that comes before it has forked. */
	start(&s, "echo ready; read x");
	await_text(&s, "ready");
	type(&s, "\x03");
	finish(&s, 128 + SIGINT);
	keeper_stop(&keeper);
}

static void what_is_not_there_is_refused(void **state)
{
	static const char *const args[] = { "/nonexistent/x", NULL };
	static const char *const none[] = { NULL };
	struct shell s;

	(void)state;
	set_up();
	ask(&s, args, "A=b");
	assert_int_equal(next_word(&s), KEEPER_REFUSED);
	assert_memory_equal(s.word.text, "/nonexistent/x: no such file",
			    s.word.n);
	close(s.ends.leash);
	close(s.ends.data);
	ask(&s, none, "PS1=>");
	assert_int_equal(next_word(&s), KEEPER_STARTED);
	type(&s, "exit 3\n");
	finish(&s, 3);
	keeper_stop(&keeper);
}

static int number_in(const struct shell *s, const char *before)
{
	const char *at = strstr(s->said, before);

	assert_non_null(at);
	return (int)strtol(at + strlen(before), NULL, 10);
}

/* Nobody has asked for its status: process 1 of a container may never do so. */
static bool is_zombie(int pid)
{
	char path[32], text[256];
	struct fmt f = fmt_to(SPAN(path));
	ssize_t n = -1;
	int fd;

	fmt_put(&f, "/proc/%d/stat", pid);
	fd = open(fmt_text(&f), O_RDONLY);
	if (fd >= 0)
		n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return strstr(text, ") Z ") != NULL;
}

static void assert_gone(int pid)
{
	struct timespec while_ms = { 0, 20 * 1000 * 1000 };

	for (unsigned i = 0; i < 1000 * unit_slow(); i++) {
		if ((kill(pid, 0) < 0 && errno == ESRCH) || is_zombie(pid))
			return;
		nanosleep(&while_ms, NULL);
	}
	fail();
}

/* Deaf to HUP: the shell, and what it has in the foreground, which hears a line only
 * when it is there.
 */
static const char deaf[] =
	"trap '' HUP; set -m; "
	"sh -c 'read x; echo in=$$; while :; do sleep 1; done' & "
	"echo shell=$$ ready; fg >/dev/null; "
	"while :; do sleep 1; done";

static void who_is_let_go_ends(void **state)
{
	struct shell s;
	int shell, in;

	(void)state;
	set_up();
	start(&s, deaf);
	await_text(&s, "ready");
	type(&s, "\n");
	await_text(&s, "in=");
	shell = number_in(&s, "shell=");
	in = number_in(&s, "in=");
	close(s.ends.leash);
	close(s.ends.data);
	assert_gone(shell);
	assert_gone(in);
	keeper_stop(&keeper);
}

/* As who serves is killed: its sockets are closed, and nothing else happens. */
static void nothing_outlives_who_serves(void **state)
{
	struct shell s;
	int ends[2], pid, shell;

	(void)state;
	if (access("/dev/ptmx", R_OK | W_OK) < 0)
		skip();
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		set_up();
		start(&s, "echo shell=$$ ready; exec sleep 1000");
		await_text(&s, "ready");
		if (write(ends[1], s.said, s.n) < 0)
			_exit(1);
		pause();
	}
	s.n = (size_t)read(ends[0], s.said, sizeof s.said - 1);
	s.said[s.n] = '\0';
	shell = number_in(&s, "shell=");
	assert_int_equal(kill(shell, 0), 0);
	kill(pid, SIGKILL);
	assert_gone(shell);
	waitpid(pid, NULL, 0);
	close(ends[0]);
	close(ends[1]);
}

static void words_have_limits(void **state)
{
	struct bytes many[KEEPER_ARGS], nul = { (const uint8_t *)"a\0b", 3 };
	struct keeper_shell k = { .args = many, .nargs = KEEPER_ARGS };
	struct keeper_ends to;
	struct span large = { calloc(1, KEEPER_MOST), KEEPER_MOST };

	(void)state;
	memset(large.p, 'x', large.n);
	assert_int_equal(keeper_ask(&keeper, &k, &to), -NAT_ELIMIT);
	k.nargs = 1;
	many[0] = nul;
	assert_int_equal(keeper_ask(&keeper, &k, &to), -NAT_EINVAL);
	many[0] = bytes_in(large);
	assert_int_equal(keeper_ask(&keeper, &k, &to), -NAT_EROOM);
	free(large.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_all_and_how_it_ended),
		cmocka_unit_test(a_size_is_told),
		cmocka_unit_test(bytes_go_both_ways),
		cmocka_unit_test(what_is_not_there_is_refused),
		cmocka_unit_test(who_is_let_go_ends),
		cmocka_unit_test(nothing_outlives_who_serves),
		cmocka_unit_test(words_have_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
