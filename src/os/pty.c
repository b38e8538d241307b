#include "os/native.h"
#include "os/pty.h"
#include "base/cur.h"
#include "base/fmt.h"
#include "os/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

void pty_resize(const struct pty *p, uint16_t rows, uint16_t columns)
{
	struct winsize size = { .ws_row = rows, .ws_col = columns };

	ioctl(p->fd, TIOCSWINSZ, &size);
}

/* ---- in the child ---- */

static const int defaults[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE,
				SIGTERM, SIGUSR1, SIGCHLD, SIGTSTP,
				SIGTTIN, SIGTTOU, SIGXFSZ };

static void plain_signals(void)
{
	struct sigaction plain = { .sa_handler = SIG_DFL };
	sigset_t none;

	sigemptyset(&plain.sa_mask);
	sigemptyset(&none);
	for (size_t i = 0; i < COUNT(defaults); i++)
		sigaction(defaults[i], &plain, NULL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The one that is opened first by who leads a session is his, on some systems. */
static int take_terminal(const char *name)
{
	int fd;

	if (setsid() < 0)
		return -1;
	fd = open(name, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0)
		return -1;
	for (int as = 0; as <= 2; as++)
		if (dup2(fd, as) < 0)
			return -1;
	return fd > 2 ? close(fd) : 0;
}

static struct bytes path_of(char *const *env)
{
	for (; *env; env++)
		if (text_begins(*env, "PATH="))
			return bytes_of(*env + strlen("PATH="));
	return BYTES("/usr/bin:/bin");
}

/* As execvp, in the PATH that the program gets. */
static void execute(const char *name, char *const *args, char *const *env)
{
	struct cur dirs = cur_of(path_of(env));
	char path[1024];
	int why = ENOENT;

	if (strchr(name, '/')) {
		execve(name, args, env);
		return;
	}
	while (cur_left(&dirs)) {
		struct fmt f = fmt_to(SPAN(path));

		fmt_bytes(&f, cur_until(&dirs, ':'));
		fmt_put(&f, "/%s", name);
		execve(fmt_text(&f), args, env);
		why = errno == EACCES ? EACCES : why;
	}
	errno = why;
}

static void run(const struct pty_program *what)
{
	char bash[] = "bash", sh[] = "sh", *shell[] = { bash, NULL };

	if (what->args[0]) {
		execute(what->args[0], what->args, what->env);
		return;
	}
	execute(bash, shell, what->env);
	shell[0] = sh;
	execute(sh, shell, what->env);
}

/* Who is watched over by nobody ends. */
static void die_with_parent(void)
{
#if defined(__linux__)
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
#endif
}

/* Does not come back; why it could not goes into the pipe. */
static void become(const struct pty_program *what, const char *name, int tell)
{
	int rc;

	plain_signals();
	umask(S_IWGRP | S_IWOTH);
	die_with_parent();
	if (take_terminal(name) == 0) {
		if (!what->home || chdir(what->home) < 0)
			rc = chdir("/");
		run(what);
	}
	rc = sys_err();
	if (write(tell, &rc, sizeof rc) == sizeof rc)
		_exit(126);
	_exit(127);
}

/* ---- in the parent ---- */

/* The side that is ours; *name is that of the other one. */
static int open_side(const char **name)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY), rc;

	if (fd < 0)
		return sys_err();
	if (grantpt(fd) == 0 && unlockpt(fd) == 0 &&
	    (*name = ptsname(fd)) != NULL)
		return sys_own(fd);
	rc = sys_err();
	close(fd);
	return rc;
}

/* The pipe ends without a word when the program runs. */
static int hear(int from, int pid)
{
	int said = 0;
	ssize_t n;

	do
		n = read(from, &said, sizeof said);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return 0;
	waitpid(pid, NULL, 0);
	return n == sizeof said && said < 0 ? said : -NAT_EIO;
}

static int start(struct pty *p, const struct pty_program *what,
		 const char *name, const int ends[2])
{
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	p->pid = fork();
	if (p->pid == 0)
		become(what, name, ends[1]);
	if (p->pid < 0)
		return sys_err();
	close(ends[1]);
	return hear(ends[0], p->pid);
}

int pty_start(struct pty *p, const struct pty_program *what)
{
	const char *name = NULL;
	int ends[2], rc;

	p->fd = open_side(&name);
	if (p->fd < 0)
		return p->fd;
	pty_resize(p, what->rows, what->columns);
	if (pipe(ends) < 0) {
		rc = sys_err();
	} else {
		rc = start(p, what, name, ends);
		close(ends[0]);
		if (p->pid < 0)
			close(ends[1]);
	}
	if (rc < 0)
		close(p->fd);
	return rc;
}

/* ---- groups ---- */

struct pty_groups pty_groups(const struct pty *p)
{
	struct pty_groups g = { { p->pid, 0 } };
	pid_t front;

	if (ioctl(p->fd, TIOCGPGRP, &front) == 0 && front > 1 &&
	    front != p->pid)
		g.all[1] = (int)front;
	return g;
}

bool pty_signal(const struct pty_groups *g, int number)
{
	bool any = false;

	for (size_t i = 0; i < COUNT(g->all); i++)
		if (g->all[i] > 1 && kill(-g->all[i], number) == 0)
			any = true;
	return any;
}
