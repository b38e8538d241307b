#include "os/native.h"
#include "os/pass.h"
#include "os/sys.h"
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

union control { /* room for one descriptor, aligned as the system wants it */
	struct cmsghdr head;
	uint8_t room[CMSG_SPACE(sizeof(int))];
};

static void put_beside(struct msghdr *m, union control *c, int fd)
{
	struct cmsghdr *head;

	memset(c, 0, sizeof *c);
	m->msg_control = c;
	m->msg_controllen = sizeof c->room;
	head = CMSG_FIRSTHDR(m);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(head), &fd, sizeof fd);
}

int pass_send(int at, struct bytes b, int fd)
{
	struct iovec v = { (void *)(uintptr_t)b.p, b.n };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	union control c;
	ssize_t n;

	if (fd >= 0)
		put_beside(&m, &c, fd);
	n = sendmsg(at, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0)
		return sys_err();
	return (size_t)n == b.n ? 0 : -NAT_EIO;
}

static int taken_from(struct msghdr *m)
{
	struct cmsghdr *head = CMSG_FIRSTHDR(m);
	int fd;

	if (!head || head->cmsg_level != SOL_SOCKET ||
	    head->cmsg_type != SCM_RIGHTS ||
	    head->cmsg_len != CMSG_LEN(sizeof fd))
		return -1;
	memcpy(&fd, CMSG_DATA(head), sizeof fd);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

long pass_recv(int at, struct span to, int *fd, bool wait)
{
	struct iovec v = { to.p, to.n };
	union control c;
	struct msghdr m = { .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = &c,
			    .msg_controllen = sizeof c.room };
	ssize_t n = recvmsg(at, &m, wait ? 0 : MSG_DONTWAIT);

	*fd = n < 0 ? -1 : taken_from(&m);
	return n < 0 ? sys_err() : n;
}
