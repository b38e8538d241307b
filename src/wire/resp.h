/* resp - the language of Redis, version 2: commands are arrays of texts, answers
 * come as tokens, of which an array is followed by so many others.
 *
 *      +text\r\n   -text\r\n   :number\r\n   $n\r\n n bytes \r\n   *n\r\n
 *
 * Pure.
 */
#ifndef NAT_WIRE_RESP_H
#define NAT_WIRE_RESP_H

#include "base/cur.h"
#include "base/err.h"
#include "base/fmt.h"

enum {
	RESP_LINE = 512,   /* most bytes of a line, its end included */
	RESP_BULK = 16384, /* of a text with a length */
	RESP_MOST = RESP_LINE + RESP_BULK,
	RESP_ELEMENTS = 1 << 20 /* of an array */
};

enum resp_kind {
	RESP_TEXT,   /* + and $ */
	RESP_ERROR,  /* -: "WRONGTYPE ..." */
	RESP_NUMBER, /* : */
	RESP_NONE,   /* $-1 and *-1 */
	RESP_ARRAY   /* *: number of elements follow */
};

struct resp {
	uint8_t kind; /* enum resp_kind */
	int64_t number;
	struct bytes text;
};

/* The first token of in: how many bytes it takes; 0: not all of it is here;
 * -NAT_EPROTO: this is not Redis; -NAT_EROOM: it is too long.
 */
MUST_USE int resp_take(struct resp *r, struct bytes in);

/* A command of n words, each followed by its text. */
void resp_command(struct fmt *f, size_t n);
void resp_word(struct fmt *f, struct bytes word);

#endif
