/* agent - a natpass client, as np-cli is one: logs in at a server by its id, serves
 * what others may ask for (allow), and listens for what it asks of others (forward).
 * docs/protocol/natpass.md 5.
 */
#ifndef NAT_APP_NATPASS_AGENT_H
#define NAT_APP_NATPASS_AGENT_H

#include "base/opt.h"
#include "base/report.h"
#include "net/net.h"
#include "net/secure.h"

struct keeper;

struct agent_conf {
	const char
		*server; /* ADDR, port 6154 by default; NULL: none is wanted */
	const char *id;  /* NULL: HOST-xxxxxx */
	const char *secret, *secret_file;
	bool md5;                    /* the server is of N5 or N6 */
	bool tls;                    /* it is called by TLS */
	struct opt_list allow;       /* what others may ask for */
	struct opt_list forward;     /* what is asked of others */
	const struct keeper *keeper; /* of shells; NULL: there is none */
	uint32_t max_links, max_shells;
	bool once; /* what is asked for is given up when there is no server */
	int64_t udp_idle;              /* ms */
	uint64_t memory;               /* for buffers, of the process */
	struct secure_conf secure;     /* ca, pin, cert, insecure */
	const struct secure_conf *use; /* where agent_fit puts it */
};

struct agent;

/* Is a shell among what others may ask for? */
bool agent_keeps_shells(const struct agent_conf *conf);

/* Says what is wrong with settings, without looking at a file; makes them whole. */
void agent_fit(struct agent_conf *conf, struct diag *d);

/* Most descriptors at once. */
size_t agent_descriptors(const struct agent_conf *conf);

/* *a stays NULL if none is wanted. Trouble of the network is said and retried for
 * ever; on failure what is wrong has been said.
 */
MUST_USE int agent_start(struct agent **a, struct net *net,
			 const struct agent_conf *conf, struct diag *d);
/* Says "natpass: ready on ADDR" for each rule. */
void agent_ready(const struct agent *a);
void agent_stop(struct agent *a);

/* As of a role (cmd/role.h). a may be NULL. */
void agent_check(struct agent *a, const struct agent_conf *conf,
		 struct diag *d);
void agent_reload(struct agent *a, const struct agent_conf *conf);
void agent_retry(struct agent *a, bool sure);
void agent_drain(struct agent *a);
bool agent_busy(const struct agent *a);

/* What it tells of itself. */
struct report agent_report(struct agent *a);

/* For who opens links of its own: vlink_open. */
struct trunk;
struct trunk *agent_trunk(struct agent *a);

#endif
