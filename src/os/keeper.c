#include "os/native.h"
#include "os/keeper.h"
#include "base/cur.h"
#include "base/fmt.h"
#include "os/host.h"
#include "os/ids.h"
#include "os/pass.h"
#include "os/process.h"
#include "os/sitter.h"
#include "os/sock.h"
#include "os/sys.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- the keeper's process ---- */

enum { CLOSED = 1024 }; /* descriptors that others may have left open */

struct keeping {
	int fd;
	struct user user;
	struct sitter_home at;
	char name[64], home[256];
};

/* What is known of him, or what we were started with. */
static void look_up(struct keeping *k)
{
	struct fmt name = fmt_to(SPAN(k->name)), home = fmt_to(SPAN(k->home));

	if (user_tell(k->user.uid, &name, &home)) {
		k->at.name = fmt_text(&name);
		k->at.home = fmt_text(&home);
	} else {
		k->at.home = host_env("HOME");
	}
}

static bool to_user(const struct user *u)
{
	struct user now = user_now();

	if (now.uid == u->uid && now.gid == u->gid)
		return true;
	if (ids_no_groups() < 0 || ids_group(u->gid) < 0 ||
	    ids_user(u->uid) < 0)
		return false;
	process_conceal();
	return user_now().uid == u->uid;
}

static void sit(const struct keeping *k, int leash)
{
	if (fork() != 0)
		return; /* or the leash ends without a word */
	close(k->fd);
	if (to_user(&k->user))
		sitter_run(leash, &k->at);
	_exit(1);
}

/* Nothing of who serves is theirs: not a descriptor, not a terminal. */
static void leave_behind(int kept)
{
	int nowhere;

	setsid();
	for (int fd = 0; fd < CLOSED; fd++)
		if (fd != kept)
			close(fd);
	nowhere = open("/dev/null", O_RDWR);
	if (nowhere != 0 || dup2(0, 1) != 1 || dup2(0, 2) != 2 ||
	    fcntl(kept, F_SETFD, FD_CLOEXEC) < 0)
		_exit(1);
}

_Noreturn static void keep(struct keeping *k)
{
	uint8_t byte;
	int leash;
	long n;

	leave_behind(k->fd);
	look_up(k);
	for (;;) {
		n = pass_recv(k->fd, SPAN(&byte), &leash, true);
		if (n == -NAT_EAGAIN)
			continue;
		if (n <= 0)
			_exit(0);
		if (leash < 0)
			continue;
		sit(k, leash);
		close(leash);
	}
}

/* ---- who serves ---- */

/* The signals of who serves are none of theirs. */
static int ignore_children(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigemptyset(&ignore.sa_mask);
	return sigaction(SIGCHLD, &ignore, NULL) < 0 ? sys_err() : 0;
}

int keeper_start(struct keeper *k, const struct user *as)
{
	struct keeping keeping = { .user = *as };
	int ends[2], pid, rc = ignore_children();

	k->fd = -1;
	if (rc < 0)
		return rc;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return sys_err();
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		keeping.fd = ends[1];
		keep(&keeping);
	}
	rc = pid < 0 ? sys_err() : 0;
	close(ends[1]);
	k->fd = sys_own(ends[0]);
	if (rc < 0)
		keeper_stop(k);
	return rc < 0 ? rc : k->fd < 0 ? k->fd : 0;
}

void keeper_stop(struct keeper *k)
{
	if (k->fd >= 0)
		close(k->fd);
	k->fd = -1;
}

/* ---- a shell ---- */

static int put_words(struct fmt *f, const struct bytes *v, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (bytes_have(v[i], 0))
			return -NAT_EINVAL;
		fmt_bytes(f, v[i]);
		fmt_bytes(f, (struct bytes){ (const uint8_t *)"", 1 });
	}
	return f->full ? -NAT_EROOM : 0;
}

static void put_u16(uint8_t *to, size_t v)
{
	to[0] = (uint8_t)(v >> 8);
	to[1] = (uint8_t)v;
}

static int put_asked(struct fmt *f, const struct keeper_shell *s)
{
	uint8_t *head = f->to.p;
	int rc;

	f->n = SITTER_HEAD;
	if (s->nargs >= KEEPER_ARGS || s->nenv > KEEPER_ENV)
		return -NAT_ELIMIT;
	rc = put_words(f, s->args, s->nargs);
	if (rc == 0)
		rc = put_words(f, s->env, s->nenv);
	put_u16(head, f->n);
	put_u16(head + 2, s->rows);
	put_u16(head + 4, s->columns);
	head[6] = (uint8_t)s->nargs;
	return rc;
}

/* Two ends, ours and theirs. */
static int make_pair(int ends[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return sys_err();
	return sys_own_pipe(ends);
}

static int ask(const struct keeper *k, struct bytes asked, int leash[2],
	       int data[2])
{
	int rc = pass_send(leash[0], asked, data[1]);

	return rc < 0 ? rc : pass_send(k->fd, BYTES("+"), leash[1]);
}

int keeper_ask(const struct keeper *k, const struct keeper_shell *s,
	       struct keeper_ends *to)
{
	uint8_t text[SITTER_ASKED];
	struct fmt f = fmt_to(SPAN(text));
	int leash[2], data[2], rc = put_asked(&f, s);

	if (rc == 0)
		rc = make_pair(leash);
	if (rc < 0)
		return rc;
	rc = make_pair(data);
	if (rc == 0) {
		rc = ask(k, fmt_done(&f), leash, data);
		close(data[1]);
		if (rc < 0)
			close(data[0]);
	}
	close(leash[1]);
	if (rc < 0)
		close(leash[0]);
	*to = (struct keeper_ends){ leash[0], data[0] };
	return rc;
}

/* It is said at one go, so what follows the head is there. */
int keeper_hear(int leash, struct keeper_word *w)
{
	uint8_t head[2];
	long n = sock_recv(leash, SPAN(head));

	if (n <= 0)
		return n < 0 ? (int)n : -NAT_ECLOSED;
	w->n = head[1] < sizeof w->text ? head[1] : sizeof w->text;
	n = w->n ? sock_recv(leash, (struct span){ (uint8_t *)w->text, w->n })
		 : 0;
	if (n != w->n)
		return -NAT_EPROTO;
	w->status = head[0] == KEEPER_EXITED ? (uint8_t)w->text[0] : 0;
	return head[0];
}

void keeper_resize(int leash, uint16_t rows, uint16_t columns)
{
	uint8_t size[SITTER_SIZE];

	put_u16(size, rows);
	put_u16(size + 2, columns);
	if (sock_send(leash, (struct bytes){ size, sizeof size }) < 0)
		return; /* it is gone, or has not read a hundred others */
}
