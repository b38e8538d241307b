/* relay - the public server: clients log in and publish services; visitors of
 * the published ports are carried to them (docs/protocol/fastnat.md).
 */
#ifndef NAT_APP_RELAY_RELAY_H
#define NAT_APP_RELAY_RELAY_H

#include "base/opt.h"
#include "base/report.h"
#include "net/net.h"
#include "net/secure.h"

struct relay_gate { /* who is let in; 0 visitors: there is no limit */
	uint32_t max_unknown, max_unknown_address;
	uint32_t max_visitors_client, max_visitors_address;
	uint32_t ban_after;           /* failed logins; 0: never */
	int64_t ban_time;             /* ms */
	struct opt_list allow, deny;  /* CIDR, of all services */
	struct opt_list accept_proxy; /* CIDR: who comes for visitors */
};

struct relay_web {                   /* visitors of HTTP services */
	struct opt_list http, https; /* ADDR */
	const char *domain; /* of names without a dot; NULL: there are none */
	struct opt_list trust; /* CIDR: balancers in front of us */
	const char *page;      /* FILE: of what we answer; NULL: none */
	int64_t timeout, idle; /* ms: for a request, and between two */
	const char *ws;        /* the path where clients come by WebSocket */
	uint32_t share_from;   /* busy visitors that share; 0: never */
};

struct relay_access {     /* the log of requests and visits */
	const char *file; /* NULL: there is none */
	const char *format;
	uint64_t size; /* when the file makes way; 0: never */
	uint32_t keep; /* files before it */
	bool visits;   /* of TCP and UDP too */
};

struct relay_conf {
	const char *token;      /* NULL: none */
	const char *token_file; /* NULL: none */
	bool open;              /* serve clients without a token too */
	bool weak_token;
	struct opt_ports ports; /* that clients may publish */
	const char *bind;       /* where they are bound; NULL: everywhere */
	uint32_t max_clients, max_visitors;
	uint32_t max_services; /* of one client */
	uint32_t max_visits;   /* of one client, of private services */
	bool visit_any;        /* whoever knows a token visits them all */
	uint32_t max_flows;    /* of UDP, of all clients */
	uint32_t max_pending;  /* visitors of one client not yet carried; more
				* wait in the kernel until half have gone */
	int64_t udp_idle;      /* ms, unless the client asks for another */
	int64_t heartbeat;     /* ms */
	const struct secure_conf *tls;
	struct relay_gate gate;
	struct relay_web web;
	struct relay_access access;
	struct opt_list listen; /* ADDR; at least one */
};

/* How many ADDRs it listens on, and which: those of listen, then those of TLS. */
static inline uint32_t relay_listens(const struct relay_conf *conf)
{
	return conf->listen.n + secure_listens(conf->tls);
}

static inline const char *relay_listen(const struct relay_conf *conf,
				       uint32_t i)
{
	uint32_t n = conf->listen.n;

	return i < n ? conf->listen.v[i] : conf->tls->listen.v[i - n];
}

/* Most descriptors at once, all limits reached. */
size_t relay_descriptors(const struct relay_conf *conf);

struct relay;

/* NULL, or what is wrong with visit_any beside the other settings. */
const char *relay_visit_any_fault(const struct relay_conf *conf);

/* NULL, or what is wrong with the access log's format. */
const char *relay_access_fault(const struct relay_conf *conf);

/* NULL, or what is wrong with the domain. */
const char *relay_domain_fault(const struct relay_conf *conf);

/* Binds every listener. state_dir is where a token is kept when there is neither
 * token nor open; NULL: nowhere. On failure, what is wrong has been said through
 * d. conf and its texts are lent until the next relay_reload, state_dir until
 * relay_stop.
 */
MUST_USE int relay_start(struct relay **r, struct net *net,
			 const struct relay_conf *conf, const char *state_dir,
			 struct diag *d);

/* Says "relay: ready on ADDR" for each listener, and the token it has made. */
void relay_ready(const struct relay *r);
void relay_stop(struct relay *r);

/* Reads the tokens of these settings, for relay_reload; says through d what is
 * wrong with them.
 */
void relay_check(struct relay *r, const struct relay_conf *conf,
		 struct diag *d);

/* Goes on with settings that relay_check has found good; those that size tables
 * or name listeners are as before. Clients whose token is no longer there, or
 * allows other things than before, and those with a port that is no longer given
 * are let go, their visitors are not; all others notice nothing.
 */
void relay_reload(struct relay *r, const struct relay_conf *conf);

/* Accepts nobody any more; is a visitor still being served? */
void relay_drain(struct relay *r);
bool relay_busy(const struct relay *r);

/* What it tells of itself; src/app/relay/report.c. */
struct report relay_report(struct relay *r);

#endif
