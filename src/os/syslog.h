/* syslog - lines to the system's log daemon, without waiting for it.
 *
 * A datagram of RFC 3164: "<PRI>nat[PID]: text", facility daemon. It carries no
 * time: those of the field say local time without a zone, every daemon notes when
 * the line came, and section 4.3.2 has it so.
 */
#ifndef NAT_OS_SYSLOG_H
#define NAT_OS_SYSLOG_H

#include "base/err.h"
#include "base/log.h"

#define SYSLOG_PATH "/dev/log"

/* A socket whose other end is the daemon at path, or an error. */
MUST_USE int syslog_open(const char *path);

/* One line, at most LOG_LINE and a time long. -NAT_EAGAIN: the daemon is behind;
 * another error: it is gone, and so is what it had not read.
 */
MUST_USE int syslog_put(int fd, enum log_level level, struct bytes text);

#endif
