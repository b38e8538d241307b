/* server - a natpass server, as np-svr is one: clients prove the secret, say who
 * they are, and open links to each other, whose messages go from one to the
 * other (docs/protocol/natpass.md 4). Parts of generations N5, N6 and N7 may mix.
 */
#ifndef NAT_APP_NATPASS_SERVER_H
#define NAT_APP_NATPASS_SERVER_H

#include "base/opt.h"
#include "base/report.h"
#include "net/net.h"
#include "net/secure.h"

struct natpass_conf {
	struct opt_list listen; /* empty: no natpass */
	const char *secret, *secret_file;
	bool plain, md5;      /* without TLS; the proofs of N5 and N6, too */
	uint32_t max_clients; /* connections */
	uint32_t max_links;
	const struct secure_conf *tls; /* NULL: none */
};

struct natpass_server;

/* Says what is wrong with settings, without looking at a file. */
void natpass_fit(const struct natpass_conf *conf, struct diag *d);

/* *s stays NULL if none is wanted. The relay beside it has started, and has said
 * what its key is. On failure what is wrong has been said. */
MUST_USE int natpass_start(struct natpass_server **s, struct net *net,
			   const struct natpass_conf *conf, struct diag *d);
void natpass_ready(const struct natpass_server *s);
void natpass_stop(struct natpass_server *s);

/* As of a role (cmd/role.h). s may be NULL. */
void natpass_check(struct natpass_server *s, const struct natpass_conf *conf,
		   struct diag *d);
void natpass_reload(struct natpass_server *s, const struct natpass_conf *conf);
void natpass_drain(struct natpass_server *s);
bool natpass_busy(const struct natpass_server *s);
/* Where it listens; how many. */
uint32_t natpass_sockets(const struct natpass_server *s, int fds[OPT_LIST_MAX]);
/* What it tells of itself. */
struct report natpass_report(struct natpass_server *s);
size_t natpass_descriptors(const struct natpass_conf *conf);

#endif
