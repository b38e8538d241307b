/* tunnel - a tcp to a proxy, until that has led on to the host that is meant: a veil
 * that is lifted then, so that nothing is left of it (veil.h, wire/proxy.h).
 *
 * Until STREAM_OPEN it takes nothing and gives nothing.
 */
#ifndef NAT_NET_TUNNEL_H
#define NAT_NET_TUNNEL_H

#include "base/fmt.h"
#include "net/veil.h"
#include "wire/proxy.h"

enum { TUNNEL_LATE = 10000 }; /* ms, for the proxy to lead on */

struct tunnels;

/* Places for so many at once. -NAT_EMEMORY. */
MUST_USE int tunnels_start(struct tunnels **ts, struct net *net, uint32_t most);
/* All have been stopped by their owners. */
void tunnels_stop(struct tunnels *ts);

/* t, which has just connected to that proxy, goes on to that host; all is lent until
 * it is open. False: there are too many.
 */
struct tunnel_to {
	const struct proxy_conf *proxy;
	struct bytes host;
	uint16_t port;
};
MUST_USE bool tunnel_call(struct tunnels *ts, struct tcp *t,
			  const struct tunnel_to *to);

/* What the proxy says is wrong, under whatever other veils, in words: "wants a user
 * and a password: 407"; NULL: nothing, and no proxy is in the way.
 */
bool tunnel_explain(const struct tcp *t, struct fmt *f);

#endif
