/* sock - sockets, non-blocking and close-on-exec, every one; errno stops here. */
#ifndef NAT_OS_SOCK_H
#define NAT_OS_SOCK_H

#include "base/addr.h"

/* A listening socket, or an error. An IPv6 wildcard serves IPv4 too. */
MUST_USE int sock_listen(const struct addr *at);

/* The next connection, tuned; -NAT_EAGAIN when there is none, -NAT_EFILES when out of
 * descriptors, -NAT_ERESET for one that is gone again.
 */
MUST_USE int sock_accept(int fd, struct addr *from);

/* A socket on its way to `to`: writable once sock_connected can tell. From as, which
 * is somebody else's address (borrow.h); NULL: from our own.
 */
MUST_USE int sock_connect_as(const struct addr *to, const struct addr *as);
MUST_USE static inline int sock_connect(const struct addr *to)
{
	return sock_connect_as(to, NULL);
}
MUST_USE int sock_connected(int fd); /* 0, or why not */

/* The scope of that network device, 0 when there is none of that name. */
uint32_t sock_scope(struct bytes device);

/* Bytes received > 0, 0 at the end of the stream, -NAT_EAGAIN, or an error. */
MUST_USE long sock_recv(int fd, struct span to);
/* Bytes sent > 0, -NAT_EAGAIN, or an error; never SIGPIPE. */
MUST_USE long sock_send(int fd, struct bytes b);

/* Bytes moved > 0 from one to the other, of which one is a pipe; 0 at the end of
 * the stream, -NAT_EAGAIN, -NAT_ENOTSUP where there is no splice(2) for this
 * pair, or an error.
 */
MUST_USE long sock_splice(int from, int to, size_t n);
/* Two ends of a pipe that holds size bytes (about), or an error: ends are -1 then,
 * or as they were.
 */
MUST_USE int sock_pipe(int ends[2], size_t size);

void sock_finish(int fd);            /* sends FIN */
void sock_close(int fd, bool reset); /* with a reset instead of a FIN if so */
void sock_tune(int fd);              /* NODELAY, keepalive 20/8/3 */
void sock_user_timeout(int fd, unsigned ms); /* give up unacknowledged data */

/* Bytes sent but not yet acknowledged; -NAT_ENOTSUP where nobody can tell. */
MUST_USE long sock_unacked(int fd);

/* Where fd is bound; the peer it is connected to. */
MUST_USE int sock_here(int fd, struct addr *a);
MUST_USE int sock_there(int fd, struct addr *a);

/* The address from which this machine would talk to the internet. No packet is
 * sent. -NAT_EUNREACH without a route.
 */
MUST_USE int sock_own_addr(struct addr *a);

/* A descriptor that leads nowhere: kept to be closed in need, or to hold a number. */
MUST_USE int sock_spare(void);

/* Raises the limit of open descriptors to that many, or as far as it goes; what
 * it is now.
 */
int sock_raise_fds(size_t wanted);

#endif
