/* escape - the way out of a session that hangs, as ssh's users know it: Enter ~ .
 * leaves, Enter ~ ~ types ~.
 */
#ifndef NAT_CMD_ESCAPE_H
#define NAT_CMD_ESCAPE_H

#include "base/span.h"

enum escape { ESCAPE_START, ESCAPE_WITHIN, ESCAPE_HELD, ESCAPE_LEFT };

/* What of in is typed, into to, as far as there is room; how much, and taken, how
 * much of in that was. ESCAPE_LEFT: he has left. *e is ESCAPE_START at first.
 */
size_t escape_pass(enum escape *e, struct span to, struct bytes in,
		   size_t *taken);

#endif
