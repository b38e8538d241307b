/* pass - descriptors from process to process, beside bytes on a unix socket. */
#ifndef NAT_OS_PASS_H
#define NAT_OS_PASS_H

#include "base/err.h"
#include "base/span.h"

/* Sends all of b (at most PASS_MOST bytes), with fd beside it if that is not -1,
 * and never waits. 0; -NAT_EAGAIN: nothing was sent; -NAT_EIO: not all was, so that
 * nothing more can be said; or another error.
 */
enum { PASS_MOST = 24 * 1024 };
MUST_USE int pass_send(int at, struct bytes b, int fd);

/* Bytes received > 0, 0 at the end, -NAT_EAGAIN or an error. *fd: what came beside
 * them, close-on-exec, or -1. wait: as long as the socket does; else not at all.
 */
MUST_USE long pass_recv(int at, struct span to, int *fd, bool wait);

#endif
