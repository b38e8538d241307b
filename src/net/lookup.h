/* lookup - one host that is being asked for: both questions to one server after
 * the other, by UDP and where that is too small by TCP, under one name of the
 * search list after the other. For resolve.c; begins once, ends itself.
 *
 *      way    means                             leaves by
 *      UDP    a fresh socket, fresh ids         answers; cut -> DIAL
 *      DIAL   connecting to the same server     connected -> TCP
 *      TCP    both questions on one connection  answers
 *
 * Any other end of a way, and its time, leads to the next server by UDP.
 */
#ifndef NAT_NET_LOOKUP_H
#define NAT_NET_LOOKUP_H

#include "base/slot.h"
#include "net/dial.h"
#include "net/tcp.h"
#include "net/udp.h"
#include "wire/dns.h"

enum lookup_way { LOOKUP_IDLE, LOOKUP_UDP, LOOKUP_DIAL, LOOKUP_TCP };

/* One of the two questions. */
struct ask {
	struct dns_question q; /* as asked now: where CNAMEs have led to */
	bool known, told;      /* the answer; to those who wait */
	uint8_t hops;
	uint32_t ttl;
	struct dns_addrs addrs;
};

struct lookup {
	struct slot slot;
	struct resolver *resolver;
	struct list waiting;  /* of struct resolve */
	uint8_t candidate;    /* which one that is */
	uint8_t first, tries; /* servers: begun with, had in vain */
	uint8_t lies;         /* datagrams of this try that were no answer */
	bool no_edns, by_tcp; /* of the next try; edns: of the one at hand */
	bool edns, said, telling;
	bool answered; /* somebody has, whatever it was, since name is asked */
	int err;       /* of the name as it stands, without the search list */
	enum lookup_way way;
	struct timer late;
	struct waker waker;
	struct udp udp;
	struct tcp tcp;
	struct dial dial;
	struct ask asks[2];   /* AAAA and A */
	struct dns_name name; /* of the search list, at hand */
	uint8_t host_n, host[DNS_NAME];
};

/* Of a fresh slot; whoever asks is in waiting already, and may hear at once. */
void lookup_begin(struct lookup *l, struct bytes host);
/* Gives the slot back, or lets what is telling do so; nobody waits any more. */
void lookup_end(struct lookup *l);
/* May another one who asks for host wait here? Not when part of it is told. */
bool lookup_serves(const struct lookup *l, struct bytes host);

#endif
