/* path - the datagrams between the relay and one client: where the client is,
 * as its proven datagrams tell, and the counters of both sides.
 *
 * The client says hello on flow 0 with its session's id, again and again; the
 * relay answers. A path is live while that goes on.
 */
#ifndef NAT_APP_RELAY_PATH_H
#define NAT_APP_RELAY_PATH_H

#include "net/udp.h"
#include "wire/carrier.h"

struct session;

struct path {
	struct udp *udp; /* where the last hello came; NULL: none has */
	struct addr peer, here;
	int64_t heard;
	uint32_t sent;
	struct carrier_window window;
	struct carrier_key key;
};

/* Hears them at the control port p as well. */
struct relay_port;
MUST_USE int path_listen(struct relay_port *p, struct net *net,
			 struct bytes host);

void path_start(struct path *p, const uint8_t key[FASTNAT_KEY]);
void path_stop(struct path *p);
bool path_live(const struct path *p, int64_t now);

/* Says c->payload on c->flow with c->counter. */
void path_say(struct path *p, const struct carrier *c);

#endif
