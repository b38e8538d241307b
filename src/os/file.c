#include "os/native.h"
#include "os/file.h"
#include "base/fmt.h"
#include "os/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <stdio.h>
#include <unistd.h>

enum { PATH_LENGTH = 1024 };

static long read_all(int fd, struct span to)
{
	size_t have = 0;

	for (;;) {
		uint8_t beyond;
		bool whole = have == to.n;
		ssize_t n = whole ? read(fd, &beyond, 1)
				  : read(fd, to.p + have, to.n - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return sys_err();
		if (n == 0)
			return (long)have;
		if (whole)
			return -NAT_EROOM;
		have += (size_t)n;
	}
}

static long read_file(const char *path, struct span to, mode_t refuse)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	long n;

	if (fd < 0)
		return sys_err();
	if (fstat(fd, &st) < 0)
		n = sys_err();
	else if (st.st_mode & refuse)
		n = -NAT_EINVAL;
	else
		n = read_all(fd, to);
	close(fd);
	return n;
}

long file_read(const char *path, struct span to)
{
	return read_file(path, to, 0);
}

long file_read_secret(const char *path, struct span to)
{
	return read_file(path, to, S_IRWXG | S_IRWXO);
}

int file_put(int fd, struct bytes b)
{
	while (b.n) {
		ssize_t n = write(fd, b.p, b.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return sys_err();
		b.p += n;
		b.n -= (size_t)n;
	}
	return 0;
}

static int replace(const char *path, struct bytes b, mode_t mode)
{
	char fresh[PATH_LENGTH];
	struct fmt f = fmt_to(SPAN(fresh));
	int fd, rc;

	fmt_put(&f, "%s.new", path);
	if (f.full || f.n == sizeof fresh)
		return -NAT_EINVAL;
	fmt_text(&f);
	unlink(fresh);
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return sys_err();
	rc = file_put(fd, b);
	if (rc == 0 && fsync(fd) < 0)
		rc = sys_err();
	close(fd);
	if (rc == 0 && rename(fresh, path) < 0)
		rc = sys_err();
	if (rc < 0)
		unlink(fresh);
	return rc;
}

int file_write_secret(const char *path, struct bytes b)
{
	return replace(path, b, 0600);
}

int file_write(const char *path, struct bytes b)
{
	return replace(path, b, 0644);
}

int file_lock(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int rc;

	if (fd < 0)
		return sys_err();
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	rc = sys_err();
	close(fd);
	return rc == -NAT_EAGAIN ? -NAT_EINUSE : rc;
}

void file_unlock(int fd)
{
	close(fd);
}

long file_load(int fd, struct span to)
{
	return lseek(fd, 0, SEEK_SET) < 0 ? sys_err() : read_all(fd, to);
}

int file_store(int fd, struct bytes b)
{
	off_t end = (off_t)b.n;
	int rc = lseek(fd, 0, SEEK_SET) < 0 ? sys_err() : file_put(fd, b);

	return rc == 0 && ftruncate(fd, end) < 0 ? sys_err() : rc;
}

bool file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

struct file_stamp file_stamp(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return (struct file_stamp){ .inode = 0 };
	return (struct file_stamp)
	{
		.seconds = st.st_mtime,
#if !defined(__APPLE__)
		.nanoseconds = st.st_mtim.tv_nsec,
#endif
		.inode = st.st_ino, .size = (uint64_t)st.st_size,
	};
}
