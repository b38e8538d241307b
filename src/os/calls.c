#include "os/native.h"
#include "os/calls.h"

/* The number in an ELF file of the processors that the table is right for. */
#if defined(__linux__)
#if defined(__x86_64__) && !defined(__ILP32__)
#define MACHINE 62
#elif defined(__i386__)
#define MACHINE 3
#elif defined(__aarch64__) && defined(__LP64__) && !defined(__AARCH64EB__)
#define MACHINE 183
#elif defined(__ARM_EABI__)
#define MACHINE 40
#elif defined(__mips__) && _MIPS_SIM == _ABIO32
#define MACHINE 8
#elif defined(__riscv) && __riscv_xlen == 64
#define MACHINE 243
#elif defined(__powerpc64__)
#define MACHINE 21
#elif defined(__powerpc__)
#define MACHINE 20
#endif
#endif

#if !defined(MACHINE)

int calls_keep(void)
{
	return -NAT_ENOTSUP;
}

#else

#include "base/span.h"
#include "os/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- the table ---- */

/* The filter looks from the top down: what is called for bytes comes first. Some
 * libc or some processor needs each of them; a name that is not defined is not
 * called there. time64: 32 bits after 2038.
 */
static const uint16_t free_calls[] = {
	__NR_splice,
	__NR_recvfrom,
	__NR_sendto,
#if defined(__NR_epoll_wait)
	__NR_epoll_wait,
#endif
	__NR_epoll_pwait,
	__NR_epoll_ctl,
	__NR_recvmmsg,
	__NR_sendmmsg,
	__NR_sendmsg,
	__NR_recvmsg,
#if defined(__NR_recv)
	__NR_recv,
	__NR_send,
#endif
#if defined(__i386__)
	__NR_socketcall,
#endif
#if defined(__NR_clock_gettime)
	__NR_clock_gettime,
#endif
#if defined(__NR_clock_gettime32)
	__NR_clock_gettime32,
#endif
#if defined(__NR_clock_gettime64)
	__NR_clock_gettime64,
	__NR_ppoll_time64,
	__NR_pselect6_time64,
	__NR_recvmmsg_time64,
#endif
	/* sockets and other descriptors */
	__NR_read,
	__NR_write,
	__NR_writev,
	__NR_close,
	__NR_accept4,
	__NR_bind,
	__NR_connect,
	__NR_getpeername,
	__NR_getsockname,
	__NR_getsockopt,
	__NR_listen,
	__NR_setsockopt,
	__NR_shutdown,
	__NR_dup3,
	__NR_pipe2,
	__NR_ppoll,
	__NR_pselect6,
#if defined(__NR_pipe)
	__NR_dup2,
	__NR_pipe,
	__NR_poll,
#endif
#if defined(__NR__newselect)
	__NR__newselect,
#elif defined(__NR_select)
	__NR_select,
#endif
	/* files */
	__NR_fdatasync,
	__NR_flock,
	__NR_fsync,
	__NR_ftruncate,
	__NR_getdents64,
	__NR_lseek,
	__NR_openat,
	__NR_unlinkat,
#if defined(__NR_fstat)
	__NR_fstat,
#endif
#if defined(__NR_newfstatat)
	__NR_newfstatat,
#endif
#if defined(__NR_fstatat64)
	__NR_fstatat64,
#endif
#if defined(__NR_fcntl64)
	__NR__llseek,
	__NR_fstat64,
	__NR_ftruncate64,
#endif
#if defined(__NR_lstat64)
	__NR_lstat64,
	__NR_stat64,
#endif
#if defined(__NR_open)
	__NR_lstat,
	__NR_open,
	__NR_rename,
	__NR_stat,
	__NR_unlink,
#endif
#if defined(__NR_renameat)
	__NR_renameat,
#endif
#if defined(__NR_renameat2)
	__NR_renameat2,
#endif
#if defined(__NR_statx)
	__NR_statx,
#endif
#if defined(__NR_sync_file_range)
	__NR_sync_file_range,
#endif
#if defined(__NR_sync_file_range2)
	__NR_sync_file_range2,
#endif
	/* the process: memory, chance, signals, time, who and how it ends */
	__NR_madvise,
	__NR_munmap,
	__NR_getrandom,
	__NR_restart_syscall,
	__NR_rt_sigaction,
	__NR_rt_sigprocmask,
	__NR_rt_sigreturn,
#if defined(__NR_sigreturn)
	__NR_sigreturn,
#endif
	__NR_getegid,
	__NR_geteuid,
	__NR_getpid,
	__NR_gettid,
	__NR_getuid,
#if defined(__NR_geteuid32)
	__NR_getegid32,
	__NR_geteuid32,
	__NR_getuid32,
#endif
	__NR_exit,
	__NR_exit_group,
};

/* Allowed when `argument & mask` is one of the values; where a call has several
 * rows, which stand together, all must hold. The kernel takes these arguments as
 * 32 bits, or nothing above those matters, so that the rest is not looked at.
 */
enum { VALUES = 4 };
struct rule {
	uint16_t call;
	uint8_t argument, n;
	uint32_t mask, values[VALUES];
};

#define WHOLE UINT32_MAX
#define SELF UINT32_MAX /* a value: our process */

#if defined(__NR_mmap2)
#define MMAP __NR_mmap2
#else
#define MMAP __NR_mmap
#endif

/* clang-format off */
static const struct rule rules[] = {
	{ __NR_socket, 0, 4, WHOLE, { AF_INET, AF_INET6, AF_UNIX, AF_NETLINK } },
	{ __NR_socket, 1, 2, 0xf, { SOCK_STREAM, SOCK_DGRAM } },
	{ __NR_socket, 2, 1, WHOLE, { 0 } }, /* of AF_NETLINK: routes */
	{ __NR_socketpair, 0, 1, WHOLE, { AF_UNIX } }, /* to the keeper */
#if defined(__NR_fcntl64)
	{ __NR_fcntl64, 1, 4, WHOLE,
	  { F_SETFD, F_GETFL, F_SETFL, F_SETPIPE_SZ } },
#endif
	{ __NR_fcntl, 1, 4, WHOLE,
	  { F_SETFD, F_GETFL, F_SETFL, F_SETPIPE_SZ } },
	{ __NR_ioctl, 1, 2, WHOLE, { TIOCOUTQ, SIOCGIFINDEX } },
	{ MMAP, 2, 1, PROT_EXEC, { 0 } },
	{ __NR_tgkill, 0, 1, WHOLE, { SELF } },
	{ __NR_tkill, 0, 1, WHOLE, { SELF } },
};
/* clang-format on */

/* ---- the filter ---- */

/* As the kernel wants them; not every libc's headers have these. */
struct step {
	uint16_t code;
	uint8_t when, unless; /* steps to leave out */
	uint32_t k;
};
struct program {
	unsigned short n;
	const struct step *steps;
};

enum step_code { LOAD = 0x20, AND = 0x54, EQUAL = 0x15, RETURN = 0x06 };
enum seen { SEEN_CALL = 0, SEEN_ARCH = 4, SEEN_ARGUMENTS = 16 };

#define ALLOW 0x7fff0000u
#define REFUSE(why) (0x00050000u | (why))

#define BIG (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
#define ARCH \
	(MACHINE | (sizeof(long) == 8 ? 1u << 31 : 0) | (BIG ? 0 : 1u << 30))

struct filter {
	unsigned n;
	struct step v[2 * COUNT(free_calls) + 10 * COUNT(rules) + 8];
};

static void put(struct filter *f, enum step_code code, uint32_t k)
{
	f->v[f->n++] = (struct step){ .code = (uint16_t)code, .k = k };
}

/* Leaves so many steps out when it is k, or when it is not. */
static void put_equal(struct filter *f, uint32_t k, int when, int unless)
{
	put(f, EQUAL, k);
	f->v[f->n - 1].when = (uint8_t)when;
	f->v[f->n - 1].unless = (uint8_t)unless;
}

static void put_rule(struct filter *f, const struct rule *r)
{
	put(f, LOAD, SEEN_ARGUMENTS + 8u * r->argument + (BIG ? 4 : 0));
	put(f, AND, r->mask);
	for (int i = 0; i < r->n; i++) {
		uint32_t value = r->values[i];

		if (value == SELF)
			value = (uint32_t)getpid();
		put_equal(f, value, r->n - i, 0);
	}
	put(f, RETURN, REFUSE(EPERM));
}

/* All rows of the call that the first one is of; how many. */
static size_t put_rules(struct filter *f, const struct rule *first, size_t most)
{
	unsigned at = f->n;
	size_t n = 0;

	put_equal(f, first->call, 0, 0);
	while (n < most && first[n].call == first->call)
		put_rule(f, &first[n++]);
	put(f, RETURN, ALLOW);
	f->v[at].unless = (uint8_t)(f->n - at - 1);
	return n;
}

static void build(struct filter *f)
{
	put(f, LOAD, SEEN_ARCH);
	put_equal(f, ARCH, 1, 0);
	put(f, RETURN, REFUSE(ENOSYS));
	put(f, LOAD, SEEN_CALL);
	for (size_t i = 0; i < COUNT(free_calls); i++) {
		put_equal(f, free_calls[i], 0, 1);
		put(f, RETURN, ALLOW);
	}
	for (size_t i = 0; i < COUNT(rules);)
		i += put_rules(f, &rules[i], COUNT(rules) - i);
	put(f, RETURN, REFUSE(ENOSYS));
}

/* The flags: what is refused is in the audit log; no slowing down by a guard
 * against ourselves (speculative store bypass), who run nobody's code.
 */
int calls_keep(void)
{
	enum { SET_FILTER = 1, LOG = 2, SPEC_ALLOW = 4 };
	struct filter f = { .n = 0 };
	struct program p = { .steps = f.v };

	build(&f);
	p.n = (unsigned short)f.n;
	if (syscall(__NR_seccomp, SET_FILTER, LOG | SPEC_ALLOW, &p) == 0)
		return 0;
	return prctl(PR_SET_SECCOMP, 2, &p, 0, 0) < 0 ? sys_err() : 0;
}

#endif
