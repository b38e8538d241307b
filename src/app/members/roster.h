/* roster - who is in a group, by what several trackers say of it: a member is
 * there as long as one of them names it. Pure.
 */
#ifndef NAT_APP_MEMBERS_ROSTER_H
#define NAT_APP_MEMBERS_ROSTER_H

#include "wire/track.h"

enum { ROSTER_TRACKERS = 16, ROSTER_MOST = 512, ROSTER_ADDR = 64 };

struct roster_row {
	uint32_t by; /* a bit for each tracker that names it; 0: free.
		      * While an answer is read, another half of bits: it did */
	uint8_t public_n, lan_n;
	uint8_t public[ROSTER_ADDR], lan[TRACK_LAN];
};

struct roster { /* zeroed but for changed, which may be NULL */
	void (*changed)(struct roster *r, const struct roster_row *row,
			bool here);
	struct roster_row rows[ROSTER_MOST];
};

/* All that a tracker says; its first line is the caller itself. Lines that are not
 * plain text, too long or too many are left out.
 */
void roster_hear(struct roster *r, unsigned tracker, struct bytes answer);

/* The caller's own line of an answer, and the cookie in it; empty: none. */
struct bytes roster_self(struct bytes answer);
struct bytes roster_cookie(struct bytes answer);

#endif
