/* store - members and trackers in a Redis that other trackers share (--store):
 * who asks one of them hears what all of them know.
 *
 *      nat:g:GROUP   sorted set: a record (wire/ledger.h, without group and time)
 *                    by when it came, s since 1970; gone when nobody comes
 *      nat:trackers  sorted set: an address by when it was heard of
 *
 * A registration waits for what Redis has of its group, for 300 ms at most, and is
 * answered from memory then. While Redis is away memory is all there is; when it
 * is back all that memory has is told to it.
 */
#ifndef NAT_APP_TRACKER_STORE_H
#define NAT_APP_TRACKER_STORE_H

#include "base/opt.h"
#include "net/net.h"

struct joining;
struct member;
struct tracker;
struct tracker_asked;
struct track;

/* conf names none: t->store stays NULL. 0, or an error, said. */
MUST_USE int store_start(struct tracker *t, struct diag *d);
void store_stop(struct tracker *t);

/* Will what was asked be taken again (tracker_take_again) when Redis has told
 * what it knows?
 */
bool store_defers(struct tracker_asked *a, const struct track *what);

/* It is about to come; it is as it is now. */
void store_before(struct tracker *t, const struct joining *j);
void store_member(struct tracker *t, struct member *m);

#endif
