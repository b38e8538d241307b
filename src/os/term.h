/* term - the terminal that standard input is: raw while somebody else's is shown
 * in it, and as it was after, however the process ends but by KILL.
 */
#ifndef NAT_OS_TERM_H
#define NAT_OS_TERM_H

#include "os/console.h"
#include "os/loop.h"

struct term { /* fields are private to term.c but for raw */
	struct io io;
	void (*resized)(struct term *t);
	bool raw;
};

/* Makes it raw, if standard input is a terminal; resized is told from the loop when
 * its size has changed, or whoever was stopped goes on. One in a process. On
 * failure the terminal is as it was.
 */
MUST_USE int term_start(struct term *t, struct loop *l,
			void (*resized)(struct term *t));
void term_stop(struct term *t);

/* Of the terminal that standard input is, or output; 0 rows: there is none. */
struct console_size term_size(void);

#endif
