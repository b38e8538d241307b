/* backend - what a way of waiting provides to loop.c; nobody else includes it. */
#ifndef NAT_OS_BACKEND_H
#define NAT_OS_BACKEND_H

#include "os/loop.h"

MUST_USE int backend_open(struct loop *l, int most_fd);
void backend_close(struct loop *l);

/* Makes the kernel's interest in io->fd what io->want says; io->armed says what
 * it is now, io->moved that it must learn the handle anew. 0, or an error: to be
 * tried again; then the kernel knows what it knew or, io->armed 0, nothing.
 */
MUST_USE int backend_arm(struct loop *l, struct io *io);

/* Waits at most ms (-1: for ever), fills l->batch, what and nbatch with events
 * as what | the kernel's errors spread over what is armed. 0 or an error.
 */
MUST_USE int backend_wait(struct loop *l, int ms);

#endif
