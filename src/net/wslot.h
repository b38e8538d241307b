/* wslot - a WebSocket's own, for wsock.c, wsopen.c and wsdata.c. */
#ifndef NAT_NET_WSLOT_H
#define NAT_NET_WSLOT_H

#include "base/list.h"
#include "base/slot.h"
#include "net/wsock.h"
#include "wire/upgrade.h"
#include "wire/ws.h"

enum wsock_state {
	WSOCK_CALLED,
	WSOCK_CALLS,
	WSOCK_ASKED,
	WSOCK_OPEN,
	WSOCK_OVER,
	WSOCK_CLOSES
};

struct wsock_said {          /* what is due, or done, of what is no data */
	bool finishing, end; /* our empty message is asked for, is said */
	bool close;          /* so is Close */
	bool late;           /* we have nothing more to say to it: linger */
	bool pong;           /* is owed: */
	uint8_t n, ping[WS_CONTROL];
};

struct wsock_heard {
	bool some; /* of the message at hand is not empty */
	bool end, close;
};

struct wsock {
	struct slot slot;
	struct veil veil;
	struct list node; /* CLOSES: the oldest first */
	struct wsocks *of;
	struct soon tell;
	struct ws_in in;
	struct wsock_said said;
	struct wsock_heard heard;
	uint32_t text, tail; /* bytes that are heard; of no use behind them */
	struct span out;     /* reserved below, */
	uint8_t out_head;    /* so much of it for the frame's head */
	uint8_t state;       /* enum wsock_state */
	bool told_open, told_down;
	uint16_t status;        /* what a client was answered, if not 101 */
	const char *why;        /* in words; or NULL */
	int64_t since;          /* in this state; OPEN: said something */
	struct http1_scan scan; /* of the head that comes */
	struct upgrade_ask ask; /* a client's */
};

struct wsocks {
	struct net *net;
	struct bytes path;
	struct slots lines;
	struct span memory;
	struct list closing;
	uint32_t nclosing;
	struct timer look;
	uint32_t at; /* where it goes on to look */
	struct log_rate rate;
	size_t keys_n;
	uint8_t keys[256]; /* for masks, not used yet */
	union {            /* of the handshake at hand */
		struct http1_request request;
		struct http1_response response;
	};
};

static inline struct stream *wslot_below(struct wsock *w)
{
	return &w->veil.tcp.stream;
}

static inline enum ws_role wslot_role(const struct wsock *w)
{
	return w->in.role;
}

/* ---- wsock.c ---- */

/* The only place that changes the state. */
void wslot_enter(struct wsock *w, enum wsock_state state);
/* Over by err, which is told from the loop; Close goes along if there is a code. */
void wslot_fail(struct wsock *w, int err, uint16_t code);
/* Its owner is to be told something, from the loop. */
void wslot_tell(struct wsock *w);

/* ---- wsopen.c ---- */

/* Is that target the server's path? Its query may say anything. */
bool wsopen_is_here(const struct wsocks *s, struct bytes target);
/* What the handshake can do now. */
void wsopen_step(struct wsock *w);

/* ---- wsdata.c ---- */

/* As of any stream. */
struct span wsdata_peek(struct wsock *w, size_t least);
void wsdata_take(struct wsock *w, size_t n);
struct span wsdata_reserve(struct wsock *w, size_t least);
void wsdata_commit(struct wsock *w, size_t n);

/* Takes in frames whatever is in them, for one that nobody owns. */
void wsdata_drain(struct wsock *w);

/* False: there is no room for it now. */
bool wsdata_control(struct wsock *w, enum ws_op op, struct bytes payload);
bool wsdata_close(struct wsock *w, uint16_t code);
/* Says the pong that is owed, and the end if it is asked for, as there is room. */
void wsdata_settle(struct wsock *w);

#endif
