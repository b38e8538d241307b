/* token - the shared secrets of relay and clients, and the file they stand in.
 *
 * A token is 16 to 128 of [A-Za-z0-9._~-]. A token file has one a line, or
 * name:token for the clients of a single name; CR and LF are stripped, '#'
 * starts a comment line, empty lines are skipped.
 */
#ifndef NAT_WIRE_TOKEN_H
#define NAT_WIRE_TOKEN_H

#include "base/err.h"
#include "base/span.h"

enum { TOKEN_MIN = 16, TOKEN_MAX = 128, TOKEN_BITS = 80 };

/* NULL when the token may be used, else why not, for people. weak: allow fewer
 * than TOKEN_BITS bits, counted as length times bits of the alphabet in use
 * (10, 16, 26, 36, 52, 62 or 66 characters; repeats of one character count 1).
 */
const char *token_fault(struct bytes token, bool weak);

struct token_line {
	struct bytes name; /* empty: for clients without a line of their own */
	struct bytes token;
	unsigned number; /* of the line, from 1 */
};

struct token_file { /* fields are private to token.c */
	struct bytes rest;
	unsigned number;
};

void token_file_init(struct token_file *f, struct bytes text);
/* The next token; false at the end. Validity is for token_fault and
 * fastnat_is_name to say. Slices are of the text.
 */
bool token_file_next(struct token_file *f, struct token_line *out);

#endif
