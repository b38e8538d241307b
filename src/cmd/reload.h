/* reload - SIGHUP: the settings are read again and checked as a whole. One fault,
 * and nothing changes; else what differs is said, and what may change while it is
 * served does. What may not (OPT_FIXED, sections) is named and stays.
 *
 * There are three memories for settings: the one of the start, which is for ever,
 * so that what is fixed may point there; and two that take turns.
 */
#ifndef NAT_CMD_RELOAD_H
#define NAT_CMD_RELOAD_H

#include "base/log.h"
#include "cmd/serve.h"

struct reload { /* fields are private to reload.c but for now */
	struct diag diag;
	struct log *log;
	const struct source *source;
	struct conf *turns[2];
	unsigned turn;
	uint32_t most_visitors; /* of a section: what descriptors allow */
	const struct settings *first;
	struct settings now;
};

/* Sets aside what reloads take. -NAT_EMEMORY, said through d. */
MUST_USE int reload_init(struct reload *r, const struct source *source,
			 const struct settings *first, struct diag *d);

/* From now on r->now is what holds. Complaints go to the log. */
void reload_all(struct reload *r);

#endif
