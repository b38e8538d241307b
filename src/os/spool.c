#include "os/native.h"
#include "os/spool.h"
#include "os/file.h"
#include "os/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

int spool_open(const char *path, bool fresh)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int rc = 0;

	if (fd < 0)
		return sys_err();
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		rc = errno == EWOULDBLOCK ? -NAT_EINUSE : sys_err();
	if (rc == 0 && fresh)
		rc = spool_cut(fd, 0);
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}

void spool_close(int fd)
{
	close(fd);
}

long spool_read(int fd, struct span to)
{
	ssize_t n;

	do
		n = read(fd, to.p, to.n);
	while (n < 0 && errno == EINTR);
	return n < 0 ? sys_err() : (long)n;
}

int spool_write(int fd, uint64_t at, struct bytes b)
{
	if (lseek(fd, (off_t)at, SEEK_SET) < 0)
		return sys_err();
	return file_put(fd, b);
}

int spool_cut(int fd, uint64_t at)
{
	int rc;

	do
		rc = ftruncate(fd, (off_t)at);
	while (rc < 0 && errno == EINTR);
	return rc < 0 ? sys_err() : 0;
}

void spool_hurry(int fd)
{
#if defined(SYNC_FILE_RANGE_WRITE)
	/* It only makes the sync to come shorter. */
	if (sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE) < 0)
		return;
#endif
	(void)fd;
}

int spool_sync(int fd)
{
	return fdatasync(fd) < 0 ? sys_err() : 0;
}

int spool_rename(const char *from, const char *to)
{
	return rename(from, to) < 0 ? sys_err() : 0;
}

void spool_remove(const char *path)
{
	unlink(path);
}
