#include "os/trail.h"
#include "base/fmt.h"
#include "os/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LENGTH = 1024 };

/* O_NONBLOCK: a FIFO without a reader is an error, with one nothing waits. */
static int open_file(struct trail *t)
{
	int fd = open(t->path,
		      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY |
			      O_NONBLOCK,
		      0640);
	off_t size;

	if (fd < 0)
		return sys_err();
	size = lseek(fd, 0, SEEK_END);
	t->size = size > 0 ? (uint64_t)size : 0;
	return fd;
}

static int replace(struct trail *t)
{
	int fd = open_file(t);

	if (fd < 0)
		return fd;
	trail_close(t);
	t->fd = fd;
	t->runs = true;
	t->torn = false;
	return 0;
}

int trail_open(struct trail *t, const char *path)
{
	t->path = path;
	return replace(t);
}

int trail_reopen(struct trail *t)
{
	return replace(t);
}

void trail_close(struct trail *t)
{
	if (t->runs)
		close(t->fd);
	t->runs = false;
}

/* ---- making way ---- */

/* FILE, FILE.1, FILE.2. False: the name is too long. */
static bool name_of(char to[PATH_LENGTH], const char *path, uint32_t n)
{
	struct fmt f = fmt_to((struct span){ (uint8_t *)to, PATH_LENGTH });

	fmt_put(&f, "%s", path);
	if (n > 0)
		fmt_put(&f, ".%u", (unsigned)n);
	if (f.full || f.n == PATH_LENGTH)
		return false;
	fmt_text(&f);
	return true;
}

static int move_on(const char *path, uint32_t n)
{
	char from[PATH_LENGTH], to[PATH_LENGTH];

	if (!name_of(from, path, n) || !name_of(to, path, n + 1))
		return -NAT_EINVAL;
	return rename(from, to) < 0 && errno != ENOENT ? sys_err() : 0;
}

static int make_way(struct trail *t, uint32_t keep)
{
	int rc = 0;

	for (uint32_t n = keep; rc == 0 && n > 0; n--)
		rc = move_on(t->path, n - 1);
	if (keep == 0 && unlink(t->path) < 0)
		rc = sys_err();
	return rc < 0 ? rc : replace(t);
}

/* ---- writing ---- */

/* What is taken at once. */
static size_t put(struct trail *t, struct bytes b)
{
	ssize_t n;

	do
		n = write(t->fd, b.p, b.n);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		t->size += (uint64_t)n;
	return n < 0 ? 0 : (size_t)n;
}

int trail_put(struct trail *t, const struct trail_limits *limits,
	      struct bytes lines, int *rotated)
{
	size_t n;

	*rotated = 0;
	if (limits->size && t->size && t->size + lines.n > limits->size)
		*rotated = make_way(t, limits->keep);
	if (*rotated < 0)
		t->size = 0; /* not tried again before as much has come */
	if (t->torn)
		t->torn = put(t, BYTES("\n")) == 0;
	if (t->torn)
		return -NAT_EIO;
	n = put(t, lines);
	t->torn = n > 0 && lines.p[n - 1] != '\n';
	return n == lines.n ? 0 : -NAT_EIO;
}
