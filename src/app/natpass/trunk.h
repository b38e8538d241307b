/* trunk - a natpass client's connection to its server, with all its links: dials,
 * proves the secret, hears and says messages, notices when it is gone and begins
 * anew, for ever.
 *
 *	state   means                                 leaves by
 *	DIAL    connecting, the proof is not said     said -> SHAKE
 *	SHAKE   nothing has been heard                anything, 3 s -> UP
 *	UP      links may be opened                   being lost
 *	WAIT    until the next attempt                time -> DIAL
 *
 * Servers say nothing to a proof; so we say something to ourselves and take it as a
 * yes when it comes. Closed in SHAKE: the proof of a minute before, then of one
 * after is tried at once, since originals take that of their own minute alone.
 */
#ifndef NAT_APP_NATPASS_TRUNK_H
#define NAT_APP_NATPASS_TRUNK_H

#include "app/natpass/inlet.h"
#include "app/natpass/vlink.h"
#include "base/backoff.h"
#include "base/log.h"
#include "net/dial.h"
#include "net/tcp.h"

enum {
	TRUNK_ARRIVE_MS = 10000, /* from dialling to SHAKE */
	TRUNK_SHAKE_MS = 3000,
	TRUNK_TICK_MS = 5000,
	TRUNK_KEEPALIVE_MS = 10000,
	TRUNK_SILENT_MS = 40000, /* servers say something every 10 s */
	TRUNK_STEADY_MS = 10000
};

/*       name   on entering  when its time is up */
#define TRUNK_STATES(X) \
	X(DIAL, begin, too_late) \
	X(SHAKE, shake, settle) \
	X(UP, arrive, tick) \
	X(WAIT, wait, try_again)

enum trunk_state {
#define X(name, entered, late) TRUNK_##name,
	TRUNK_STATES(X)
#undef X
};

struct agent;

struct trunk_links {
	struct slots table;
	struct map by_id;
	struct map_seed seed;
	struct list owing;   /* they have words to say, */
	struct list wanting; /* or data, when there is room */
	bool serving;        /* those go before others */
	size_t windows;      /* bytes that they may still be given */
};

struct trunk_head {          /* the message that is being heard */
	struct vlink *link;  /* whose data is being heard */
	struct vlink *waits; /* whose data does not fit anywhere */
	struct span data;    /* what is left of it */
	size_t done;         /* of it has been taken before */
	int64_t since;       /* when it began to wait; 0: it does not */
};

struct trunk { /* fields are private to trunk.c and vlink.c */
	struct agent *agent;
	struct net *net;
	enum trunk_state state;
	struct tcp tcp;
	struct inlet inlet;
	struct dial dial;
	struct waker waker;
	struct timer timer;
	struct soon more;       /* there may be messages to hear */
	struct buf_wait memory; /* to keep what waits */
	struct backoff backoff;
	int64_t since, heard, said; /* came up; when last */
	unsigned minute;            /* which of the three minutes is tried */
	uint32_t trouble;           /* hash of what was said to be wrong */
	struct trunk_links links;
	struct {
		struct span room; /* as reserved for data */
		unsigned pushed;  /* large ones, since the last wake */
	} out;
	bool kept; /* somebody takes less than there is: let output go first */
	struct trunk_head head;
};

void trunk_start(struct trunk *t, struct agent *a);
void trunk_stop(struct trunk *t);

/* Connects anew: at once, or, not sure, if the server does not answer soon. */
void trunk_retry(struct trunk *t, bool sure);

static inline bool trunk_is_up(const struct trunk *t)
{
	return t->state == TRUNK_UP;
}

/* ---- for links ---- */

/* Says it, if there is room now. False: trunk_owes. */
bool trunk_say(struct trunk *t, const struct natpass *m);
/* The link has words to say: now, if there is room. */
void trunk_owes(struct trunk *t, struct vlink *l);

/* May l send data now, or are others before it? Then it is woken in its turn. */
bool trunk_may(struct trunk *t, struct vlink *l);
/* Room for a frame of n bytes; p NULL: not now. Then a frame around n bytes that
 * stand there behind before bytes; 0: none, unless a message may be empty.
 */
struct span trunk_room(struct trunk *t, size_t n);
void trunk_wrap(struct trunk *t, const struct natpass *m, size_t before,
		size_t n);

/* Somebody has read: what waits is heard in this turn. */
void trunk_look(struct trunk *t);
/* The link is left by its owner. */
void trunk_leave(struct trunk *t, const struct vlink *l);

#endif
