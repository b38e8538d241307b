/* signal - signals as events of the loop. */
#ifndef NAT_OS_SIGNAL_H
#define NAT_OS_SIGNAL_H

#include "os/loop.h"

enum signal_what {
	SIGNAL_STOP = 1, /* now */
	SIGNAL_RELOAD = 2,
	SIGNAL_RETRY = 4,
	SIGNAL_LEAVE = 8 /* when those who are served have been */
};

struct signals {
	struct io io;
	void (*heard)(struct signals *s, unsigned what); /* enum signal_what */
};

/* TERM means leave, INT stop, HUP reload, USR1 retry, and are heard even where
 * who started us had them blocked; PIPE and XFSZ are ignored. Once a process.
 */
MUST_USE int signals_start(struct signals *s, struct loop *l,
			   void (*heard)(struct signals *, unsigned));
void signals_stop(struct signals *s);

#endif
