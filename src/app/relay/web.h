/* web - HTTP visitors: a connection to --http carries one request after the
 * other, each to the client that has published its host (route.h), over a data
 * connection that is a visitor's (visitor.h) and stays for the next request to
 * the same service.
 *
 *     state    waits for                       leaves by
 *     HELLO    the first bytes, where TLS      whom they are for (https.h) -> HEAD,
 *              may come                        LINGER, a visitor like any other
 *     HEAD     a request                       its head -> WAIT, or ASK where the
 *                                              data connection is there already
 *     WAIT     the data connection             it comes -> ASK
 *     ASK      room for the request's head     -> BOTH
 *     BOTH     the rest of the request, and    both are over -> HEAD, LINGER
 *              the answer to it                101 -> a visitor like any other
 *     LINGER   the visitor to close            it does, or 2 s
 *
 * What goes wrong before an answer has begun is answered by a small page and
 * LINGER; after that by a reset, so that half an answer looks like nothing else.
 */
#ifndef NAT_APP_RELAY_WEB_H
#define NAT_APP_RELAY_WEB_H

#include "app/relay/core.h"
#include "app/relay/route.h"
#include "app/relay/shared.h"
#include "net/tcp.h"
#include "wire/forward.h"
#include "wire/http1.h"
#include "wire/tls/peek.h"

struct visitor;
struct published;

enum {
	WEB_HEAD_MOST = 16 * 1024,   /* bytes of a request's head */
	WEB_ANSWER_MOST = 48 * 1024, /* of a response's */
	WEB_LINGER_MS = 2000,
	WEB_HOLD_MS = 20
};

enum web_state { WEB_HELLO, WEB_HEAD, WEB_WAIT, WEB_ASK, WEB_BOTH, WEB_LINGER };

struct web_flow { /* one body on its way */
	struct body body;
	uint8_t out;    /* enum body_kind: how it goes on */
	bool last;      /* the chunk of 0 is said, */
	bool over;      /* and all the rest */
	bool stuck;     /* it is the other side that takes no more now */
	uint64_t left;  /* most bytes of it yet */
	uint64_t moved; /* bytes, of the answer with its head */
};

struct web_ask {       /* what is to be known of the request at hand */
	uint16_t head; /* bytes of its head, lead included */
	uint8_t lead, minor;
	bool keeps, upgrades, bodiless; /* bodiless: it is HEAD */
	bool busy;                      /* shared.h: its service is; */
	bool apart;   /* it is for a data connection of its own; */
	bool bulky;   /* the answer before it was long */
	bool repeats; /* nothing is lost by asking twice */
	bool counted; /* for the rate, though its head may be read again */
};

struct web_tls {       /* of a visitor who may come by it */
	uint32_t mark; /* route_mark of the name that it is for; 0: none */
	bool sealed;   /* it ends here */
	bool insists;  /* it must be, and he is told where to find it */
};

struct web_conn { /* idle, this and a visitor are all that nat holds of it */
	struct slot slot;
	struct web *web;
	struct tcp tcp; /* the visitor's */
	struct waker waker, up_waker;
	struct timer timer;
	struct soon lost; /* runs when up was lost */
	struct addr from;
	int64_t since;            /* of what due() counts from */
	struct visitor *up;       /* the data connection, or who waits for it */
	struct access_note *note; /* of the request, for the log; or NULL */
	struct web_ask ask;
	struct web_flow request, answer;
	struct slot_name of;    /* the service of the request at hand */
	struct http1_scan scan; /* of the head that comes next */
	struct web_tls tls;
	uint16_t status; /* lost: what to answer */
	uint8_t state;   /* enum web_state */
	bool used;       /* up has carried a request before this one, */
	bool held;       /* so its head is kept until the answer begins */
	bool answered;   /* the answer's head is said, */
	bool stays;      /* and up carries another request after it */
	bool holds; /* HELLO, HEAD: tried again soon, for its client is to come */
};

enum { PAGE_MOST = 16 * 1024 };

struct web_page { /* for what we answer ourselves; n 0: plain words */
	size_t n;
	uint8_t text[PAGE_MOST];
};

struct web_port {
	struct listener listener;
	struct web *web;
	bool http, https; /* what is spoken there; both: told by a byte */
};

struct web_handover { /* see handover.h */
	int heir;     /* who takes over: a unix socket */
	bool has_heir;
	bool yields; /* who is to take over is ready: nobody waits for clients */
	int64_t awaits; /* until when clients of our predecessor may come */
};

struct web {
	struct relay *relay;
	struct span memory;
	struct slots conns;
	struct routes routes;
	struct sharing sharing;
	struct cidrs trusted; /* balancers in front of us */
	struct web_port ports[2 * OPT_LIST_MAX];
	uint32_t nports;
	struct web_handover handover;
	uint16_t http, https;          /* the first port of each; 0: none */
	uint64_t requests;             /* that have come */
	const struct web_conn *parsed; /* whose request this is, in this turn */
	struct http1_request request;
	struct http1_response response;
	uint8_t hello[PEEK_MOST];    /* that came in pieces */
	struct web_page page, fresh; /* fresh: read, and not yet in force */
	uint8_t body[2 * PAGE_MOST]; /* of the page that is said */
};

/* Opens the listeners of the settings, if there are any. On failure, what is wrong
 * has been said through d. web_ready says that they are ready.
 */
MUST_USE int web_start(struct relay *r, struct diag *d);
void web_ready(const struct relay *r);
void web_stop(struct relay *r);
/* Reads what those settings name, for web_reload. */
void web_check(struct relay *r, const struct relay_conf *conf, struct diag *d);
void web_reload(struct relay *r);
/* Accepts nobody any more, and lets the idle go. */
void web_drain(struct relay *r);
bool web_busy(const struct relay *r);

/* A connection that came to p on behalf of that address moves here; the last thing
 * that the caller does.
 */
void web_come(struct web_port *p, struct tcp *from, const struct addr *who);

/* Descriptors beside those of visitors. */
size_t web_descriptors(const struct relay_conf *conf);

/* ---- vhost.c, for session.c and published.c: services that have a name ---- */

/* NULL, or why there cannot be such a service. */
const char *web_fault(const struct relay *r, const struct fastnat *m);
/* Takes the name that m asks for. -NAT_EINUSE, -NAT_ELIMIT. */
MUST_USE int web_publish(struct published *p, const struct fastnat *m);
/* What such an error means for it; NULL: it is none of these services. */
const char *web_refusal(const struct fastnat *m, int err);
void web_withdraw(struct published *p);
/* Is that what m asks for too? False where neither is such a service. */
bool web_differs(const struct published *p, const struct fastnat *m);
/* Takes what m asks for beside the name, which web_fault has found good. */
void web_told(struct published *p, const struct fastnat *m);
/* The port where visitors look for it, and its whole name: 0 and nothing where it
 * is none of these services.
 */
uint16_t web_port_of(const struct published *p);
void web_print_name(struct fmt *f, const struct published *p);
/* Its whole name and that port, for the answer; room is lent to it. */
void web_tell(const struct published *p, struct fastnat *yes, struct span room);

/* ---- the same, for report.c ---- */

/* What is spoken at the at-th listener, and where that is; NULL: there are no more. */
const char *web_listens(const struct relay *r, uint32_t at, struct addr *a);
struct web_counts { /* connections now, those that share one, requests so far */
	uint64_t connections, shared, requests;
};
/* False: there is no listener. */
bool web_count(const struct relay *r, struct web_counts *n);

/* ---- for visitor.c ---- */

/* Is it for requests? */
bool web_has(const struct visitor *v);
/* It goes by a connection that visitors share, if it should. */
bool web_shares(struct visitor *v);
/* It waits for a parked connection's answer: the head may go along. */
void web_early(struct visitor *v);
/* Its data connection is there; the last thing that the caller does. */
void web_carry(struct visitor *v);
/* It is stopped by somebody else. */
void web_lost(struct visitor *v, int err);

#endif
