/* The clock is this test's own, so that dates can be asked for. */
#include "unit.h"
#include "os/clock.h"
#include "os/console.h"
#include <sys/stat.h>

static int64_t unix_now;

int64_t clock_unix(void)
{
	return unix_now;
}

int64_t clock_ms(void)
{
	return 0;
}

static char dir[] = "/tmp/nat-console-XXXXXX";
static char path[64];

static void clear(void)
{
	unlink(path);
}

/* All that is in the file now. */
static const char *content(void)
{
	static char text[4096];
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, text, sizeof text - 1);

	assert_true(fd >= 0 && n >= 0);
	close(fd);
	text[n] = '\0';
	return text;
}

static const struct {
	int64_t at;
	const char *text;
} dates[] = {
	{ 0, "1970-01-01T00:00:00Z" },
	{ 59, "1970-01-01T00:00:59Z" },
	{ 86399, "1970-01-01T23:59:59Z" },
	{ 86400, "1970-01-02T00:00:00Z" },
	{ 68169599, "1972-02-28T23:59:59Z" },
	{ 68169600, "1972-02-29T00:00:00Z" },
	{ 68256000, "1972-03-01T00:00:00Z" },
	{ 951782400, "2000-02-29T00:00:00Z" },
	{ 951868800, "2000-03-01T00:00:00Z" },
	{ 978307199, "2000-12-31T23:59:59Z" },
	{ 1000000000, "2001-09-09T01:46:40Z" },
	{ 2147483648, "2038-01-19T03:14:08Z" },
	{ 4107542399, "2100-02-28T23:59:59Z" },
	{ 4107542400, "2100-03-01T00:00:00Z" },
	{ 253402300799, "9999-12-31T23:59:59Z" },
};

static void lines_with_their_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(dates); i++) {
		char want[64];
		struct console c;

		clear();
		unix_now = dates[i].at;
		assert_int_equal(console_open(&c, path, true), 0);
		log_say(&c.log, "x=%d", 1);
		snprintf(want, sizeof want, "%s x=1\n", dates[i].text);
		assert_string_equal(content(), want);
		close(c.fd);
	}
}

static void lines_are_appended(void **state)
{
	(void)state;
	clear();
	for (int i = 0; i < 2; i++) {
		struct console c;

		assert_int_equal(console_open(&c, path, false), 0);
		log_info(&c.log, "who", "%d", i);
		log_debug(&c.log, "who", "not said");
		close(c.fd);
	}
	assert_string_equal(content(), "info who: 0\ninfo who: 1\n");
}

static void longest_line_keeps_its_end(void **state)
{
	struct console c;
	char text[2 * LOG_LINE];
	const char *got;

	(void)state;
	clear();
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	assert_int_equal(console_open(&c, path, true), 0);
	log_say(&c.log, "%s", text);
	log_say(&c.log, "next");
	close(c.fd);
	got = strchr(content(), '\n');
	assert_non_null(got);
	assert_non_null(strstr(got, "Z next\n"));
}

static void unopened_says_why(void **state)
{
	struct console c;

	(void)state;
	assert_int_equal(console_open(&c, "/nowhere/at/all", false),
			 -NAT_ENOENT);
	assert_int_equal(console_open(&c, NULL, false), 0);
	assert_int_equal(c.fd, STDERR_FILENO);
}

/* To the descriptors 1 and 2; one that takes nothing more is not waited for. */
static void out_and_err(void **state)
{
	void (*const put[])(struct bytes) = { console_out, console_err };
	static uint8_t much[200000];

	(void)state;
	for (int fd = 1; fd <= 2; fd++) {
		int kept = dup(fd), ends[2];
		uint8_t got[8];

		assert_int_equal(pipe(ends), 0);
		assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
		dup2(ends[1], fd);
		put[fd - 1](BYTES("hello"));
		put[fd - 1](BYTES(""));
		put[fd - 1]((struct bytes){ much, sizeof much });
		dup2(kept, fd);
		assert_int_equal(read(ends[0], got, sizeof got), 8);
		assert_memory_equal(got, "hello\0\0\0", 8);
		close(kept);
		close(ends[0]);
		close(ends[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_with_their_time),
		cmocka_unit_test(lines_are_appended),
		cmocka_unit_test(longest_line_keeps_its_end),
		cmocka_unit_test(unopened_says_why),
		cmocka_unit_test(out_and_err),
	};
	int rc;

	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof path, "%s/log", dir);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	rmdir(dir);
	return rc;
}
