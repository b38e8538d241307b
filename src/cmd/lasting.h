/* lasting - how long a NAT keeps what nobody uses (wire/lifetime.h): its sockets, and
 * what is said of it while it takes its time.
 */
#ifndef NAT_CMD_LASTING_H
#define NAT_CMD_LASTING_H

#include "base/opt.h"
#include "net/udp.h"
#include "wire/lifetime.h"

struct lasting;

struct lasting_socket {
	struct udp udp;
	struct lasting *of;
};

struct lasting { /* fields are private to lasting.c but for life */
	struct lifetime life;
	struct net *net;
	struct diag *diag; /* hears how it goes on */
	void (*done)(struct lasting *l);
	struct lasting_socket sockets[LIFETIME_SOCKETS];
	struct timer due;
	int64_t lived, died; /* as was said */
};

/* done comes once, from the loop. most: ms. 0, or why there are no sockets. */
MUST_USE int lasting_start(struct lasting *l, struct net *net,
			   const struct addr *server, int64_t most,
			   void (*done)(struct lasting *l));
/* Also of one that has never begun, if it is zeroed. */
void lasting_stop(struct lasting *l);

/* ", lifetime 29.4s to 31s"; ",\"lifetime_ms\":[29400,31000]", null where not known. */
void lasting_print(struct fmt *f, const struct lasting *l, bool json);

#endif
