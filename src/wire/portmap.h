/* portmap - a port of a gateway for one of ours, by whichever of PCP, NAT-PMP and UPnP
 * it speaks. Pure: the owner sends what is said, tells what is heard, and the time.
 *
 *      state   means                                 leaves by
 *      LOOK    all three are asked whether they      first answer + 250 ms -> ASK,
 *              are there                             or NONE
 *      ASK     the best that is there is asked       done -> HELD; refused -> the
 *                                                    next one, or NONE
 *      HELD    there is a port                       half of its time -> ASK; the
 *                                                    gateway has forgotten -> ASK
 *      LEAVE   it is being taken away                done, or patience -> OVER
 *      NONE    there is none; see err                30 s -> LOOK
 *      OVER    for good
 *
 * What PCP and NAT-PMP say of the gateway's clock shows whether it has lost its
 * mappings (RFC 6887 8.5); they are asked once a minute. UPnP has no such clock: there
 * the mapping is made again every two minutes.
 */
#ifndef NAT_WIRE_PORTMAP_H
#define NAT_WIRE_PORTMAP_H

#include "wire/pcp.h"
#include "wire/upnp.h"

enum portmap_state {
	PORTMAP_LOOK,
	PORTMAP_ASK,
	PORTMAP_HELD,
	PORTMAP_LEAVE,
	PORTMAP_NONE,
	PORTMAP_OVER
};

/* Of ways to ask, the best first; what is there is a bit of each. */
enum portmap_way { PORTMAP_PCP, PORTMAP_NATPMP, PORTMAP_UPNP, PORTMAP_WAYS };

struct portmap_conf {
	struct addr gateway, own; /* of one family */
	uint8_t protocol;         /* enum pcp_protocol */
	uint16_t inner;           /* 0: only look who is there */
	uint16_t outer;           /* the one that is wanted */
	bool strict;              /* that one or none */
	uint32_t lifetime;        /* seconds */
};

struct portmap { /* private to portmap.c but for here */
	enum portmap_state state;
	uint8_t seen;      /* bits of ways that are there */
	uint8_t way;       /* enum portmap_way, of ASK to LEAVE */
	bool held;         /* outer is ours */
	int err;           /* why there is none */
	struct addr outer; /* ip ADDR_NONE: the gateway does not tell */
	int64_t until;     /* ms; of a lease without an end -1 */

	const struct portmap_conf *conf;
	uint8_t nonce[PCP_NONCE];
	uint8_t failed, sent, step; /* step: enum step, of UPnP */
	bool talking;               /* an answer of HTTP is waited for */
	bool clocked;               /* epoch and epoch_at are set */
	bool for_ever;              /* UPnP wants it so */
	uint8_t service;            /* enum upnp_service */
	uint32_t epoch;             /* the gateway's clock, and ours */
	int64_t epoch_at, next, look_end, look_again;
	struct upnp_url url;
};

/* conf is lent; random: PCP_NONCE bytes. */
void portmap_init(struct portmap *p, const struct portmap_conf *conf,
		  struct bytes random, int64_t now);

/* Takes the port away; then state becomes OVER, at once when there is none. */
void portmap_leave(struct portmap *p, int64_t now);

/* ---- saying ---- */

enum portmap_by {
	PORTMAP_BY_GATEWAY, /* a datagram to its port 5351 */
	PORTMAP_BY_SSDP,    /* to its port 1900, and to 239.255.255.250 */
	PORTMAP_BY_HTTP     /* a request to `to`, one at a time */
};
struct portmap_out {
	uint8_t by; /* enum portmap_by */
	struct addr to;
	struct fmt *f; /* UPNP_ASK bytes */
};
/* What is to be sent now: true until there is nothing. f is empty. */
bool portmap_say(struct portmap *p, struct portmap_out *out, int64_t now);

/* When to ask portmap_say again, or -1. */
int64_t portmap_due(const struct portmap *p);

/* ---- hearing ---- */

/* Datagrams from the gateway, of port 5351 and of SSDP. */
void portmap_hear(struct portmap *p, struct bytes pkt, int64_t now);
void portmap_hear_ssdp(struct portmap *p, struct bytes pkt, int64_t now);

/* The answer to what was last said by HTTP; status 0: there is none. */
void portmap_hear_http(struct portmap *p, unsigned status, struct bytes body,
		       int64_t now);

/* "PCP", "NAT-PMP", "UPnP". */
const char *portmap_name(uint8_t way);

#endif
