/* p2p - sharing services with peers that are found by signalling (host), and
 * reaching those of one (join), directly, by WebRTC's data channels.
 */
#ifndef NAT_APP_P2P_P2P_H
#define NAT_APP_P2P_P2P_H

#include "net/service.h"
#include "base/opt.h"
#include "net/net.h"
#include "net/paths.h"
#include "net/secure.h"
#include "net/service.h"

struct p2p_conf {
	const char *signal; /* ws://HOST[:PORT][/PATH], or wss:// */
	const char *id;
	const char *token;                /* NULL: none */
	const struct secure_conf *tls;    /* whom to believe there */
	const char *secret, *secret_file; /* as keys.h reads them; NULL */
	bool weak_secret;
	struct opt_list allow; /* a host's: ids of joins; none: all */
	/* A join's: its own id, its host's certificate, its only service; NULL */
	const char *name, *pin, *stdio;
	const char *protocol;    /* of one: "tcp", "udp" */
	const char *one;         /* as Ming's: a service without a name; NULL */
	struct opt_list service; /* as p2p_fit reads them */
	struct paths_conf paths;
	uint32_t max_peers, max_links, max_each;
	int64_t udp_idle; /* ms */
	uint32_t nservices;
	struct p2p_service services[P2P_SERVICES];
};

enum p2p_side { P2P_HOST, P2P_JOIN };

/* Reads the services: says all that is wrong with them. A host's are
 * NAME=tcp:HOST:PORT or udp:, a join's [udp:][HOST:]PORT=NAME.
 */
void p2p_fit(struct p2p_conf *conf, enum p2p_side side, struct diag *d);

/* dir: where its certificate is kept; NULL: nowhere. */
struct host;
MUST_USE int host_start(struct host **h, struct net *net,
			const struct p2p_conf *conf, const char *dir,
			struct diag *d);
/* As roles have them. */
void host_check(struct host *h, const struct p2p_conf *conf, struct diag *d);
void host_reload(struct host *h, const struct p2p_conf *conf);
void host_retry(struct host *h, bool sure);
void host_drain(struct host *h);
bool host_busy(const struct host *h);
void host_stop(struct host *h);

struct join;
MUST_USE int join_start(struct join **j, struct net *net,
			const struct p2p_conf *conf, struct diag *d);
void join_check(struct join *j, const struct p2p_conf *conf, struct diag *d);
void join_reload(struct join *j, const struct p2p_conf *conf);
void join_retry(struct join *j, bool sure);
/* Of one of standard input and output: 0, an exit code, or an error. */
enum { JOIN_NO_HOST = 68, JOIN_NO_PATH = 69, JOIN_REFUSED = 77 };
int join_outcome(const struct join *j);
void join_stop(struct join *j);

#endif
