/* spool - a file that grows at its end, is synced now and then, and is replaced as
 * a whole when it has grown too long. Written at places that the owner counts, so
 * that what has failed half-way is written over.
 */
#ifndef NAT_OS_SPOOL_H
#define NAT_OS_SPOOL_H

#include "base/err.h"
#include "base/span.h"

/* Made with mode 0600 if need be; -NAT_EINUSE: another process has it. Fresh: it
 * is emptied.
 */
MUST_USE int spool_open(const char *path, bool fresh);
void spool_close(int fd);

/* The next bytes from its beginning on; 0: its end. Blocks. */
MUST_USE long spool_read(int fd, struct span to);

/* All of b at that place, into the memory of the system; 0, or an error with any
 * part of it written.
 */
MUST_USE int spool_write(int fd, uint64_t at, struct bytes b);
MUST_USE int spool_cut(int fd, uint64_t at);

/* Has the system begin to write to the disk, and waits for nothing; a system that
 * has no such call is left alone.
 */
void spool_hurry(int fd);
/* Waits until all is on the disk: not long for what was hurried a while ago. */
MUST_USE int spool_sync(int fd);

/* to is replaced; 0, or an error and nothing has changed. */
MUST_USE int spool_rename(const char *from, const char *to);
void spool_remove(const char *path);

#endif
