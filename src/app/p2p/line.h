/* line - to a signalling server, by WebSocket, over TLS if its URL says wss: dialled
 * again for ever, with backoff.
 *
 *	DOWN ── after a while ──► DIAL ──► ASK ── 101 ──► UP
 *	 └──────────── lost, refused, silent ────────────┘
 */
#ifndef NAT_APP_P2P_LINE_H
#define NAT_APP_P2P_LINE_H

#include "app/p2p/p2p.h"
#include "base/backoff.h"
#include "net/dial.h"
#include "net/secure.h"
#include "net/wstext.h"
#include "wire/ming.h"
#include "wire/upgrade.h"

enum { LINE_PATIENCE = 10000, LINE_SILENCE = 60000 };
enum line_state { LINE_DOWN, LINE_DIAL, LINE_ASK, LINE_UP };

struct line;
struct line_ops {
	void (*up)(struct line *l);
	void (*hear)(struct line *l, const struct ming *m);
	void (*down)(struct line *l, const char *why);
};

struct line { /* private to line.c but for state, here, there, status, own */
	struct net *net;
	const struct line_ops *ops;
	struct secure *secure; /* NULL: ws:// */
	struct hostport at;
	struct bytes path, own, token; /* own: our id */
	struct dial dial;
	struct tcp tcp;
	struct waker waker;
	struct timer timer;
	struct backoff backoff;
	struct wstext ws;
	struct http1_scan scan;
	struct upgrade_ask ask;
	struct http1_response response;
	uint8_t state;   /* enum line_state */
	uint16_t status; /* of HTTP, the last time it was not let in; or 0 */
	int64_t heard;
	struct addr here, there; /* of the connection that is up */
	char text[256];          /* of path */
	uint8_t room[MING_SAID], said[MING_SAID];
};

/* Is that a URL of one, ws://HOST[:PORT][/PATH] or wss://, of TLS? */
bool line_read(struct hostport *at, struct bytes *path, const char *url);
bool line_is_secure(const char *url);

/* conf and own are lent. What is wrong is said through d. */
MUST_USE int line_start(struct line *l, struct net *net,
			const struct p2p_conf *conf, const struct line_ops *ops,
			struct diag *d);
void line_stop(struct line *l);
/* Is dialled anew, at once. */
void line_retry(struct line *l);

/* Addresses of this machine may have changed: a connection from one that has gone
 * is lost, and what is waited for is tried now.
 */
void line_look(struct line *l);

void line_register(struct line *l);
/* kind: "offer", "answer": a description; "candidate": its line. */
void line_say(struct line *l, const char *kind, struct bytes to,
	      struct bytes text);
/* An error frame for to, which is why it is not served. */
void line_refuse(struct line *l, struct bytes to, const char *why);

/* What stands in a payload: of a description, a candidate, an error. */
bool line_payload(struct fmt *f, const struct ming *m);

#endif
