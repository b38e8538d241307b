/* track - the text of trackers (docs/protocol/tracker.md): one datagram asks, one
 * answers.
 *
 *      //nat                                       ADDR
 *      //51pwn/P2P&E2E/GROUP/PUBLIC/LAN            lines of PUBLIC,LAN
 *      //51pwn/P2P&E2E/GROUP/PUBLIC/LAN/MAC        lines of PUBLIC;LAN or PUBLIC
 *      //51pwn/P2P&E2E/GROUP/PUBLIC/LAN/MAC/COOKIE the same, and ;cookie=COOKIE
 *      //tcksvr                                    lines of ADDR
 *      //tcksvr/ADDR;ADDR                          the same
 *
 * Case counts, a control character anywhere spoils all of it, PUBLIC "0" is the
 * address that the tracker sees, LAN "0" is not to be told.
 */
#ifndef NAT_WIRE_TRACK_H
#define NAT_WIRE_TRACK_H

#include "base/cur.h"
#include "base/err.h"
#include "base/fmt.h"

enum {
	TRACK_PORT = 43283,
	TRACK_MOST = 1200,  /* bytes of a request */
	TRACK_GROUP = 64,   /* of a group's name */
	TRACK_PUBLIC = 255, /* of a public field */
	TRACK_LAN = 240,    /* of a LAN field */
	TRACK_MAC = 64,     /* of what tells members apart */
	TRACK_COOKIE = 32   /* of a cookie */
};

enum track_kind {
	TRACK_ADDRESS, /* what is my address? */
	TRACK_JOIN,    /* I am of this group: who else is? */
	TRACK_TRACKERS /* which trackers are there, these among them? */
};

struct track {
	uint8_t kind;   /* enum track_kind */
	uint8_t fields; /* of TRACK_JOIN: 3, 4 or 5 */
	struct bytes group, public, lan, mac, cookie; /* of TRACK_JOIN */
	struct bytes addrs; /* of TRACK_TRACKERS: track_next_addr reads it */
};

/* 0, slices of pkt; -NAT_EPROTO: it is answered by silence. */
MUST_USE int track_parse(struct track *t, struct bytes pkt);
void track_print(struct fmt *f, const struct track *t);

/* The next of addresses parted by ';' (',' and ' ' too); false: no more. */
bool track_next_addr(struct cur *c, struct bytes *addr);

/* A line of an answer. LAN of n == 0: none was told. */
struct track_line {
	struct bytes public, lan;
	struct bytes cookie; /* the line is this, and nothing else */
};
bool track_next_line(struct cur *c, struct track_line *line);

#endif
