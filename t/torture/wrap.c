#define _GNU_SOURCE
#include "wrap.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the plan ---- */

enum { CALL = 24, FDS = 1024, LOG_FD = 200 };
enum { FRAMES = 10, FRAME_MOST = 1 << 20 };

static struct {
	char call[CALL];
	uint32_t path; /* 0: any */
	unsigned at, times, seen, hits;
	int error;
} plan;

static struct {
	int fd;           /* of the log, -1: none */
	bool counts;      /* says each call */
	bool before[FDS]; /* descriptors that were there at start */
	size_t mapped;    /* bytes */
} book = { .fd = -1 };

static void open_log(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	book.fd = fcntl(fd, F_DUPFD_CLOEXEC, LOG_FD);
	close(fd);
	book.counts = getenv("NAT_TORTURE_COUNT") != NULL;
}

/* One write, so that lines of several processes stay whole. */
static void note(const char *what, const char *call)
{
	char line[2 * CALL + 16];
	int n = snprintf(line, sizeof line, "%s %s\n", what, call);

	if (book.fd < 0 || write(book.fd, line, (size_t)n) >= 0)
		return;
	/* A process that was forked has closed all that was open. */
	if (errno != EBADF)
		_exit(98);
	open_log(getenv("NAT_TORTURE_LOG"));
	if (book.fd >= 0 && write(book.fd, line, (size_t)n) < 0)
		_exit(98);
}

/* Which way the program has come here: a hash of the innermost callers, as
 * distances within it, so that it is the same in each process. Never 0.
 */
__attribute__((noinline)) static uint32_t path_here(void)
{
	extern const char __executable_start[], etext[];
	const uintptr_t *frame = __builtin_frame_address(0);
	uintptr_t start = (uintptr_t)__executable_start;
	uint32_t hash = 2166136261u;

	for (int i = 0; i < FRAMES; i++) {
		uintptr_t up = frame[0], from = frame[1] - start;

		if (from >= (uintptr_t)etext - start)
			break;
		hash = (hash ^ (uint32_t)from) * 16777619u;
		if (up <= (uintptr_t)frame ||
		    up - (uintptr_t)frame > FRAME_MOST)
			break;
		frame = (const uintptr_t *)up;
	}
	return hash | 1;
}

static void count(const char *call, uint32_t path)
{
	char text[2 * CALL];

	snprintf(text, sizeof text, "%s@%08x", call, path);
	note("call", text);
}

/* Is it this call's turn to fail? Called by handlers of signals too. */
static bool hit(const char *call)
{
	uint32_t path = path_here();
	int saved = errno;

	if (book.counts)
		count(call, path);
	errno = saved;
	if (strcmp(call, plan.call) != 0 || (plan.path && plan.path != path))
		return false;
	plan.seen++;
	if (plan.seen < plan.at || plan.seen - plan.at >= plan.times)
		return false;
	plan.hits++;
	note("hit", call);
	if (plan.error == WRAP_KILL)
		raise(SIGKILL);
	errno = plan.error;
	return true;
}

/* The same for what moves *n bytes: it may move fewer instead. */
static bool hit_moving(const char *call, size_t *n)
{
	if (!hit(call))
		return false;
	if (plan.error != WRAP_SHORT)
		return true;
	*n = *n ? 1 : 0;
	return false;
}

void wrap_plan(const char *call, unsigned at, unsigned times, int error)
{
	memset(&plan, 0, sizeof plan);
	strncpy(plan.call, call, CALL - 1);
	plan.at = at;
	plan.times = times;
	plan.error = error;
}

unsigned wrap_seen(void)
{
	return plan.seen;
}

unsigned wrap_hits(void)
{
	return plan.hits;
}

size_t wrap_mapped(void)
{
	return book.mapped;
}

/* ---- the books ---- */

static void each_fd(void (*tell)(int fd))
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *e;

	while (dir && (e = readdir(dir)) != NULL) {
		int fd = atoi(e->d_name);

		if (e->d_name[0] != '.' && fd != dirfd(dir) && fd < FDS)
			tell(fd);
	}
	if (dir)
		closedir(dir);
}

static void remember(int fd)
{
	book.before[fd] = true;
}

static void complain(int fd)
{
	char path[32], where[128] = "", line[200];
	int n;

	if (fd <= 2 || book.before[fd] || fd == book.fd)
		return;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (readlink(path, where, sizeof where - 1) < 0)
		where[0] = '?';
	n = snprintf(line, sizeof line, "fd %d %s\n", fd, where);
	if (write(book.fd, line, (size_t)n) < 0)
		_exit(98);
}

__attribute__((constructor)) static void begin(void)
{
	const char *text = getenv("NAT_TORTURE"), *log;
	char call[CALL];
	unsigned at, times, path = 0;
	int error;

	each_fd(remember);
	log = getenv("NAT_TORTURE_LOG");
	if (log)
		open_log(log);
	if (!text || sscanf(text, "%23[^:@]%n", call, &error) != 1)
		return;
	text += error;
	if (sscanf(text, "@%x", &path) == 1)
		text = strchr(text, ':');
	if (sscanf(text, ":%u:%u:%d", &at, &times, &error) == 3) {
		wrap_plan(call, at, times, error);
		plan.path = path;
	}
}

__attribute__((destructor)) static void end(void)
{
	char bytes[32];

	if (book.fd < 0)
		return;
	each_fd(complain);
	snprintf(bytes, sizeof bytes, "%zu", book.mapped);
	if (book.mapped)
		note("mapped", bytes);
}

/* ---- the calls ---- */

/* A call that fails by -1 (or what is said) and then has done nothing. Nobody but
 * the assertion sees a type that is not the call's own: an int where a long is read
 * is no -1.
 */
#define WRAP_AS(bad, type, call, params, args) \
	type __wrap_##call params; \
	type __wrap_##call params \
	{ \
		_Static_assert(__builtin_types_compatible_p( \
				       type, __typeof__(call args)), \
			       "returns another type"); \
		return hit(#call) ? (bad) : call args; \
	}
#define WRAP(call, params, args) WRAP_AS(-1, int, call, params, args)

/* A call that moves at most n bytes. */
#define WRAP_MOVING(call, params, args) \
	ssize_t __wrap_##call params; \
	ssize_t __wrap_##call params \
	{ \
		return hit_moving(#call, &n) ? -1 : call args; \
	}

/* Sockets. */
WRAP(socket, (int family, int type, int protocol), (family, type, protocol))
WRAP(bind, (int fd, const struct sockaddr *sa, socklen_t n), (fd, sa, n))
WRAP(listen, (int fd, int backlog), (fd, backlog))
WRAP(accept4, (int fd, struct sockaddr *sa, socklen_t *n, int flags),
     (fd, sa, n, flags))
WRAP(connect, (int fd, const struct sockaddr *sa, socklen_t n), (fd, sa, n))
WRAP(getsockname, (int fd, struct sockaddr *sa, socklen_t *n), (fd, sa, n))
WRAP(getpeername, (int fd, struct sockaddr *sa, socklen_t *n), (fd, sa, n))
WRAP(getsockopt, (int fd, int level, int name, void *value, socklen_t *n),
     (fd, level, name, value, n))
WRAP_MOVING(recv, (int fd, void *to, size_t n, int flags), (fd, to, n, flags))
WRAP_MOVING(send, (int fd, const void *b, size_t n, int flags),
	    (fd, b, n, flags))
WRAP_AS(-1, ssize_t, sendmsg, (int fd, const struct msghdr *m, int flags),
	(fd, m, flags))
WRAP(sendmmsg, (int fd, struct mmsghdr *v, unsigned n, int flags),
     (fd, v, n, flags))
WRAP_AS(-1, ssize_t, recvmsg, (int fd, struct msghdr *m, int flags),
	(fd, m, flags))
WRAP(recvmmsg,
     (int fd, struct mmsghdr *v, unsigned n, int flags,
      struct timespec *patience),
     (fd, v, n, flags, patience))
WRAP_MOVING(splice,
	    (int from, off64_t *at, int to, off64_t *to_at, size_t n,
	     unsigned flags),
	    (from, at, to, to_at, n, flags))

/* SO_REUSEADDR is older than any system that we run on, and a flag. */
int __wrap_setsockopt(int fd, int level, int name, const void *v, socklen_t n);
int __wrap_setsockopt(int fd, int level, int name, const void *v, socklen_t n)
{
	bool may = level != SOL_SOCKET || name != SO_REUSEADDR;

	return may && hit("setsockopt") ? -1
					: setsockopt(fd, level, name, v, n);
}

/* ENOTCONN: the connection is gone, in both directions. */
int __wrap_shutdown(int fd, int how);
int __wrap_shutdown(int fd, int how)
{
	bool gone = hit("shutdown");
	int saved = errno, rc = shutdown(fd, gone ? SHUT_RDWR : how);

	if (gone)
		errno = saved;
	return gone ? -1 : rc;
}

/* Descriptors. */
WRAP(poll, (struct pollfd * v, nfds_t n, int ms), (v, n, ms))
WRAP(flock, (int fd, int how), (fd, how))
WRAP(ftruncate, (int fd, off_t n), (fd, n))
WRAP_AS(-1, off_t, lseek, (int fd, off_t at, int from), (fd, at, from))
WRAP(pipe, (int ends[2]), (ends))
WRAP(fsync, (int fd), (fd))
WRAP(fdatasync, (int fd), (fd))
WRAP(sync_file_range, (int fd, off_t at, off_t n, unsigned flags),
     (fd, at, n, flags))
WRAP_MOVING(read, (int fd, void *to, size_t n), (fd, to, n))

/* Two have their own names: what is said, for nobody hears of it when that fails, and
 * the pipe that wakes the loop, for fewer errors are possible there.
 */
static const char *name_of_write(int fd)
{
	struct stat st;

	if (fd <= STDERR_FILENO)
		return "say";
	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) ? "wake" : "write";
}

ssize_t __wrap_write(int fd, const void *b, size_t n);
ssize_t __wrap_write(int fd, const void *b, size_t n)
{
	return hit_moving(name_of_write(fd), &n) ? -1 : write(fd, b, n);
}

int __wrap_close(int fd);
int __wrap_close(int fd)
{
	int rc = close(fd);

	return hit("close") ? -1 : rc;
}

int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & O_CREAT)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	return hit("open") ? -1 : open(path, flags, mode);
}

/* Asking whether a descriptor is open fails only when it is not. */
int __wrap_fcntl(int fd, int what, ...);
int __wrap_fcntl(int fd, int what, ...)
{
	va_list ap;
	long value;

	va_start(ap, what);
	value = va_arg(ap, long);
	va_end(ap);
	if (what != F_GETFD && hit("fcntl"))
		return -1;
	return fcntl(fd, what, value);
}

int __wrap_ioctl(int fd, unsigned long what, ...);
int __wrap_ioctl(int fd, unsigned long what, ...)
{
	va_list ap;
	void *value;

	va_start(ap, what);
	value = va_arg(ap, void *);
	va_end(ap);
	return hit("ioctl") ? -1 : ioctl(fd, what, value);
}

/* Taking out what is in the set cannot fail. */
int __wrap_epoll_ctl(int fd, int what, int of, struct epoll_event *e);
int __wrap_epoll_ctl(int fd, int what, int of, struct epoll_event *e)
{
	bool fails = what != EPOLL_CTL_DEL && hit("epoll_ctl");

	return fails ? -1 : epoll_ctl(fd, what, of, e);
}

/* Waiting. */
WRAP(epoll_create1, (int flags), (flags))
WRAP(epoll_wait, (int fd, struct epoll_event *e, int most, int ms),
     (fd, e, most, ms))
WRAP(select,
     (int n, fd_set *in, fd_set *out, fd_set *bad, struct timeval *patience),
     (n, in, out, bad, patience))
WRAP(sigaction, (int number, const struct sigaction *a, struct sigaction *old),
     (number, a, old))

/* Files. */
WRAP(access, (const char *path, int how), (path, how))
WRAP(stat, (const char *path, struct stat *st), (path, st))
WRAP(fstat, (int fd, struct stat *st), (fd, st))
WRAP(mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(lstat, (const char *path, struct stat *st), (path, st))
WRAP(chmod, (const char *path, mode_t mode), (path, mode))
WRAP(lchown, (const char *path, uid_t uid, gid_t gid), (path, uid, gid))
WRAP(rename, (const char *from, const char *to), (from, to))
WRAP(unlink, (const char *path), (path))
WRAP(rmdir, (const char *path), (path))
WRAP_AS(NULL, DIR *, opendir, (const char *path), (path))
WRAP_AS(NULL, struct dirent *, readdir, (DIR * dir), (dir))

int __wrap_closedir(DIR *dir);
int __wrap_closedir(DIR *dir)
{
	int rc = closedir(dir);

	return hit("closedir") ? -1 : rc;
}

/* Processes and terminals: those of shells. */
WRAP(fork, (void), ())
WRAP(socketpair, (int family, int type, int protocol, int ends[2]),
     (family, type, protocol, ends))
WRAP(setsid, (void), ())
WRAP(chdir, (const char *path), (path))
WRAP(execve, (const char *path, char *const args[], char *const env[]),
     (path, args, env))
WRAP(waitpid, (pid_t pid, int *status, int how), (pid, status, how))
WRAP(posix_openpt, (int flags), (flags))
WRAP(grantpt, (int fd), (fd))
WRAP(unlockpt, (int fd), (fd))
WRAP_AS(NULL, char *, ptsname, (int fd), (fd))
WRAP(pselect,
     (int n, fd_set *in, fd_set *out, fd_set *bad,
      const struct timespec *patience, const sigset_t *masked),
     (n, in, out, bad, patience, masked))

/* Users. */
WRAP(setuid, (uid_t id), (id))
WRAP(setgid, (gid_t id), (id))
WRAP(seteuid, (uid_t id), (id))
WRAP(setegid, (gid_t id), (id))
WRAP(setgroups, (size_t n, const gid_t *v), (n, v))

int __wrap_prctl(int what, ...);
int __wrap_prctl(int what, ...)
{
	unsigned long v[4];
	va_list ap;

	va_start(ap, what);
	for (int i = 0; i < 4; i++)
		v[i] = va_arg(ap, unsigned long);
	va_end(ap);
	return hit("prctl") ? -1 : prctl(what, v[0], v[1], v[2], v[3]);
}

/* As libc's, it reads six of whatever is there: who calls may have given less. */
long __wrap_syscall(long what, ...);
__attribute__((no_sanitize_address)) long __wrap_syscall(long what, ...)
{
	long v[6];
	va_list ap;

	va_start(ap, what);
	for (int i = 0; i < 6; i++)
		v[i] = va_arg(ap, long);
	va_end(ap);
	return hit("syscall")
		       ? -1
		       : syscall(what, v[0], v[1], v[2], v[3], v[4], v[5]);
}

/* The host. */
WRAP(gethostname, (char *name, size_t n), (name, n))
WRAP(getentropy, (void *to, size_t n), (to, n))
WRAP(getrlimit, (int what, struct rlimit *r), (what, r))
WRAP(prlimit,
     (pid_t pid, int what, const struct rlimit *set, struct rlimit *was),
     (pid, what, set, was))
WRAP(madvise, (void *p, size_t n, int what), (p, n, what))

void *__wrap_mmap(void *at, size_t n, int may, int flags, int fd, off_t from);
void *__wrap_mmap(void *at, size_t n, int may, int flags, int fd, off_t from)
{
	void *p = hit("mmap") ? MAP_FAILED : mmap(at, n, may, flags, fd, from);

	book.mapped += p == MAP_FAILED ? 0 : n;
	return p;
}

int __wrap_munmap(void *p, size_t n);
int __wrap_munmap(void *p, size_t n)
{
	int rc = munmap(p, n);

	book.mapped -= rc == 0 ? n : 0;
	return hit("munmap") ? -1 : rc;
}
