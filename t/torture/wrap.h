/* wrap - the system calls of src/os, made to fail on demand.
 *
 * `ld -r --wrap` binds what the objects of src/os call to the functions of
 * wrap.c; nobody else's calls are touched, and src/ knows nothing of it. A plan
 * names a call, which one of them fails first, how many in a row, and how:
 * errno, or WRAP_SHORT where fewer bytes are moved than asked (one), or WRAP_KILL:
 * the process is killed there, as by kill -9. What gives something back (close, closedir, munmap) does so before it reports failure.
 *
 * A process reads its plan from NAT_TORTURE=CALL[@PATH]:AT:TIMES:ERRNO and writes
 * to the file NAT_TORTURE_LOG: a line for each failure ("hit CALL"), at its end for
 * each descriptor it has left open ("fd N WHERE") and for memory it has left
 * mapped ("mapped BYTES"), and with NAT_TORTURE_COUNT=1 a line for each call
 * ("call CALL@PATH"). PATH, in hex, is the way by which the program has come to
 * the call; only calls by that one count then. A unit test sets the plan itself.
 */
#ifndef NAT_T_TORTURE_WRAP_H
#define NAT_T_TORTURE_WRAP_H

#include <stddef.h>

enum { WRAP_SHORT = 0, WRAP_KILL = -9 };

/* Calls from now on; the first of them is 1. call "" ends the plan. */
void wrap_plan(const char *call, unsigned at, unsigned times, int error);

/* How many calls the plan has seen, and how many it has made to fail. */
unsigned wrap_seen(void);
unsigned wrap_hits(void);

/* Bytes that src/os has mapped and not given back. */
size_t wrap_mapped(void);

#endif
