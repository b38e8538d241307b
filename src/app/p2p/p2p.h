/* p2p - sharing services with peers that are found by signalling (host), and
 * reaching those of one (join), directly, by WebRTC's data channels.
 */
#ifndef NAT_APP_P2P_P2P_H
#define NAT_APP_P2P_P2P_H

#include "net/service.h"
#include "base/opt.h"
#include "net/net.h"
#include "net/paths.h"

struct p2p_conf {
	const char *signal; /* ws://HOST[:PORT][/PATH] */
	const char *id;
	const char *token; /* NULL: none */
	struct paths_conf paths;
	uint32_t max_peers, max_links;
	uint32_t nservices;
	struct p2p_service services[P2P_SERVICES];
};

/* NULL, or what is wrong with it: [HOST:]PORT=NAME. */
const char *p2p_parse_wanted(struct p2p_service *s, struct bytes text);

struct host;
MUST_USE int host_start(struct host **h, struct net *net,
			const struct p2p_conf *conf, struct diag *d);
/* Addresses of this machine may have changed. */
void host_look(struct host *h);
void host_stop(struct host *h);

struct join;
MUST_USE int join_start(struct join **j, struct net *net,
			const struct p2p_conf *conf, struct diag *d);
void join_look(struct join *j);
void join_stop(struct join *j);

#endif
