/* body - what stands behind the head of an HTTP/1.1 message (RFC 9112 6, 7), as it
 * streams by: read by its length, by chunks or until the end; written likewise.
 *
 * Chunk extensions are left out, trailers are passed on field by field. Pure; a
 * reader keeps 16 bytes and no byte of the message.
 */
#ifndef NAT_WIRE_BODY_H
#define NAT_WIRE_BODY_H

#include "base/err.h"
#include "base/fmt.h"

enum body_kind {
	BODY_NONE,
	BODY_LENGTH,
	BODY_CHUNKED,
	BODY_CLOSE /* until the connection ends */
};

enum {
	BODY_LINE = 256,      /* most bytes of a chunk's first line */
	BODY_TRAILERS = 4096, /* of all trailers */
	BODY_FRAME = 24       /* most that a chunk costs beside its data */
};

/*      SIZE     a chunk's first line        DATA     left bytes of the body
 *      CRLF     behind a chunk's data       TRAILER  fields, then an empty line
 *      OVER     it was whole
 */
enum body_state { BODY_SIZE, BODY_DATA, BODY_CRLF, BODY_TRAILER, BODY_OVER };

struct body { /* fields are private to body.c but for kind */
	uint8_t kind, state;
	uint16_t trailers; /* bytes of them so far */
	uint64_t left;
};

enum body_what { BODY_MORE, BODY_SOME, BODY_FIELD, BODY_END };

struct body_part {
	uint8_t what; /* enum body_what */
	size_t skip; /* framing: to be taken from the input now, whatever what is */
	struct bytes data; /* SOME: of the body; FIELD: a trailer with CRLF */
};

void body_start(struct body *b, enum body_kind kind, uint64_t length);

/* What comes next in the input. After SOME and FIELD (as a whole) body_took says
 * how much was taken; until then it comes again. 0, or -NAT_EPROTO.
 */
MUST_USE int body_next(struct body *b, struct bytes in, struct body_part *part);
void body_took(struct body *b, size_t n);

static inline bool body_over(const struct body *b)
{
	return b->state == BODY_OVER;
}

/* ---- writing ---- */

/* As much of data as there is room for, framed; how many bytes of it. */
size_t body_put(struct span to, enum body_kind kind, struct bytes data,
		size_t *used);

#endif
