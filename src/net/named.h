/* named - candidates that are a name of the link, "3f1c....local", as browsers give in
 * place of their addresses: asked for by multicast DNS (wire/mdns) for all peers of a
 * process.
 *
 *	named_ask(&d, ways, &candidate)    it comes back with its address by
 *	                                   ops->named, or never
 *	named_hear(&d, datagram)           what comes to ways' sockets from MDNS_PORT
 *
 * Questions go from the sockets that peers have, each to the link of its address, and
 * answers come back to those, or to the group of IPv4, which is heard while anybody is
 * asked for. Strangers give names: NAMED_MOST are asked for at once, NAMED_ONCE of one
 * peer, NAMED_EACH as long as it lives, MDNS_TRIES times; others are passed over.
 */
#ifndef NAT_NET_NAMED_H
#define NAT_NET_NAMED_H

#include "net/udp.h"
#include "wire/ice/candidate.h"
#include "wire/mdns.h"

enum { NAMED_MOST = 16, NAMED_ONCE = 4, NAMED_EACH = 16 };

struct ways;

struct named { /* fields are private to named.c */
	struct net *net;
	struct udp group;
	struct timer late;
	struct named_one {
		struct ways *of; /* NULL: free */
		int64_t next;    /* when it is asked for again, or given up */
		uint8_t tries;
		uint16_t n;
		uint8_t line[CANDIDATE_TEXT];
	} all[NAMED_MOST];
};

void named_init(struct named *d, struct net *net);
/* c is copied. */
void named_ask(struct named *d, struct ways *w, const struct candidate *c);
/* True: it was an answer about somebody who is asked for. */
bool named_hear(struct named *d, struct bytes datagram);
/* w asks no more. */
void named_forget(struct named *d, const struct ways *w);

#endif
