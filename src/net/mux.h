/* mux - one connection that carries many: each strand of it is a byte stream that
 * stands in a struct tcp of its owner, as a veiled one does (veil.h), so that who has
 * one notices nothing.
 *
 * Strands are opened by one side (mux_open); at the other, come is asked. What comes
 * is looked at where it stands in the input of the connection; what its owner does
 * not take at once is kept for it, MUX_WINDOW bytes at most, while others go on.
 * All that strands say in a turn leaves in one call.
 *
 * When the connection is over each strand breaks that is not; over is called once
 * all of them have been stopped.
 */
#ifndef NAT_NET_MUX_H
#define NAT_NET_MUX_H

#include "base/slot.h"
#include "net/tcp.h"
#include "wire/mux.h"

enum {
	MUX_STRANDS = 1024, /* of one connection, at once */
	MUX_FIRST = 1100    /* bytes that one just opened may say */
};

struct strand { /* fields are private to mux.c, strand.c */
	struct slot slot;
	struct mux *mux;
	struct tcp *above; /* its owner's; NULL: there is none any more */
	struct list due;   /* in mux->due: it owes a frame, or is to be woken */
	struct buf *held;  /* what was not taken at once */
	uint32_t number;
	uint32_t credit;  /* bytes that may be said */
	uint32_t eaten;   /* bytes taken that no CREDIT was said for */
	bool starved : 1; /* a reserve came back empty */
	bool ending : 1, reset : 1; /* END, RESET are to be said */
	bool said : 1, heard : 1;   /* END was */
	bool gone : 1;              /* nothing of it comes or goes any more */
	bool told_down : 1;
	bool late : 1; /* its owner went long ago, the other side has not ended */
};

struct mux { /* fields are private to mux.c, strand.c but for n */
	struct net *net;
	struct slots *strands; /* of struct strand: those of all */
	struct tcp tcp;
	struct waker waker;
	struct list due;
	struct soon settle;
	struct buf_wait wait;
	struct buf *spare; /* for what is not taken, while somebody looks */
	struct mux_in in;
	struct strand *current; /* who is told of now */
	struct span now;
	uint8_t *room; /* reserved below */
	uint32_t next; /* number, or the least that may come */
	uint32_t n;    /* strands */
	bool full;     /* the connection takes no more for now */
	int err;       /* it is over */
	/* May s be? Then strand_take. NULL: strands are opened here. */
	bool (*come)(struct mux *m, struct strand *s);
	/* Its storage is its owner's again; the last thing done in a wake. */
	void (*over)(struct mux *m);
	struct strand *at[MUX_STRANDS]; /* by number */
};

/* Takes the connection over. m is zeroed but for come and over. */
void mux_start(struct mux *m, struct net *net, struct tcp *from,
	       struct slots *strands);
/* Breaks it off; over will be called. */
void mux_end(struct mux *m);
/* At once; there are no strands any more. over is not called. */
void mux_stop(struct mux *m);

/* Now and then: resets those whose owner is gone since the last time, and which the
 * other side has not ended.
 */
void mux_tidy(struct mux *m);

/* One more strand, which is t from now on. False: not now, or too many. */
MUST_USE bool mux_open(struct mux *m, struct tcp *t, struct waker *up);

/* ---- strand.c ---- */

/* t is s from now on. */
void strand_take(struct strand *s, struct tcp *t, struct waker *up);

/* Is t a strand? */
bool strand_is(const struct tcp *t);
/* For veil.c: as tcp_move. */
void strand_move(struct tcp *to, struct tcp *from, struct waker *up);

/* ---- for the two of them ---- */

/* Tells of it, if it has an owner. */
void strand_wake(struct strand *s, unsigned what);
/* These bytes of it have come. False: more than may. */
MUST_USE bool strand_hear(struct strand *s, struct span data);
/* Something is to be done for it, in this turn. */
void strand_due(struct strand *s);
/* Says what it owes. False: there is no room. */
MUST_USE bool strand_pay(struct strand *s);
/* Nothing comes or goes any more. */
void strand_close(struct strand *s);
/* Puts it back if nobody needs it. True: it is gone. */
bool strand_free(struct strand *s);

#endif
