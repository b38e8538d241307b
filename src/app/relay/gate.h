/* gate - who is let in: what comes from an address, bans, and counts of all that
 * was turned away. An address here is what one host may choose from: IPv4, or a
 * /64 of IPv6.
 *
 *     kind       counted by the address of     while
 *     DOOR       the connection                nobody knows it yet
 *     SESSION    the client                    it is logged in, or plain
 *     PLAIN      the client                    it is plain
 *     EXPECTED   the client                    a visitor waits for its data
 *                                              connection
 *     VISITOR    the visitor                   it is there
 *     FLOW       the visitor of UDP            it is remembered
 */
#ifndef NAT_APP_RELAY_GATE_H
#define NAT_APP_RELAY_GATE_H

#include "base/ban.h"
#include "base/cidr.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/tally.h"
#include "wire/fastnat.h"

struct published;
struct relay;

/* The one table of names, for the log, status and metrics: what was let in,
 * and what was not, by which limit.
 */
/* clang-format off */
#define GATE_COUNTS(IN, NOT) \
	IN(VISITORS, "visitors") \
	NOT(VISITOR_ALL, "visitors_all")           /* --max-visitors           */ \
	NOT(VISITOR_CLIENT, "visitors_client")     /* --max-visitors-client    */ \
	NOT(VISITOR_ADDRESS, "visitors_address")   /* --max-visitors-address   */ \
	NOT(VISITOR_DENIED, "visitors_denied")     /* allow and deny           */ \
	NOT(VISITOR_RATE, "visitors_rate")         /* rate, requests too        */ \
	NOT(VISITOR_UNTOLD, "visitors_untold")     /* no PROXY header          */ \
	NOT(VISITOR_LATE, "visitors_late")         /* not fetched in 10 s      */ \
	IN(FLOWS, "flows") \
	NOT(FLOW_CLIENT, "flows_client")           /* --max-visitors-client    */ \
	NOT(FLOW_ADDRESS, "flows_address")         /* --max-visitors-address   */ \
	NOT(FLOW_DENIED, "flows_denied")           /* as of visitors           */ \
	NOT(FLOW_RATE, "flows_rate")               /* as of visitors           */ \
	NOT(FLOW_FRESH, "flows_fresh")             /* too many of a network    */ \
	NOT(FLOW_DISPLACED, "flows_displaced")     /* --max-flows: gave way    */ \
	NOT(DATAGRAMS_LOST, "datagrams_lost")      /* no room, or too large    */ \
	IN(UNKNOWN, "unknown") \
	NOT(UNKNOWN_ADDRESS, "unknown_address")    /* --max-unknown-address    */ \
	NOT(UNKNOWN_DISPLACED, "unknown_displaced")/* --max-unknown: gave way  */ \
	NOT(UNKNOWN_WRONG, "unknown_wrong")        /* not what a client says   */ \
	NOT(UNKNOWN_LATE, "unknown_late")          /* nothing whole in 10 s    */ \
	NOT(DATA_WRONG, "data_wrong")              /* no visitor, or mac       */ \
	IN(PARKED, "parked") \
	NOT(PARKED_WRONG, "parked_wrong")          /* no client, mac, too many */ \
	IN(VISITS, "visits") \
	NOT(VISIT_WRONG, "visits_wrong")           /* no client, or mac        */ \
	NOT(VISIT_DENIED, "visits_denied")         /* not for this client      */ \
	NOT(VISIT_ABSENT, "visits_absent")         /* no such service now      */ \
	NOT(VISIT_CLIENT, "visits_client")         /* --max-visits             */ \
	NOT(VISIT_PENDING, "visits_pending")       /* --max-pending            */ \
	IN(LOGINS, "logins") \
	NOT(LOGIN_WRONG, "logins_wrong")           /* the proof                */ \
	NOT(LOGIN_BANNED, "logins_banned")         /* while a ban holds        */ \
	NOT(BAN, "bans")                           /* begun: --ban-after       */ \
	NOT(LOGIN_IN_USE, "logins_in_use")         /* the name                 */ \
	NOT(LOGIN_ALL, "logins_all")               /* --max-clients            */ \
	NOT(PLAIN_ADDRESS, "plain_address")        /* plain clients of one     */ \
	IN(SERVICES, "services") \
	NOT(SERVICE_COUNT, "services_count")       /* --max-services           */ \
	NOT(SERVICE_PORT, "services_port")         /* outside, or taken        */
/* clang-format on */

enum gate_count {
#define X(name, text) GATE_##name,
	GATE_COUNTS(X, X)
#undef X
		GATE_COUNTED
};

extern const char *const gate_count_names[GATE_COUNTED];
extern const bool gate_lets_in[GATE_COUNTED];

enum gate_kind {
	GATE_OF_DOOR,
	GATE_OF_SESSION,
	GATE_OF_PLAIN,
	GATE_OF_EXPECTED,
	GATE_OF_VISITOR,
	GATE_OF_FLOW
};

enum {
	GATE_BANS = 4096, /* names that failed, of addresses */
	GATE_RATES = 8192 /* addresses that visited a service of late */
};

/* Of a service: who may visit it. A zeroed one lets everybody in. */
struct gate_rules {
	struct cidrs allow, deny; /* no allow: all but deny */
	struct limit_rate rate;   /* of one address; 0: none */
	uint32_t most;            /* visitors at once; 0: any (allowance.h) */
};

struct gate {
	struct tally tally;
	struct bans bans;
	struct limit rates;
	struct log_rate rate;          /* of lines that strangers cause */
	uint64_t counts[GATE_COUNTED]; /* since the start */
	struct cidrs allow, deny;      /* of all services */
};

/* tally has its tables; bans is memory for GATE_BANS rows, rates for GATE_RATES. */
void gate_init(struct relay *r, struct span bans, struct span rates);
/* With other settings. */
void gate_reload(struct relay *r);
/* One line of what was turned away, if anything was. */
void gate_say(const struct relay *r);

/* Something of that kind comes from there, and goes. */
void gate_enter(struct relay *r, const struct addr *a, enum gate_kind kind);
void gate_leave(struct relay *r, const struct addr *a, enum gate_kind kind);
uint32_t gate_of(const struct relay *r, const struct addr *a,
		 enum gate_kind kind);

/* May one more connection that nobody knows come from there? Where clients are
 * logged in, as many more as they wait for.
 */
bool gate_knock(const struct relay *r, const struct addr *a);

/* A login under that name: for how many ms it is banned, or 0; and what became
 * of its proof. Where clients are logged in nobody is banned, or their neighbours
 * could shut them out.
 */
struct gate_who {
	const struct addr *from;
	struct bytes name;
};
int64_t gate_banned(const struct relay *r, const struct gate_who *who);
void gate_failed(struct relay *r, const struct gate_who *who);
void gate_proven(struct relay *r, const struct gate_who *who);

/* As a client asks for it. NULL; or what is wrong, for people. */
const char *gate_rules_read(struct gate_rules *rules, const struct fastnat *m);

/* May a visitor of p come from there, of TCP or UDP? GATE_VISITORS or GATE_FLOWS:
 * yes; else why not. Counted.
 */
enum gate_count gate_visitor(struct published *p, const struct addr *from);
enum gate_count gate_flow(struct published *p, const struct addr *from);

/* The same of HTTP: may a connection come from there; must a request for p not; is
 * it one too many of late (then it is counted); may p have one more data connection
 * for requests?
 */
bool gate_comes(const struct relay *r, const struct addr *from);
bool gate_denies(const struct published *p, const struct addr *from);
bool gate_asks_too_often(struct published *p, const struct addr *from);
enum gate_count gate_request(struct published *p);

/* Why not, for people. */
const char *gate_reason(enum gate_count why);

#endif
