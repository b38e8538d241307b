#include "os/native.h"
#include "os/listing.h"
#include "os/sys.h"
#include <fcntl.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#else
#include <dirent.h>
#include <errno.h>
#endif

#if defined(__linux__)

/* A row of getdents64(2), its name behind it: readdir wants a heap. */
struct row {
	uint64_t inode, next;
	uint16_t size;
	uint8_t type;
};
enum { ROW_NAME = 19 };

int listing_open(struct listing *l, const char *path)
{
	*l = (struct listing){ .at = 0 };
	l->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return l->fd < 0 ? sys_err() : 0;
}

static bool more(struct listing *l)
{
	long n = syscall(SYS_getdents64, l->fd, l->rows, sizeof l->rows);

	l->at = 0;
	l->n = n > 0 ? (size_t)n : 0;
	l->err = n < 0 ? sys_err() : 0;
	return n > 0;
}

static const char *next(struct listing *l)
{
	const uint8_t *p = (const uint8_t *)l->rows + l->at;
	struct row row;

	if (l->at == l->n)
		return more(l) ? next(l) : NULL;
	memcpy(&row, p, sizeof row);
	l->at += row.size;
	return (const char *)p + ROW_NAME;
}

int listing_close(struct listing *l)
{
	close(l->fd);
	return l->err;
}

#else

int listing_open(struct listing *l, const char *path)
{
	*l = (struct listing){ .dir = opendir(path) };
	return l->dir ? 0 : sys_err();
}

static const char *next(struct listing *l)
{
	struct dirent *row;

	errno = 0;
	row = readdir(l->dir);
	l->err = !row && errno ? sys_err() : 0;
	return row ? row->d_name : NULL;
}

int listing_close(struct listing *l)
{
	closedir(l->dir);
	return l->err;
}

#endif

const char *listing_next(struct listing *l)
{
	const char *name;

	do
		name = next(l);
	while (name && name[0] == '.');
	return name;
}
