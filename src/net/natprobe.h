/* natprobe - what NAT is before us (wire/nattype.h): its engine with three sockets. */
#ifndef NAT_NET_NATPROBE_H
#define NAT_NET_NATPROBE_H

#include "net/udp.h"
#include "wire/nattype.h"

struct natprobe { /* private to natprobe.c, but for type */
	struct nattype type;
	struct net *net;
	void (*done)(struct natprobe *p);
	struct udp sockets[NATTYPE_SOCKETS];
	struct timer due;
};

/* Asks 1 to NATTYPE_SERVERS, of one family; user: who we are to servers that want to
 * know, or NULL; its texts are lent. done comes from the loop, once, when all is known
 * that can be: nattype_judge(&p->type) says what. 0, or why there are no sockets.
 */
struct natprobe_ask {
	const struct addr *servers;
	uint32_t count;
	const struct stun_user *user;
	void (*done)(struct natprobe *p);
};
MUST_USE int natprobe_start(struct natprobe *p, struct net *net,
			    const struct natprobe_ask *ask);

/* Of one that was never started too, if it is all zero. type stays. */
void natprobe_stop(struct natprobe *p);

#endif
