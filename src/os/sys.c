#include "os/sys.h"
#include "base/span.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static const struct {
	int sys, nat;
} rows[] = {
	{ EAGAIN, NAT_EAGAIN },        { EINTR, NAT_EAGAIN },
	{ EINPROGRESS, NAT_EAGAIN },   { ECONNREFUSED, NAT_EREFUSED },
	{ ECONNRESET, NAT_ERESET },    { EPIPE, NAT_ERESET },
	{ ECONNABORTED, NAT_ERESET },  { ETIMEDOUT, NAT_ETIMEOUT },
	{ ENETUNREACH, NAT_EUNREACH }, { EHOSTUNREACH, NAT_EUNREACH },
	{ ENETDOWN, NAT_EUNREACH },    { EADDRINUSE, NAT_EINUSE },
	{ EADDRNOTAVAIL, NAT_EADDR },  { EACCES, NAT_EACCESS },
	{ EPERM, NAT_EACCESS },        { EROFS, NAT_EACCESS },
	{ ENOENT, NAT_ENOENT },        { ENOTDIR, NAT_ENOENT },
	{ EMFILE, NAT_EFILES },        { ENFILE, NAT_EFILES },
	{ ENOMEM, NAT_EMEMORY },       { ENOBUFS, NAT_EMEMORY },
	{ EAFNOSUPPORT, NAT_ENOTSUP }, { ENOSYS, NAT_ENOTSUP },
	{ EINVAL, NAT_EINVAL },        { ENAMETOOLONG, NAT_EINVAL },
};

int sys_err(void)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].sys == errno)
			return -rows[i].nat;
	return -NAT_EIO;
}

int sys_own(int fd)
{
	int flags = fd < 0 ? -1 : fcntl(fd, F_GETFL), rc;

	if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) >= 0 &&
	    fcntl(fd, F_SETFD, FD_CLOEXEC) >= 0)
		return fd;
	rc = sys_err();
	if (fd >= 0)
		close(fd);
	return rc;
}

int sys_own_pipe(int ends[2])
{
	int in = sys_own(ends[0]), out = sys_own(ends[1]);

	if (in >= 0 && out < 0)
		close(in);
	if (out >= 0 && in < 0)
		close(out);
	if (in < 0 || out < 0)
		ends[0] = ends[1] = -1;
	return in < 0 ? in : out < 0 ? out : 0;
}
