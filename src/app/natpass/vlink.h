/* vlink - one virtual link of a natpass client, as a stream of bytes, or of
 * datagrams (kind): what two clients have opened between each other through
 * their server.
 *
 *	state    means                                  leaves by
 *	WAIT     to be asked for, when there is a       the request is said -> ASKED
 *	         connection
 *	ASKED    the other side has not answered        yes -> OPEN; no, 15 s: DOWN
 *	OFFERED  the other side asks us                 vlink_accept -> OPEN, refuse
 *	OPEN     data goes both ways
 *	OVER     its owner has stopped it; last words
 *	         are owed, then it is gone
 *
 * Between two of ours each link has windows: who sends no more than the other side
 * has said it will take, so that what nobody reads is kept here and holds up no
 * other link; each direction ends on its own, and a reset is told from an end.
 * Windows begin at VLINK_FIRST bytes, and grow while they are read as fast as they
 * come and the agent's memory for them lasts. An original has neither: what its
 * links bring beyond what their windows would be waits in the connection, with all
 * that is behind, for VLINK_STUCK_MS; and the end of either side is the end of
 * both, once what has come is read.
 *
 * Rules as of every stream; and whoever is woken may stop its link, and no other,
 * and not the agent.
 */
#ifndef NAT_APP_NATPASS_VLINK_H
#define NAT_APP_NATPASS_VLINK_H

#include "base/map.h"
#include "base/slot.h"
#include "net/backlog.h"
#include "net/stream.h"
#include "wire/natpass.h"

enum {
	VLINK_FIRST = 16 * 1024,  /* a window, */
	VLINK_MOST = 1024 * 1024, /* at most */
	VLINK_CHUNK = 65000, /* of data in a message between two of ours: one
			      * fits a segment of loopback */
	VLINK_ASK_MS = 15000,
	VLINK_LINGER_MS = 5000, /* who is read by nobody: then it breaks */
	VLINK_STUCK_MS = 20000,
	VLINK_WHY = 96
};

#define VLINK_STATES(X) X(WAIT) X(ASKED) X(OFFERED) X(OPEN) X(OVER)

enum vlink_state {
#define X(name) VLINK_##name,
	VLINK_STATES(X)
#undef X
};

enum vlink_word { /* what it owes the other side, said in this order */
		  VLINK_REQUEST = 1,
		  VLINK_YES = 2,
		  VLINK_NO = 4,
		  VLINK_SIZE = 8,
		  VLINK_CREDIT = 16,
		  VLINK_END = 32,
		  VLINK_BYE = 64
};

enum vlink_is {
	VLINK_OURS = 1,    /* windows are kept */
	VLINK_GONE = 2,    /* the other side knows no such link any more */
	VLINK_STARVED = 4, /* a reserve came back empty for want of credit */
	VLINK_ENDS = 8,    /* finish has been called */
	VLINK_RESETS = 16,
	VLINK_DGRAMS = 32 /* each message is a datagram, and nothing is kept */
};

struct trunk;

/* What the data is of; rows are VLINK_PLAIN and VLINK_SHELL. */
struct vlink_kind {
	uint32_t message, payload;
};
extern const struct vlink_kind vlink_plain, vlink_shell;

/* What it may take, and what it may send. */
struct vlink_flow {
	uint32_t window; /* most bytes that it keeps */
	uint32_t left;   /* of them the other side may still send */
	uint32_t taken;  /* read since that was said last */
	uint32_t credit; /* bytes that we may send */
	uint32_t lent;   /* of the window, from the trunk's memory */
};

struct vlink_peer {
	uint32_t idx;
	uint8_t id_n, id[NATPASS_ID];
	uint8_t link_n, link[NATPASS_LINK];
};

struct vlink_size {
	struct natpass_size heard, tell; /* tell: owed */
	bool resized;
};

struct vlink { /* fields are private to these files but for stream, peer, why, status */
	struct slot slot;
	struct map_node node; /* by its id */
	struct stream stream;
	struct trunk *trunk;
	const struct vlink_kind *kind;
	const struct natpass_request *ask; /* WAIT, ASKED */
	struct list owing, wanting;        /* its places in the trunk's lists */
	struct timer timer;
	struct soon soon;
	struct backlog kept;
	struct vlink_flow flow;
	uint8_t state; /* enum vlink_state */
	uint8_t owes;  /* enum vlink_word */
	uint8_t raise; /* what soon will say */
	uint8_t is;    /* enum vlink_is */
	struct vlink_size size;
	uint32_t status; /* 0: none; else a shell's exit status + 1 */
	struct vlink_peer peer;
	char why[VLINK_WHY]; /* why it was refused; "": it was not */
};

/* ---- for owners ---- */

/* Asks the client of that id for ask (lent until STREAM_OPEN or DOWN; waits for a
 * connection if there is none). NULL: there are too many. STREAM_OPEN comes when
 * it is granted, STREAM_DOWN when not: -NAT_EACCESS with why, -NAT_ETIMEOUT.
 */
struct vlink *vlink_open(struct trunk *t, struct bytes id,
			 const struct natpass_request *ask, struct waker *up);

/* The answer to what was OFFERED, now or later; up is woken from now on, for the
 * other side may change its mind. vlink_refuse is the end of it: it is gone.
 */
void vlink_offered(struct vlink *l, struct waker *up);
void vlink_accept(struct vlink *l);
void vlink_refuse(struct vlink *l, const char *why);
/* The same in two steps: stream_stop is the second. */
void vlink_why(struct vlink *l, const char *why);

/* Of a shell: the size of the terminal goes beside the data. vlink_resized is true
 * once after each that has come; STREAM_IN is how one hears of it.
 */
void vlink_resize(struct vlink *l, const struct natpass_size *size);
bool vlink_resized(struct vlink *l, struct natpass_size *size);

/* stream_stop(&l->stream, false), and the exit status (0 to 255) goes with it; it
 * is heard as STREAM_DOWN with -NAT_ECLOSED and status. Originals hear no number.
 */
void vlink_leave(struct vlink *l, uint32_t status);

static inline bool vlink_is(const struct vlink *l, enum vlink_is what)
{
	return l->is & what;
}

static inline void vlink_set(struct vlink *l, enum vlink_is what, bool is)
{
	l->is = (uint8_t)(is ? l->is | what : l->is & ~(unsigned)what);
}

static inline struct bytes vlink_id(const struct vlink *l)
{
	return (struct bytes){ l->peer.link, l->peer.link_n };
}

static inline struct bytes vlink_peer(const struct vlink *l)
{
	return (struct bytes){ l->peer.id, l->peer.id_n };
}

#endif
