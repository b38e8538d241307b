/* signal - where hosts and those who want to join them find each other: messages of
 * Ming's signalling by WebSocket (docs/protocol/ming.md), STUN on the same ports.
 */
#ifndef NAT_APP_SIGNAL_SIGNAL_H
#define NAT_APP_SIGNAL_SIGNAL_H

#include "base/opt.h"
#include "base/report.h"
#include "net/net.h"
#include "net/secure.h"
#include "wire/redisurl.h"

struct signal_conf {
	struct opt_list listen; /* ADDR; empty: there is no such server */
	struct opt_list origin; /* of pages that may come; empty: any */
	const char *token;      /* that may do all; NULL: none */
	const char *token_file; /* wire/admit.h; NULL: none */
	bool weak_token;
	const char *store; /* redis://... to share with others; NULL: none */
	const char *store_password;    /* file that has it; NULL: none has */
	struct redisurl redis;         /* what store says; host_n 0: nothing */
	uint32_t max_clients;          /* connections, hosts included */
	uint32_t max_address;          /* of them from one address */
	uint32_t rate;                 /* messages a second of one address */
	const struct secure_conf *tls; /* NULL: none */
};

/* NULL, with c->redis as c->store says; or what is wrong with that. */
const char *signal_store_fault(struct signal_conf *c);

/* Those of a relay that signals too: what it has no options for. */
void signal_fit(struct signal_conf *conf, const struct secure_conf *tls);

struct signal;

/* Binds every address; *s stays NULL if there is none. On failure, what is wrong
 * has been said through d. conf is lent until signal_reload, its texts likewise.
 */
MUST_USE int signal_start(struct signal **s, struct net *net,
			  const struct signal_conf *conf, struct diag *d);
/* Says "signal: ready on ADDR" for each. */
void signal_ready(const struct signal *s);
void signal_stop(struct signal *s);

/* As of a role (cmd/role.h). s may be NULL. */
void signal_check(struct signal *s, const struct signal_conf *conf,
		  struct diag *d);
void signal_reload(struct signal *s, const struct signal_conf *conf);
void signal_drain(struct signal *s);
size_t signal_descriptors(const struct signal_conf *conf);

/* What it tells of itself; report.c. */
struct report signal_report(struct signal *s);

#endif
