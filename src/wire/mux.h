/* mux - frames that carry many byte streams, called strands, over one connection
 * (docs/protocol/fastnat.md 2.8).
 *
 *	0: kind (1)   1: length (3)   4: strand (4)   8: payload
 *
 * Big-endian. Strands are opened by one side only, the relay, which counts them up
 * from 1 and uses no number twice. Each side may say MUX_WINDOW bytes on a strand
 * before it hears of more.
 *
 *	OPEN    it begins            END     no more from here
 *	DATA    bytes, at least 1    RESET   no more either way
 *	CREDIT  so many bytes more may be said (4 bytes)
 *
 * Pure: data is told in parts, where it stands, as it comes. What a peer says that
 * is none of this is -NAT_EPROTO, and the connection is over.
 */
#ifndef NAT_WIRE_MUX_H
#define NAT_WIRE_MUX_H

#include "base/err.h"
#include "base/span.h"

enum {
	MUX_HEAD = 8,
	MUX_CREDIT_FRAME = MUX_HEAD + 4,
	MUX_WINDOW = 64 * 1024, /* also the most bytes of one DATA */
};

enum mux_kind {
	MUX_MORE, /* of no frame: nothing is told yet */
	MUX_OPEN,
	MUX_DATA,
	MUX_CREDIT,
	MUX_END,
	MUX_RESET
};

struct mux_part {
	enum mux_kind kind;
	uint32_t strand;
	uint32_t more;    /* CREDIT */
	struct span data; /* DATA: some of it, within what came */
};

struct mux_in {                /* zeroed at first; private to mux.c */
	uint32_t strand, left; /* of the DATA at hand */
};

/* What comes next in the input: the bytes of it to be taken (> 0), 0: not enough
 * of it is here; -NAT_EPROTO.
 */
MUST_USE long mux_hear(struct mux_in *m, struct span in, struct mux_part *p);

/* A frame's head, n bytes of payload behind it; a whole CREDIT. */
void mux_head(uint8_t to[MUX_HEAD], enum mux_kind kind, uint32_t strand,
	      size_t n);
void mux_credit(uint8_t to[MUX_CREDIT_FRAME], uint32_t strand, uint32_t more);

#endif
