/* line - to a signalling server, by WebSocket: dialled again for ever, with backoff.
 *
 *	DOWN ── after a while ──► DIAL ──► ASK ── 101 ──► UP
 *	 └──────────── lost, refused, silent ────────────┘
 */
#ifndef NAT_APP_P2P_LINE_H
#define NAT_APP_P2P_LINE_H

#include "app/p2p/p2p.h"
#include "base/backoff.h"
#include "net/dial.h"
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

struct line { /* fields are private to line.c but for state, here, there */
	struct net *net;
	const struct line_ops *ops;
	struct hostport at;
	struct bytes path, own; /* own: our id */
	struct dial dial;
	struct tcp tcp;
	struct waker waker;
	struct timer timer;
	struct backoff backoff;
	struct wstext ws;
	struct http1_scan scan;
	struct upgrade_ask ask;
	struct http1_response response;
	uint8_t state; /* enum line_state */
	int64_t heard;
	struct addr here, there; /* of the connection that is up */
	char text[256];          /* of path */
	uint8_t room[MING_SAID], said[MING_SAID];
};

/* conf and own are lent. -NAT_EINVAL: the URL is none. */
MUST_USE int line_start(struct line *l, struct net *net,
			const struct p2p_conf *conf,
			const struct line_ops *ops);
void line_stop(struct line *l);

/* Addresses of this machine may have changed: a connection from one that has gone
 * is lost, and what is waited for is tried now.
 */
void line_look(struct line *l);

void line_register(struct line *l);
/* kind: "offer", "answer": a description; "candidate": its line. */
void line_say(struct line *l, const char *kind, struct bytes to,
	      struct bytes text);

/* What stands in a payload: of a description or a candidate. */
bool line_payload(struct fmt *f, const struct ming *m);

#endif
