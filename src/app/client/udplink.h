/* udplink - the datagrams of one visitor of a UDP service: a socket of its own
 * toward the service, and on the other side the lane or a data connection to
 * the relay. It outlives the control connection.
 */
#ifndef NAT_APP_CLIENT_UDPLINK_H
#define NAT_APP_CLIENT_UDPLINK_H

#include "app/client/control.h"
#include "app/client/entry.h"
#include "app/client/proxied.h"
#include "base/map.h"
#include "base/slot.h"
#include "net/bufs.h"
#include "net/resolve.h"
#include "net/udp.h"
#include "wire/carrier.h"

struct udplink_line { /* a data connection of a flow */
	struct slot slot;
	struct udplink *flow;
	struct buf *held; /* framed, until it is connected */
	bool open, said;  /* said: its header */
	struct waker waker;
	union {
		struct dial dial; /* !open */
		struct tcp tcp;
	};
};

struct udplink {
	struct slot slot;
	struct map_node by_id; /* only with an id */
	struct list lru;
	struct timer idle;
	struct client *client;
	struct entry *entry;
	struct resolve
		resolve; /* the service's host: not connected until then */
	struct udp service;
	struct addr from;
	int64_t since, last;
	uint64_t in, out; /* bytes, from the visitor and to it */
	struct carrier_window window;
	uint32_t id, sent;         /* id 0: there is no lane for it */
	struct udplink_line *line; /* NULL: none */
	struct proxied_head head;  /* of what the service hears */
	uint8_t out_id[FASTNAT_NONCE];
};

struct udplinks {
	struct span memory;
	struct slots table, lines;
	struct map by_id;
	struct list lru; /* the longest unused first */
};

/* The relay has told of a visitor: a new one, or one that needs a data
 * connection to intPort at relay. What goes wrong is said to the relay.
 */
void udplink_told(struct client *c, struct entry *e, const struct fastnat *m,
		  const struct addr *relay);

/* NULL: there is none. */
struct udplink *udplink_of_id(const struct client *c, uint32_t id);

/* One datagram of the visitor: to the service. */
void udplink_serve(struct udplink *f, struct bytes data);

/* Sets aside the tables. 0 or -NAT_EMEMORY. */
MUST_USE int udplinks_start(struct client *c);
/* All of them, and the tables. */
void udplinks_stop(struct client *c);

#endif
