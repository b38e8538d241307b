#include "os/native.h"
#include "os/sitter.h"
#include "base/cur.h"
#include "base/fmt.h"
#include "os/clock.h"
#include "os/host.h"
#include "os/pass.h"
#include "os/pty.h"
#include "os/sys.h"
#include <errno.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = 16384, SETTLE_MS = 1000 };

struct flow { /* bytes on their way */
	size_t at, n;
	bool over; /* no more come, or nobody takes them */
	uint8_t p[ROOM];
};

struct sitter {
	int leash, data, status;
	bool exited, let_go;
	int64_t until; /* ms: killed then, or it has said all; 0: no matter */
	struct pty pty;
	struct pty_groups groups;
	struct flow in, out; /* to the shell, from it */
};

/* ---- what it is asked ---- */

static const char default_path[] = "/usr/local/sbin:/usr/local/bin:"
				   "/usr/sbin:/usr/bin:/sbin:/bin";

struct words {
	char *args[KEEPER_ARGS], *env[KEEPER_ENV + 12];
	unsigned nargs, nenv;
	struct fmt room; /* of what is not in the request */
	char text[4096];
};

/* Has the environment that name, "HOME=", already? */
static bool has(const struct words *w, const char *name)
{
	for (unsigned i = 0; i < w->nenv; i++)
		if (text_begins(w->env[i], name))
			return true;
	return false;
}

/* What does not fit is left out. */
static void add(struct words *w, const char *name, const char *value)
{
	char *at = (char *)w->room.to.p + w->room.n;
	struct fmt f = w->room;

	if (!value || has(w, name))
		return;
	fmt_put(&f, "%s%s%c", name, value, 0);
	if (f.full)
		return;
	w->room = f;
	w->env[w->nenv++] = at;
}

static void add_usual(struct words *w, const struct sitter_home *at)
{
	static const struct {
		const char *name, *of;
	} kept[] = { { "LANG=", "LANG" },
		     { "LC_ALL=", "LC_ALL" },
		     { "LC_CTYPE=", "LC_CTYPE" },
		     { "TZ=", "TZ" } };
	const char *path = host_env("PATH");

	add(w, "PATH=", path ? path : default_path);
	add(w, "HOME=", at->home);
	add(w, "USER=", at->name);
	add(w, "LOGNAME=", at->name);
	for (size_t i = 0; i < COUNT(kept); i++)
		add(w, kept[i].name, host_env(kept[i].of));
}

/* The words stand there one after the other, each with its NUL. */
static void cut(struct words *w, struct cur *c, unsigned nargs)
{
	while (cur_left(c)) {
		struct bytes word = cur_until(c, '\0');
		char *text = (char *)(uintptr_t)word.p;

		if (w->nargs < nargs && w->nargs + 1 < COUNT(w->args))
			w->args[w->nargs++] = text;
		else if (w->nenv < KEEPER_ENV && bytes_have(word, '='))
			w->env[w->nenv++] = text;
	}
}

/* The whole request; the socket that the shell is to speak to; or -1. */
static int read_asked(int leash, struct span to, struct bytes *asked)
{
	size_t have = 0, all = SITTER_HEAD;
	int data = -1, fd;

	while (have < all) {
		long n = pass_recv(leash,
				   (struct span){ to.p + have, all - have },
				   &fd, true);

		if (n <= 0)
			return -1;
		data = fd >= 0 ? fd : data;
		have += (size_t)n;
		if (have < SITTER_HEAD)
			continue;
		all = (size_t)to.p[0] << 8 | to.p[1];
		if (all < SITTER_HEAD || all > to.n)
			return -1;
	}
	*asked = (struct bytes){ to.p, have };
	return data;
}

static void tell(const struct sitter *s, enum keeper_said what,
		 struct bytes text)
{
	uint8_t said[2 + 128];
	struct fmt f = fmt_to(SPAN(said));

	text.n = min_size(text.n, 128);
	fmt_put(&f, "%c%c", (int)what, (int)text.n);
	fmt_bytes(&f, text);
	if (pass_send(s->leash, fmt_done(&f), -1) < 0)
		return; /* nobody is there to hear it */
}

static void refuse(const struct sitter *s, const char *program, int rc)
{
	char text[128];
	struct fmt f = fmt_to(SPAN(text));

	fmt_put(&f, "%.*s: %s", 80, program ? program : "bash and sh",
		err_text(rc));
	tell(s, KEEPER_REFUSED, fmt_done(&f));
	_exit(1);
}

static void start(struct sitter *s, struct bytes asked,
		  const struct sitter_home *at)
{
	struct words w = { .nargs = 0 };
	struct cur c = cur_of(asked);
	struct pty_program what = { .args = w.args,
				    .env = w.env,
				    .home = at->home };
	unsigned nargs;
	int rc;

	w.room = fmt_to(SPAN(w.text));
	cur_u16(&c);
	what.rows = cur_u16(&c);
	what.columns = cur_u16(&c);
	nargs = cur_u8(&c);
	cut(&w, &c, nargs);
	add_usual(&w, at);
	rc = pty_start(&s->pty, &what);
	if (rc < 0)
		refuse(s, w.args[0], rc);
	tell(s, KEEPER_STARTED, (struct bytes){ NULL, 0 });
}

/* ---- bytes ---- */

static void fill(struct flow *f, int from)
{
	ssize_t n = read(from, f->p, sizeof f->p);

	f->at = 0;
	f->n = n > 0 ? (size_t)n : 0;
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		f->over = true;
}

static void drain(struct flow *f, int to)
{
	ssize_t n = write(to, f->p + f->at, f->n);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		f->over = true;
		n = (ssize_t)f->n;
	}
	f->at += (size_t)n;
	f->n -= (size_t)n;
}

/* ---- what happens ---- */

/* Who is told to hang up may be stopped. */
static void let_go(struct sitter *s)
{
	if (s->let_go)
		return;
	s->let_go = true;
	s->groups = pty_groups(&s->pty);
	s->until = clock_ms() + KEEPER_GRACE_MS;
	pty_signal(&s->groups, SIGHUP);
	pty_signal(&s->groups, SIGCONT);
	close(s->pty.fd);
}

/* Sizes may come together; the last one counts. -1: it has been let go. */
static int hear_leash(struct sitter *s)
{
	uint8_t size[64 * SITTER_SIZE];
	ssize_t n = recv(s->leash, size, sizeof size, MSG_PEEK);
	uint16_t rows;
	struct cur c;

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		return -1;
	n -= n < 0 ? n : n % SITTER_SIZE;
	if (n == 0 || recv(s->leash, size, (size_t)n, 0) != n)
		return 0;
	c = cur_of((struct bytes){ size + n - SITTER_SIZE, SITTER_SIZE });
	rows = cur_u16(&c);
	if (!s->exited)
		pty_resize(&s->pty, rows, cur_u16(&c));
	return 0;
}

static void reap(struct sitter *s)
{
	int status;

	if (s->exited || waitpid(s->pty.pid, &status, WNOHANG) != s->pty.pid)
		return;
	s->exited = true;
	s->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
					: WEXITSTATUS(status);
	if (!s->let_go)
		s->until = clock_ms() + SETTLE_MS;
}

/* Somebody else may hold the terminal open when the shell has ended. */
static bool is_over(struct sitter *s)
{
	bool late = s->until && clock_ms() >= s->until;

	if (s->let_go && late)
		pty_signal(&s->groups, SIGKILL);
	if (s->let_go)
		return s->exited && (late || !pty_signal(&s->groups, 0));
	if (s->exited && late)
		s->out.over = true;
	return s->exited && s->out.over && s->out.n == 0;
}

/* ---- waiting ---- */

struct waits {
	fd_set in, out;
	int most;
};

static void want(struct waits *w, fd_set *set, int fd, bool wanted)
{
	if (!wanted || fd >= FD_SETSIZE)
		return;
	FD_SET((unsigned)fd, set);
	w->most = fd > w->most ? fd : w->most;
}

/* Not every libc's macro takes a descriptor for what it is. */
static bool is_set(int fd, const fd_set *set)
{
	return FD_ISSET((unsigned)fd, set);
}

static struct waits waits_of(struct sitter *s)
{
	struct waits w = { .most = 0 };

	FD_ZERO(&w.in);
	FD_ZERO(&w.out);
	if (s->let_go)
		return w;
	want(&w, &w.in, s->leash, true);
	want(&w, &w.in, s->data, !s->in.n && !s->in.over);
	want(&w, &w.out, s->pty.fd, s->in.n > 0);
	want(&w, &w.in, s->pty.fd, !s->out.n && !s->out.over);
	want(&w, &w.out, s->data, s->out.n > 0);
	return w;
}

/* The end of a child is heard here and nowhere else. */
static bool wait_for(struct sitter *s, struct waits *w)
{
	struct timespec at_most = { 0, 100 * 1000 * 1000 };
	sigset_t none;

	sigemptyset(&none);
	return pselect(w->most + 1, &w->in, &w->out, NULL,
		       s->until ? &at_most : NULL, &none) > 0;
}

static void move(struct sitter *s, const struct waits *w)
{
	if (is_set(s->pty.fd, &w->out))
		drain(&s->in, s->pty.fd);
	if (is_set(s->data, &w->out))
		drain(&s->out, s->data);
	if (is_set(s->data, &w->in))
		fill(&s->in, s->data);
	if (!is_set(s->pty.fd, &w->in))
		return;
	fill(&s->out, s->pty.fd);
	if (s->exited)
		s->until = clock_ms() + SETTLE_MS;
}

static void turn(struct sitter *s, const struct waits *w)
{
	bool asked = is_set(s->leash, &w->in);

	move(s, w);
	if (asked && hear_leash(s) < 0)
		let_go(s);
	if (s->in.over)
		let_go(s);
}

static void caught(int number)
{
	(void)number; /* it ends the wait, and that is all */
}

static void hear_children(void)
{
	struct sigaction act = { .sa_handler = caught };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t child;

	sigemptyset(&act.sa_mask);
	sigemptyset(&ignore.sa_mask);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	sigaction(SIGCHLD, &act, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

/* ---- life ---- */

/* Until who has the other ends has heard it all: what he still types must not
 * break the socket, and with it what he has not read.
 */
static void say_exit(struct sitter *s)
{
	uint8_t status = (uint8_t)s->status;
	struct waits w = { .most = 0 };

	s->until = 0;
	shutdown(s->data, SHUT_WR);
	tell(s, KEEPER_EXITED, (struct bytes){ &status, 1 });
	while (hear_leash(s) == 0) {
		FD_ZERO(&w.in);
		FD_ZERO(&w.out);
		want(&w, &w.in, s->leash, true);
		want(&w, &w.in, s->data, !s->in.over);
		if (wait_for(s, &w) && is_set(s->data, &w.in))
			fill(&s->in, s->data);
	}
}

void sitter_run(int leash, const struct sitter_home *at)
{
	uint8_t room[SITTER_ASKED + 1];
	struct sitter s = { .leash = leash };
	struct bytes asked;
	struct waits w;

	hear_children();
	s.data = read_asked(leash, SPAN(room), &asked);
	if (s.data < 0 || sys_own(s.data) < 0 || sys_own(leash) < 0)
		_exit(1);
	start(&s, asked, at);
	while (!is_over(&s)) {
		w = waits_of(&s);
		if (wait_for(&s, &w))
			turn(&s, &w);
		reap(&s);
	}
	if (!s.let_go)
		say_exit(&s);
	_exit(0);
}
