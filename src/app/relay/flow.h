/* flow - the datagrams between one address and a published UDP port: carried
 * to the client and back until nothing has come for the service's idle time.
 *
 *     way      means                                    leaves by
 *     CARRIER  inside datagrams of the session's path   too large, or no path
 *                                                       -> ASKED
 *     ASKED    a data connection was asked for, what    it comes -> LINE
 *              comes meanwhile is held
 *     LINE     framed on that data connection           it breaks: gone
 *
 * When the table is full, the one gives way that has waited longest, those that
 * were never answered first.
 */
#ifndef NAT_APP_RELAY_FLOW_H
#define NAT_APP_RELAY_FLOW_H

#include "app/relay/published.h"
#include "net/bufs.h"
#include "net/tcp.h"
#include "wire/carrier.h"

enum flow_way { FLOW_CARRIER, FLOW_ASKED, FLOW_LINE };

struct flow_line { /* LINE */
	struct slot slot;
	struct flow *flow;
	struct tcp tcp;
	struct waker waker;
};

struct flow {
	struct slot slot;
	struct map_node by_addr, by_id, by_out_id;
	struct list lru; /* in flows->quiet or flows->answered */
	struct timer idle;
	struct relay *relay;
	struct published *published;
	struct addr from, here; /* the visitor, and where it sent to */
	int64_t since, last;
	uint64_t in, out; /* bytes, from the visitor and to it */
	struct carrier_window window;
	uint32_t id, sent; /* sent: the last counter used */
	uint8_t way;       /* enum flow_way */
	bool answered;
	struct slot_name asked; /* ASKED: the session that was */
	struct buf *held;       /* ASKED: framed; NULL: nothing */
	struct flow_line *line; /* LINE */
	uint8_t out_id[FASTNAT_NONCE];
};

/* Sets aside the tables of a relay, and releases them. 0 or -NAT_EMEMORY. */
MUST_USE int flows_start(struct relay *r);
void flows_end(struct relay *r);

/* Binds the port of p, in place of a listener. */
MUST_USE int flow_listen(struct published *p, struct bytes host, uint16_t port);

/* The same on a socket that is bound already, which is p's from now on. */
MUST_USE int flow_take_port(struct published *p, int fd);

/* NULL, or why this build carries no UDP services. */
const char *flow_fault(void);

/* Those that a client may name; NULL: there is none. */
struct flow *flow_of_id(struct relay *r, uint32_t id);
struct flow *flow_of_out_id(struct relay *r, struct bytes out_id);

/* One datagram from the client: to the visitor. */
void flow_answer(struct flow *f, struct bytes data);

/* The data connection has come: from moves here. Then flow_look, the last thing
 * that the caller does in its wake. There must be no line yet.
 */
void flow_take_line(struct flow *f, struct tcp *from);
void flow_look(struct flow *f);

/* Is it not one too many new ones of its network? Then it is counted. */
bool flow_is_timely(struct relay *r, const struct addr *a);
/* The one that gives way when the table is full; there must be one. */
const struct flow *flow_to_displace(const struct relay *r);

void flow_stop(struct flow *f, const char *why);
/* All of a published port. */
void flows_stop(struct published *p, const char *why);

#endif
