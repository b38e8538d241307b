#define _GNU_SOURCE
/* Each call is made for real, by a child that has confined itself. */
#include "caged.h"
#include "os/calls.h"
#include "os/console.h"
#include "os/dgram.h"
#include "os/file.h"
#include "os/loop.h"
#include "os/mem.h"
#include "os/rand.h"
#include "os/signal.h"
#include "os/sock.h"
#include "os/user.h"
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>

#define TEXT(s) (long)(intptr_t)(s)

#if defined(__NR_mmap2)
#define MMAP __NR_mmap2
#else
#define MMAP __NR_mmap
#endif

/* What an attacker inside would like to do; as root, where the test is. */
static const struct {
	const char *what;
	long call, a, b, c, d;
	int why;
} refused[] = {
	{ "execve", __NR_execve, TEXT("/bin/true"), 0, 0, 0, ENOSYS },
	{ "execveat", __NR_execveat, -100, TEXT("/bin/true"), 0, 0, ENOSYS },
	{ "clone", __NR_clone, SIGCHLD, 0, 0, 0, ENOSYS },
	{ "ptrace", __NR_ptrace, PTRACE_TRACEME, 0, 0, 0, ENOSYS },
	{ "prctl", __NR_prctl, 3, 0, 0, 0, ENOSYS },
	{ "setuid", __NR_setuid, 0, 0, 0, 0, ENOSYS },
	{ "chroot", __NR_chroot, TEXT("/"), 0, 0, 0, ENOSYS },
	{ "unshare", __NR_unshare, CLONE_NEWUSER, 0, 0, 0, ENOSYS },
	{ "mount", __NR_mount, TEXT("a"), TEXT("/"), TEXT("tmpfs"), 0, ENOSYS },
	{ "bpf", __NR_bpf, 0, 0, 0, 0, ENOSYS },
	{ "memfd_create", __NR_memfd_create, TEXT("x"), 0, 0, 0, ENOSYS },
	{ "fchmodat", __NR_fchmodat, -100, TEXT("/"), 0755, 0, ENOSYS },
	{ "mkdirat", __NR_mkdirat, -100, TEXT("/tmp/x"), 0700, 0, ENOSYS },
	{ "symlinkat", __NR_symlinkat, TEXT("/"), -100, TEXT("/x"), 0, ENOSYS },
	{ "socketpair", __NR_socketpair, AF_INET, SOCK_STREAM, 0, 0, EPERM },
	{ "no such call", 0x40000000 | __NR_getpid, 0, 0, 0, 0, ENOSYS },
	{ "packets", __NR_socket, AF_PACKET, SOCK_DGRAM, 0, 0, EPERM },
	{ "vsock", __NR_socket, AF_VSOCK, SOCK_STREAM, 0, 0, EPERM },
	{ "raw", __NR_socket, AF_INET, SOCK_RAW, 1, 0, EPERM },
	{ "ping", __NR_socket, AF_INET, SOCK_DGRAM, 1, 0, EPERM },
	{ "sctp", __NR_socket, AF_INET6, SOCK_STREAM, 132, 0, EPERM },
	{ "nftables", __NR_socket, AF_NETLINK, SOCK_DGRAM, 12, 0, EPERM },
	{ "code", MMAP, 0, 4096, PROT_READ | PROT_EXEC,
	  MAP_PRIVATE | MAP_ANONYMOUS, EPERM },
	{ "to code", __NR_mprotect, 0, 4096, PROT_EXEC, 0, ENOSYS },
	{ "kill all", __NR_kill, -1, 0, 0, 0, ENOSYS },
	{ "kill one", __NR_kill, 1, 0, 0, 0, ENOSYS },
	{ "tgkill", __NR_tgkill, 1, 1, 0, 0, EPERM },
	{ "typing", __NR_ioctl, 0, TIOCSTI, TEXT("x"), 0, EPERM },
	{ "owner", __NR_fcntl, 0, F_SETOWN, 1, 0, EPERM },
};

static void keep(void)
{
	int rc = calls_keep();

	if (rc == -NAT_ENOTSUP)
		caged_leave(CAGED_NONE);
	CHECK(rc == 0);
}

static void try_refused(void)
{
	keep();
	for (size_t i = 0; i < COUNT(refused); i++) {
		long rc = syscall(refused[i].call, refused[i].a, refused[i].b,
				  refused[i].c, refused[i].d, -1, 0);

		if (rc != -1 || errno != refused[i].why)
			caged_leave((int)i + 1);
	}
}

static void an_attacker_gets_nothing(void **state)
{
	int status = caged(try_refused);

	(void)state;
	if (WIFEXITED(status) && status)
		print_error("not refused: %s\n",
			    refused[(status >> 8) - 1].what);
	assert_int_equal(status, 0);
}

/* ---- what must go on ---- */

static const struct addr here = { .family = ADDR_IP4, .ip = { 127, 0, 0, 1 } };

static void check_sockets(void)
{
	struct addr at = here, from;
	int ends[2], one, two, l = sock_listen(&at);
	uint8_t room[8];

	CHECK(l >= 0 && sock_here(l, &at) == 0);
	one = sock_connect(&at);
	CHECK(one >= 0);
	two = sock_accept(l, &from);
	CHECK(two >= 0 && sock_connected(one) == 0);
	sock_tune(one);
	sock_user_timeout(one, 1000);
	CHECK(sock_there(two, &from) == 0);
	CHECK(sock_send(one, BYTES("hello")) == 5);
	CHECK(sock_unacked(one) >= 0);
	CHECK(sock_pipe(ends, 16384) == 0);
	CHECK(sock_splice(two, ends[1], 100) == 5);
	CHECK(sock_splice(ends[0], two, 5) == 5);
	CHECK(sock_recv(one, SPAN(room)) == 5);
	sock_finish(one);
	CHECK(sock_recv(two, SPAN(room)) == 0);
	sock_close(one, true);
	CHECK(sock_scope(BYTES("lo")) > 0);
	CHECK(sock_own_addr(&from) <= 0 && sock_spare() >= 0);
	CHECK(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, 0) >= 0);
	CHECK(socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
}

static void check_datagrams(void)
{
	struct addr at = here;
	int to = dgram_bind(&at), from;
	struct span room = mem_reserve(DGRAM_MESSAGES * DGRAM_ROOM);
	struct dgram_train got[DGRAM_MESSAGES];
	struct mmsghdr empty = { .msg_len = 0 };
	struct dgram_out out[3] = { { .body = BYTES("abc") },
				    { .body = BYTES("def") },
				    { .body = BYTES("g") } };

	CHECK(room.p && to >= 0 && sock_here(to, &at) == 0);
	from = dgram_connect(&at, NULL);
	CHECK(from >= 0 && dgram_send(from, out, 3, true) == 3);
	CHECK(dgram_send(from, out, 2, false) == 2);
	CHECK(sendmmsg(from, &empty, 1, 0) == 1);
	CHECK(dgram_recv(to, got, room) >= 1);
	mem_spare(room);
	mem_release(room);
}

struct turning {
	struct loop loop;
	struct timer end;
	struct signals signals;
	struct io io;
	unsigned heard;
};

static void end(struct timer *t)
{
	container_of(t, struct turning, end)->loop.quit = true;
}

static void heard(struct signals *s, unsigned what)
{
	struct turning *t = container_of(s, struct turning, signals);

	t->heard |= what;
	timer_start(&t->end, &t->loop, t->loop.now + 1);
}

static void ready(struct io *io, unsigned what)
{
	(void)what;
	io_stop(io);
	raise(SIGHUP);
}

/* A turn for a descriptor, one for a signal, one for a timer. */
static void check_loop(struct turning *t)
{
	int ends[2];

	CHECK(sock_pipe(ends, 65536) == 0 && write(ends[1], "x", 1) == 1);
	timer_init(&t->end, end);
	io_init(&t->io, ready);
	io_start(&t->io, &t->loop, ends[0], LOOP_IN);
	CHECK(loop_run(&t->loop) == 0 && t->heard == SIGNAL_RELOAD);
	signals_stop(&t->signals);
	loop_close(&t->loop);
}

static char dir[] = "/tmp/nat-calls-XXXXXX";

static char *in_dir(const char *name)
{
	static char path[4][64];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof path[turn], "%s/%s", dir, name);
	return path[turn];
}

static void check_files(struct console *c)
{
	uint8_t text[16];
	int fd = file_lock(in_dir("state"));

	CHECK(fd >= 0 && file_store(fd, BYTES("one")) == 0);
	CHECK(file_load(fd, SPAN(text)) == 3);
	file_unlock(fd);
	CHECK(file_write_secret(in_dir("token"), BYTES("two")) == 0);
	CHECK(file_read_secret(in_dir("token"), SPAN(text)) == 3);
	CHECK(file_exists(in_dir("token")) && !file_exists(in_dir("none")));
	CHECK(file_read("/etc/hosts", (struct span){ text, 1 }) == -NAT_EROOM);
	log_info(&c->log, "test", "one");
	CHECK(console_reopen(c) == 0);
	log_info(&c->log, "test", "two");
	CHECK(c->lost == 0);
	console_close(c);
	CHECK(unlink(in_dir("log")) == 0);
}

/* Of a syslog daemon that comes late. */
static const char *place_of_daemon(void)
{
	static char place[80];

	snprintf(place, sizeof place, "syslog:%s/dev", dir);
	return place;
}

static void start_daemon(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	memcpy(at.sun_path, in_dir("dev"), strlen(in_dir("dev")));
	CHECK(bind(fd, (struct sockaddr *)&at, sizeof at) == 0);
}

static void serve_confined(void)
{
	struct turning t = { .heard = 0 };
	struct console file, late;
	uint8_t chance[64];

	CHECK(loop_open(&t.loop, 256) == 0);
	CHECK(signals_start(&t.signals, &t.loop, heard) == 0);
	CHECK(console_open(&file, in_dir("log"), true) == 0);
	CHECK(console_open(&late, place_of_daemon(), false) == 0);
	keep();
	check_sockets();
	check_datagrams();
	check_loop(&t);
	check_files(&file);
	rand_fill(SPAN(chance));
	CHECK(user_now().uid == geteuid());
	start_daemon();
	CHECK(console_reopen(&late) == 0 && !console_waits(&late));
	log_info(&late.log, "test", "three");
	CHECK(late.lost == 0);
}

static void what_serves_goes_on(void **state)
{
	(void)state;
	caged_needs();
	assert_non_null(mkdtemp(dir));
	assert_int_equal(caged(serve_confined), 0);
	unlink(in_dir("dev"));
	unlink(in_dir("state"));
	unlink(in_dir("token"));
	assert_int_equal(rmdir(dir), 0);
}

static void give_up(void)
{
	void (*volatile end_badly)(void) = abort;

	keep();
	end_badly();
}

/* An assertion that fails still ends the process as it should. */
static void an_abort_is_one(void **state)
{
	int status = caged(give_up);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_attacker_gets_nothing),
		cmocka_unit_test(what_serves_goes_on),
		cmocka_unit_test(an_abort_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
