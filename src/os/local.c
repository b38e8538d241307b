#include "os/native.h"
#include "os/local.h"
#include "os/sockaddr.h"
#include "os/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

enum { BACKLOG = 16 };

static int open_local(struct sockaddr_storage *sa, socklen_t *n,
		      const char *path)
{
	const struct addr at = { .family = ADDR_UNIX, .path = path };
	int fd;

	*n = sockaddr_of(sa, &at);
	if (*n == 0)
		return -NAT_EINVAL;
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	return fd < 0 ? sys_err() : fd;
}

/* Nobody listens there. */
static bool is_stale(const struct sockaddr_storage *sa, socklen_t n)
{
	int fd = sys_own(socket(AF_UNIX, SOCK_STREAM, 0));
	bool refused;

	if (fd < 0)
		return false;
	refused = connect(fd, (const struct sockaddr *)sa, n) < 0 &&
		  errno == ECONNREFUSED;
	close(fd);
	return refused;
}

/* 0: the place is free now. */
static int make_way(const char *path, const struct sockaddr_storage *sa,
		    socklen_t n)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : sys_err();
	if (!S_ISSOCK(st.st_mode))
		return -NAT_EINVAL;
	if (!is_stale(sa, n))
		return -NAT_EINUSE;
	return unlink(path) < 0 ? sys_err() : 0;
}

/* Nobody else may connect from its first moment on. */
static int bind_private(int fd, const struct sockaddr_storage *sa, socklen_t n)
{
	mode_t before = umask(0177);
	int rc = bind(fd, (const struct sockaddr *)sa, n);

	umask(before);
	if (rc == 0)
		rc = listen(fd, BACKLOG);
	return rc < 0 ? sys_err() : 0;
}

static int note_file(const char *path, struct local_file *file)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return sys_err();
	*file = (struct local_file){ (uint64_t)st.st_dev, (uint64_t)st.st_ino };
	return 0;
}

int local_listen(const char *path, struct local_file *file)
{
	struct sockaddr_storage sa;
	socklen_t n;
	int fd = open_local(&sa, &n, path), rc;

	if (fd >= 0)
		fd = sys_own(fd);
	if (fd < 0)
		return fd;
	rc = make_way(path, &sa, n);
	if (rc == 0)
		rc = bind_private(fd, &sa, n);
	if (rc == 0)
		rc = note_file(path, file);
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}

void local_note(const char *path, struct local_file *file)
{
	if (note_file(path, file) < 0)
		*file = (struct local_file){ 0, 0 };
}

void local_remove(const char *path, const struct local_file *file)
{
	struct local_file now = { 0, 0 };

	if (note_file(path, &now) == 0 && now.device == file->device &&
	    now.inode == file->inode)
		unlink(path);
}

static int peer_of(int fd, uid_t *uid)
{
#if defined(SO_PEERCRED) && defined(__linux__)
	struct ucred who;
	socklen_t n = sizeof who;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) < 0)
		return sys_err();
	*uid = who.uid;
	return 0;
#else
	gid_t gid;

	return getpeereid(fd, uid, &gid) < 0 ? sys_err() : 0;
#endif
}

bool local_trusted(int fd)
{
	uid_t uid = (uid_t)-1;

	return peer_of(fd, &uid) == 0 && (uid == 0 || uid == geteuid());
}

int local_connect(const char *path, int64_t ms)
{
	const struct timeval most = { .tv_sec = (time_t)(ms / 1000),
				      .tv_usec =
					      (suseconds_t)(ms % 1000 * 1000) };
	struct sockaddr_storage sa;
	socklen_t n;
	int fd = open_local(&sa, &n, path), rc = 0;

	if (fd < 0)
		return fd;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most) < 0 ||
	    connect(fd, (const struct sockaddr *)&sa, n) < 0)
		rc = sys_err();
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}
