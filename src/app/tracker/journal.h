/* journal - the members and trackers that a tracker remembers, in a file that it
 * reads when it starts (--state; the form: wire/ledger.h).
 *
 * What comes is appended: written out once a second and synced every ten. The file
 * is written anew from memory, a slice at a time, when it is twice as long as after
 * the last time. A torn end is cut off when it is read; a file that is damaged
 * before what has once been synced is renamed to FILE.bad.
 */
#ifndef NAT_APP_TRACKER_JOURNAL_H
#define NAT_APP_TRACKER_JOURNAL_H

#include "base/log.h"
#include "base/opt.h"
#include "os/loop.h"

enum { JOURNAL_ROOM = 256 * 1024, JOURNAL_PATH = 1024 };

struct tracker;
struct member;

struct spooled {       /* a file, private to journal.c */
	int fd;        /* < 0: there is none */
	uint64_t size; /* bytes of it that are good */
};

struct journal { /* private to journal.c */
	struct tracker *tracker;
	const char *path;
	struct spooled file, fresh;
	struct timer tick, copying;
	uint64_t base;    /* bytes after it was last written anew */
	int64_t synced;   /* when, ms on the loop's clock, or */
	int64_t retry;    /* when it may be written anew */
	int64_t listed;   /* when the trackers were told, and */
	uint32_t nlisted; /* how many */
	uint32_t at;      /* of the table of members: copied up to here */
	bool dirty;       /* written to and not synced */
	bool silent;      /* that it cannot be written has been said */
	bool gap;         /* it lacks what could not be written */
	bool settling;    /* fresh is whole and on its way to the disk */
	size_t n;         /* bytes that wait in room */
	uint8_t room[JOURNAL_ROOM];
};

/* Reads what is there; conf names no file: *j is NULL. 0, or an error, said. */
MUST_USE int journal_start(struct tracker *t, struct diag *d);
/* All is written and synced. */
void journal_stop(struct tracker *t);

/* It is as it is now. */
void journal_member(struct tracker *t, struct member *m);

#endif
