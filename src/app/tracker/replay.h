/* replay - reads a tracker's journal at start. */
#ifndef NAT_APP_TRACKER_REPLAY_H
#define NAT_APP_TRACKER_REPLAY_H

#include "base/err.h"

struct tracker;

/* Who has not expired is a member again. How many bytes of the file are good: what
 * stands behind them is to be cut; 0: it is empty. -NAT_EPROTO: it was damaged, and
 * is now called PATH.bad; or what reading failed by. What came of it is logged.
 */
MUST_USE long long journal_replay(struct tracker *t, int fd, const char *path);

#endif
