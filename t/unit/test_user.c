#define _GNU_SOURCE
/* What changes who we are runs in a child, by root only. */
#include "rig.h"
#include "os/dgram.h"
#include "os/process.h"
#include "os/user.h"
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static const struct {
	const char *text, *why; /* why NULL: these ids */
	uint32_t uid, gid;
} rows[] = {
	{ "root", NULL, 0, 0 },
	{ "0", NULL, 0, 0 },
	{ "root:0", NULL, 0, 0 },
	{ "root:4711", NULL, 0, 4711 },
	{ "4711:4712", NULL, 4711, 4712 },
	{ "4294967294:4294967294", NULL, 4294967294, 4294967294 },
	{ "4294967295:1", "user", 0, 0 },
	{ "1:4294967295", "group", 0, 0 },
	{ "99999999999:1", "user", 0, 0 },
	{ "4713", "UID:GID", 0, 0 },
	{ "root:", "group", 0, 0 },
	{ ":root", "user", 0, 0 },
	{ "", "user", 0, 0 },
	{ ":", "user", 0, 0 },
	{ "root:root:root", "group", 0, 0 },
	{ "roo", "user", 0, 0 },
	{ "rootx", "user", 0, 0 },
	{ "-1", "user", 0, 0 },
	{ "0x0:0", "user", 0, 0 },
	{ "root:wheel of fortune", "group", 0, 0 },
};

static void names_and_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct user u = { 77, 77 };
		const char *why = user_find(&u, rows[i].text);

		if (rows[i].why) {
			assert_non_null(why);
			assert_non_null(strstr(why, rows[i].why));
			continue;
		}
		assert_null(why);
		assert_int_equal(u.uid, rows[i].uid);
		assert_int_equal(u.gid, rows[i].gid);
	}
}

/* As the system's own functions see it, for all that this machine has. */
static void as_the_system_knows_them(void **state)
{
	const struct passwd *p;
	const struct group *g;
	struct user u;
	char text[300];

	(void)state;
	for (setpwent(); (p = getpwent());) {
		assert_null(user_find(&u, p->pw_name));
		assert_int_equal(u.uid, p->pw_uid);
		assert_int_equal(u.gid, p->pw_gid);
	}
	endpwent();
	for (setgrent(); (g = getgrent());) {
		snprintf(text, sizeof text, "12:%s", g->gr_name);
		assert_null(user_find(&u, text));
		assert_int_equal(u.uid, 12);
		assert_int_equal(u.gid, g->gr_gid);
	}
	endgrent();
}

static const struct user nobody = { 65534, 65533 };

static uint16_t low_port(void)
{
	struct addr at = { .family = ADDR_IP4, .ip = { 127, 0, 0, 1 } };

	for (at.port = 700; at.port < 1000; at.port++) {
		int fd = sock_listen(&at);

		if (fd < 0)
			continue;
		close(fd);
		return at.port;
	}
	return 0;
}

static int datagrams_on(uint16_t port)
{
	struct addr at = { .family = ADDR_IP4,
			   .ip = { 127, 0, 0, 1 },
			   .port = port };
	int fd = dgram_bind(&at);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

static int listen_on(uint16_t port)
{
	struct addr at = { .family = ADDR_IP4,
			   .ip = { 127, 0, 0, 1 },
			   .port = port };
	int fd = sock_listen(&at);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

static bool low_ports_are_guarded(void)
{
	static const char path[] =
		"/proc/sys/net/ipv4/ip_unprivileged_port_start";
	char text[8] = "";
	int fd = open(path, O_RDONLY);

	if (fd < 0 || read(fd, text, sizeof text - 1) < 0)
		return false;
	close(fd);
	return strcmp(text, "1024\n") == 0;
}

/* The first thing that is not as it should be, as an exit code. */
#define CHECK(what) \
	do { \
		if (!(what)) \
			_exit(__LINE__ % 250 + 1); \
	} while (0)

static void check_between(uint16_t port)
{
	CHECK(geteuid() == nobody.uid && getegid() == nobody.gid);
	CHECK(getgroups(0, NULL) == 0);
	CHECK(open("/etc/shadow", O_RDONLY) < 0 && errno == EACCES);
	CHECK(listen_on(port) == 0 && datagrams_on(port) == 0);
	CHECK(geteuid() == nobody.uid);
}

static void check_settled(void)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	CHECK(getresuid(&r, &e, &s) == 0 && getresgid(&rg, &eg, &sg) == 0);
	CHECK(r == nobody.uid && e == nobody.uid && s == nobody.uid);
	CHECK(rg == nobody.gid && eg == nobody.gid && sg == nobody.gid);
	CHECK(getgroups(0, NULL) == 0);
	CHECK(seteuid(0) < 0 && setuid(0) < 0 && setgid(0) < 0);
	CHECK(setgroups(0, NULL) < 0);
	CHECK(open("/etc/shadow", O_RDONLY) < 0 && errno == EACCES);
	CHECK(prctl(PR_GET_DUMPABLE) == 0);
	CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
}

/* From an address that is nobody's here; who may not is not let. */
static int borrow(void)
{
	const struct addr to = { .family = ADDR_IP4,
				 .port = 9,
				 .ip = { 127, 0, 0, 1 } },
			  as = { .family = ADDR_IP4,
				 .port = 4711,
				 .ip = { 192, 0, 2, 1 } };
	int fd = sock_connect_as(&to, &as);

	if (fd >= 0)
		sock_close(fd, true);
	return fd < 0 ? fd : 0;
}

static void drop(unsigned lowest, uint16_t port, int verdict)
{
	const struct user_keeps keeps = { lowest, lowest == 1 };
	static const gid_t groups[] = { 0, 4, 5 };
	bool may_borrow = unit_part("edge") && borrow() == 0;
	pid_t child = fork();
	int status;

	if (child == 0) {
		process_start();
		process_renounce();
		CHECK(setgroups(COUNT(groups), groups) == 0);
		CHECK(user_become(&nobody) == 0);
		check_between(port);
		CHECK(user_settle(&nobody, &keeps) == 0);
		check_settled();
		CHECK(listen_on(port) == verdict);
		CHECK(datagrams_on(port) == verdict);
		if (may_borrow)
			CHECK((borrow() == -NAT_EACCESS) == !keeps.borrows);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void root_is_given_up(void **state)
{
	uint16_t port;

	(void)state;
	if (geteuid() != 0 || !low_ports_are_guarded())
		skip();
	port = low_port();
	assert_true(port > 0);
	drop(1024, port, -NAT_EACCESS);
	drop(1023, port, 0);
	drop(1, port, 0);
	drop(UINT16_MAX, port, -NAT_EACCESS);
}

/* Who is not root stays who he is, and becomes nobody else. */
static void others_stay(void **state)
{
	struct user me, other = { 12345, 12345 };
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		if (geteuid() == 0)
			CHECK(setgid(nobody.gid) == 0 &&
			      setuid(nobody.uid) == 0);
		me = user_now();
		CHECK(me.uid == geteuid() && me.gid == getegid());
		CHECK(user_become(&me) == 0 &&
		      user_settle(&me, &(struct user_keeps){ 1, false }) == 0);
		CHECK(user_become(&other) == -NAT_EACCESS);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_numbers),
		cmocka_unit_test(as_the_system_knows_them),
		cmocka_unit_test(root_is_given_up),
		cmocka_unit_test(others_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
