/* core - what the files of the tracker share. */
#ifndef NAT_APP_TRACKER_CORE_H
#define NAT_APP_TRACKER_CORE_H

#include "app/tracker/cookie.h"
#include "app/tracker/members.h"
#include "app/tracker/others.h"
#include "app/tracker/tracker.h"
#include "base/cidr.h"
#include "net/udp.h"

/* What came, by what became of it; names are those of metrics. */
#define TRACKER_COUNTS(X) \
	X(ADDRESS, "address") \
	X(JOIN, "join") \
	X(TRACKERS, "trackers") \
	X(STUN, "stun") \
	X(SILENCE, "silence")

enum tracker_count {
#define X(name, text) TRACKER_##name,
	TRACKER_COUNTS(X)
#undef X
		TRACKER_COUNTED
};

enum {
	TRACKER_REPLY = 16 * 1024, /* most bytes of one answer */
	TRACKER_ROOM = 64 * 1024   /* of those that leave together */
};

struct journal;
struct store;

struct tracker_port {
	struct udp udp;
	struct tracker *tracker;
};

struct tracker {
	struct net *net;
	const struct tracker_conf *conf;
	struct span memory;
	struct members members;
	struct cookies cookies;
	struct cidrs trust;
	struct others others;    /* ADDR_NONE and nobody without the part */
	struct addr public;      /* as others reach it; ADDR_NONE: not known */
	struct journal *journal; /* NULL: nothing survives */
	struct store *store;     /* NULL: it is alone */
	int64_t epoch;           /* when the loop's clock was 0, s since 1970 */
	struct timer expire;     /* runs always */
	uint32_t nports;
	uint64_t counts[TRACKER_COUNTED];
	struct tracker_port ports[OPT_LIST_MAX + 2];
	size_t at; /* of the room that is in use until the flush */
	uint8_t room[TRACKER_ROOM];
};

/* A datagram that came, and where its answer goes. */
struct tracker_asked {
	struct tracker *tracker;
	struct tracker_port *port;
	struct datagram *datagram;
	struct fmt answer;        /* empty: silence */
	struct tracker_port *via; /* the answer leaves from there */
	struct udp_to to;         /* lent until the flush */
	bool again;               /* it has waited for the store, and */
	bool later;               /* it does: there is no answer now */
};

/* What has waited, as if it came now; d is lent for the call. */
void tracker_take_again(struct tracker_port *p, struct datagram *d);

/* join.c: a registration. */
void tracker_join(struct tracker_asked *a, const struct track *what);

/* binding.c: a STUN message; with two ports of different address and port, two
 * more make four corners of them.
 */
void tracker_bind(struct tracker_asked *a);
MUST_USE int tracker_open_corners(struct tracker *t, struct diag *d);

/* Now, for what is remembered elsewhere. */
struct members_time tracker_time(struct tracker *t);

/* So many bytes may go to an address that has not proven itself. */
size_t tracker_room(const struct datagram *d);
/* This tracker, as others reach it or as it was asked. */
struct addr tracker_itself(const struct tracker_asked *a);
MUST_USE int tracker_open(struct tracker *t, struct bytes host, uint16_t port);

#endif
