/* The clock is this test's own, so that dates can be asked for. */
#include "unit.h"
#include "os/clock.h"
#include "os/console.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

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
		console_close(&c);
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
		console_close(&c);
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
	console_close(&c);
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

/* What a reader does who starts late and goes on to the end. */
static void read_slowly(int fd, size_t n)
{
	static uint8_t got[4096];
	struct timespec nap = { 0, 20000000 };
	ssize_t k;

	while (n > 0) {
		nanosleep(&nap, NULL);
		k = read(fd, got, sizeof got);
		if (k <= 0)
			_exit(1);
		n -= (size_t)k;
	}
	_exit(read(fd, got, 1) == 0 ? 0 : 1);
}

/* What was asked for is given whole, to a descriptor that would rather not too. */
static void out_waits_for_its_reader(void **state)
{
	static const int flags[] = { 0, O_NONBLOCK };
	static uint8_t much[100000];

	(void)state;
	for (size_t i = 0; i < COUNT(flags); i++) {
		int kept = dup(1), ends[2], status;
		pid_t reader;

		assert_int_equal(pipe(ends), 0);
		reader = fork();
		if (reader == 0) {
			close(ends[1]);
			read_slowly(ends[0], sizeof much);
		}
		assert_int_equal(fcntl(ends[1], F_SETFL, flags[i]), 0);
		dup2(ends[1], 1);
		console_out((struct bytes){ much, sizeof much });
		dup2(kept, 1);
		close(ends[1]);
		assert_int_equal(waitpid(reader, &status, 0), reader);
		assert_int_equal(status, 0);
		close(ends[0]);
		close(kept);
	}
}

/* A pipe that is full and would block: none waits for it. */
static void others_do_not_wait(void **state)
{
	void (*const put[])(struct bytes) = { console_tell, console_err };
	static uint8_t line[1000];

	(void)state;
	for (int fd = 1; fd <= 2; fd++) {
		int kept = dup(fd), ends[2];

		assert_int_equal(pipe(ends), 0);
		dup2(ends[1], fd);
		alarm(20);
		for (int i = 0; i < 2000; i++)
			put[fd - 1]((struct bytes){ line, sizeof line });
		alarm(0);
		dup2(kept, fd);
		assert_int_equal(read(ends[0], line, sizeof line), 1000);
		close(kept);
		close(ends[0]);
		close(ends[1]);
	}
}

/* The disk is full, then it is not: the number of lines lost is said first. */
static void lost_lines_are_counted(void **state)
{
	char link[80];
	struct console c;

	(void)state;
	snprintf(link, sizeof link, "%s/link", dir);
	clear();
	if (access("/dev/full", W_OK) < 0)
		skip();
	assert_int_equal(symlink("/dev/full", link), 0);
	assert_int_equal(console_open(&c, link, false), 0);
	for (int i = 0; i < 3; i++)
		log_info(&c.log, "who", "%d", i);
	unlink(link);
	assert_int_equal(symlink(path, link), 0);
	log_info(&c.log, "who", "still full");
	assert_int_equal(console_reopen(&c), 0);
	log_info(&c.log, "who", "again");
	console_close(&c);
	unlink(link);
	assert_string_equal(content(),
			    "warn log: 4 lines were lost\ninfo who: again\n");
}

/* A disk that took half a line: what comes next is a line of its own. */
static void half_a_line_is_ended(void **state)
{
	struct rlimit most = { 22, RLIM_INFINITY }, all;
	struct console c;

	(void)state;
	clear();
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &all), 0);
	assert_int_equal(console_open(&c, path, false), 0);
	log_info(&c.log, "who", "one");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &most), 0);
	log_info(&c.log, "who", "two");
	log_info(&c.log, "who", "three");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	log_info(&c.log, "who", "four");
	console_close(&c);
	assert_string_equal(content(), "info who: one\ninfo who\n"
				       "warn log: 2 lines were lost\n"
				       "info who: four\n");
}

static void rotated_and_reopened(void **state)
{
	char old[80];
	struct console c;
	struct stat st;
	mode_t mask = umask(0);

	(void)state;
	snprintf(old, sizeof old, "%s.1", path);
	clear();
	assert_int_equal(console_open(&c, path, false), 0);
	log_info(&c.log, "who", "one");
	assert_int_equal(rename(path, old), 0);
	log_info(&c.log, "who", "two");
	assert_int_equal(console_reopen(&c), 0);
	log_info(&c.log, "who", "three");
	assert_string_equal(content(), "info who: three\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	/* what cannot be opened leaves the old one */
	clear();
	assert_int_equal(mkdir(path, 0700), 0);
	assert_true(console_reopen(&c) < 0);
	rmdir(path);
	log_info(&c.log, "who", "into the void");
	assert_int_equal(rename(old, path), 0);
	assert_string_equal(content(), "info who: one\ninfo who: two\n");
	console_close(&c);
	umask(mask);
}

/* Neither waits for a reader that is not there. */
static void fifo_does_not_wait(void **state)
{
	struct console c;
	int fd;

	(void)state;
	clear();
	alarm(20);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_true(console_open(&c, path, false) < 0);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	assert_int_equal(console_open(&c, path, false), 0);
	for (int i = 0; i < 20000; i++)
		log_info(&c.log, "who", "%d", i);
	assert_true(c.lost > 0);
	console_close(&c);
	close(fd);
	alarm(0);
}

/* ---- syslog ---- */

static int listen_at(const char *where)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	unlink(where);
	snprintf(at.sun_path, sizeof at.sun_path, "%s", where);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

/* The next datagram, its process id out of it. */
static const char *heard(int fd)
{
	static char text[2048];
	char pid[32], *at;
	ssize_t n = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);

	if (n < 0)
		return NULL;
	text[n] = '\0';
	snprintf(pid, sizeof pid, "[%ld]", (long)getpid());
	at = strstr(text, pid);
	assert_non_null(at);
	memmove(at, at + strlen(pid), strlen(at + strlen(pid)) + 1);
	return text;
}

static void levels_for_the_daemon(void **state)
{
	char place[80];
	struct console c;
	int fd;

	(void)state;
	clear();
	fd = listen_at(path);
	snprintf(place, sizeof place, "syslog:%s", path);
	unix_now = 0;
	assert_int_equal(console_open(&c, place, false), 0);
	assert_null(console_waits(&c));
	c.log.most = LOG_DEBUG;
	log_err(&c.log, "who", "%d", 1);
	log_warn(&c.log, "who", "%d", 2);
	log_info(&c.log, "who", "%d", 3);
	log_debug(&c.log, "who", "%d", 4);
	log_say(&c.log, "bare");
	c.time = true;
	log_say(&c.log, "timed");
	assert_string_equal(heard(fd), "<27>nat: err who: 1");
	assert_string_equal(heard(fd), "<28>nat: warn who: 2");
	assert_string_equal(heard(fd), "<30>nat: info who: 3");
	assert_string_equal(heard(fd), "<31>nat: debug who: 4");
	assert_string_equal(heard(fd), "<30>nat: bare");
	assert_string_equal(heard(fd), "<30>nat: 1970-01-01T00:00:00Z timed");
	assert_null(heard(fd));
	console_close(&c);
	close(fd);
}

/* Not there at first, there, gone, there again, deaf. */
static void daemon_comes_and_goes(void **state)
{
	char place[80];
	struct console c;
	int fd;

	(void)state;
	clear();
	snprintf(place, sizeof place, "syslog:%s", path);
	assert_int_equal(console_open(&c, place, false), 0);
	assert_string_equal(console_waits(&c), path);
	for (int i = 0; i < 3; i++)
		log_info(&c.log, "who", "%d", i);
	fd = listen_at(path);
	log_info(&c.log, "who", "there");
	assert_null(console_waits(&c));
	assert_string_equal(heard(fd), "<28>nat: warn log: 3 lines were lost");
	assert_string_equal(heard(fd), "<30>nat: info who: there");
	close(fd);
	log_info(&c.log, "who", "gone");
	fd = listen_at(path);
	log_info(&c.log, "who", "back");
	assert_string_equal(heard(fd), "<28>nat: warn log: 1 lines were lost");
	assert_string_equal(heard(fd), "<30>nat: info who: back");
	close(fd);
	fd = listen_at(path);
	log_info(&c.log, "who", "nothing is lost");
	assert_string_equal(heard(fd), "<30>nat: info who: nothing is lost");
	alarm(20);
	for (int i = 0; i < 20000; i++)
		log_info(&c.log, "who", "%d", i);
	alarm(0);
	assert_true(c.lost > 0);
	while (heard(fd))
		;
	log_info(&c.log, "who", "hears");
	assert_int_equal(c.lost, 0);
	assert_non_null(strstr(heard(fd), "lines were lost"));
	assert_string_equal(heard(fd), "<30>nat: info who: hears");
	console_close(&c);
	close(fd);
}

/* The word alone, or with a path; anything else is the name of a file. */
static void places_by_name(void **state)
{
	struct console c;
	char far[300];

	(void)state;
	assert_int_equal(console_open(&c, "syslog", false), 0);
	assert_true(c.syslog);
	assert_int_equal(console_open(&c, "syslog:", false), 0);
	assert_true(c.syslog);
	console_close(&c);
	assert_int_equal(console_open(&c, "./syslog/x", false), -NAT_ENOENT);
	assert_int_equal(console_open(&c, "syslogs/x", false), -NAT_ENOENT);
	memset(far, 'x', sizeof far);
	memcpy(far, "syslog:", 7);
	far[sizeof far - 1] = '\0';
	assert_int_equal(console_open(&c, far, false), 0);
	assert_non_null(console_waits(&c));
	log_info(&c.log, "who", "nobody hears");
	assert_int_equal(c.lost, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_with_their_time),
		cmocka_unit_test(lines_are_appended),
		cmocka_unit_test(longest_line_keeps_its_end),
		cmocka_unit_test(unopened_says_why),
		cmocka_unit_test(out_waits_for_its_reader),
		cmocka_unit_test(others_do_not_wait),
		cmocka_unit_test(lost_lines_are_counted),
		cmocka_unit_test(half_a_line_is_ended),
		cmocka_unit_test(rotated_and_reopened),
		cmocka_unit_test(fifo_does_not_wait),
		cmocka_unit_test(levels_for_the_daemon),
		cmocka_unit_test(daemon_comes_and_goes),
		cmocka_unit_test(places_by_name),
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
