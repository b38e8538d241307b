/* client - the inner side: publishes services of this machine at a relay and
 * carries visitors to them (docs/protocol/fastnat.md).
 */
#ifndef NAT_APP_CLIENT_CLIENT_H
#define NAT_APP_CLIENT_CLIENT_H

#include "base/opt.h"
#include "base/report.h"
#include "net/net.h"
#include "net/secure.h"
#include "wire/proxy.h"
#include "wire/service.h"

enum { CLIENT_SERVICES = 256 }; /* as written; a range counts once */

struct client_conf {
	const char *token;      /* NULL: none */
	const char *token_file; /* NULL: none */
	const char *name;       /* NULL: HOST-xxxxxx */
	bool plain;             /* as a client of the original system */
	bool weak_token;
	uint32_t max_visitors; /* at once, of all services */
	uint32_t max_flows;    /* the same of UDP */
	int64_t fail_back;     /* ms between looks at better relays; 0: never */
	uint32_t max_parked;   /* data connections opened ahead */
	int64_t udp_idle;      /* ms; of services that have none of their own */
	uint64_t bandwidth[2]; /* bytes a second, in and out; 0: any */
	const char *stdio;     /* OWNER/SERVICE; NULL: none */
	const struct secure_conf *tls;
	const char *ws_path;       /* of relays that are reached by WebSocket */
	bool tls_front;            /* TLS ends in front of the relay */
	struct proxy_conf through; /* kind PROXY_NONE: no proxy */
	uint32_t nservices;
	struct opt_list relay; /* ADDR, port 8888 by default; at least one */
	struct opt_list visit; /* OWNER/SERVICE=ADDR: services of others */
	struct service services[CLIENT_SERVICES];
};

static inline bool client_visits(const struct client_conf *conf)
{
	return conf->visit.n > 0 || conf->stdio;
}

/* Most descriptors at once, all limits reached. */
size_t client_descriptors(const struct client_conf *conf);

struct client;

/* Starts connecting; network trouble is said and retried for ever. On failure
 * (bad settings, or an address of a visit that is taken) what is wrong has been
 * said through d. With stdio the loop is told to quit when that visit is over.
 * state_dir: where to keep what must survive a restart, NULL: nowhere. conf is
 * lent until client_reload, what visit and stdio point to until client_stop.
 */
MUST_USE int client_start(struct client **c, struct net *net,
			  const struct client_conf *conf, const char *state_dir,
			  struct diag *d);
/* Says "client: ready on ADDR" for each address of a visit. */
void client_ready(const struct client *c);
void client_stop(struct client *c);

/* Could it go on with these settings? What is wrong is said through d. */
void client_check(struct client *c, const struct client_conf *conf,
		  struct diag *d);
/* Goes on with what client_check has found good just before, lent until the next
 * time: publishes what is new, withdraws what is gone, leaves for another relay if
 * this one is gone. Visitors that are being carried notice nothing. What sizes
 * tables, name, plain and visit are as before.
 */
void client_reload(struct client *c, const struct client_conf *conf);

/* Connects anew: at once, or, not sure, if the relay does not answer soon. */
void client_retry(struct client *c, bool sure);

/* Withdraws its services; is a visitor still being served? */
void client_drain(struct client *c);
bool client_busy(const struct client *c);

/* What came of the one visit that stdio is: 0, or an error, which has been said.
 */
int client_outcome(const struct client *c);

/* NULL, or what is wrong with a --relay that is no plain ADDR. *tls: it asks for
 * TLS.
 */
const char *client_relay_fault(const char *relay, bool *tls);

/* Takes --proxy over into conf, and into room, where it points to then: argv is
 * wiped. NULL, or what is wrong with it.
 */
const char *client_take_proxy(struct client_conf *conf, const char **proxy,
			      struct span room);

/* NULL, or what is wrong with a --visit or --stdio. */
const char *client_visit_fault(const char *visit);
const char *client_stdio_fault(const char *to);

/* What it tells of itself; src/app/client/report.c. */
struct report client_report(struct client *c);

/* NULL, or why this build knows no original servers. */
const char *client_plain_fault(void);

/* NULL, or why that service cannot be published by its name. */
const char *client_http_fault(const struct service *s);

/* NULL, or why this build serves no visitors of UDP services. */
const char *client_udp_fault(void);

#endif
