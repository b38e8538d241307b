/* sockaddr - between struct addr and what the kernel takes; for os/ alone. */
#ifndef NAT_OS_SOCKADDR_H
#define NAT_OS_SOCKADDR_H

#include "base/addr.h"
#include <sys/socket.h>

/* The length of *to, or 0: a has no address, or a path that is too long. */
socklen_t sockaddr_of(struct sockaddr_storage *to, const struct addr *a);

/* As bind(2), errno included; between user_become and user_settle a low port is
 * opened as root.
 */
int sockaddr_bind(int fd, const struct sockaddr_storage *at, socklen_t n);

/* Other families than IP become ADDR_NONE, unix sockets without their path. */
void addr_of(struct addr *a, const struct sockaddr_storage *from);

#endif
