/* ming - messages of Ming's signalling, generations M1 and M2 (docs/protocol/ming.md):
 * one JSON object in a frame of text.
 *
 *      type       "register-host", "offer", "answer", "candidate", "error", or any
 *      payload    any value; null if there is none
 *      target_id  whom it is for, sender_id  who says it; absent: nobody
 *
 * Strict: keys that are known come once and have the type they must have; ids have
 * no control characters. Other keys are passed over, and what is printed has none.
 */
#ifndef NAT_WIRE_MING_H
#define NAT_WIRE_MING_H

#include "wire/json.h"

enum {
	MING_ID = 64,   /* most bytes of an id, and */
	MING_TYPE = 32, /* of a type */
	MING_MOST =
		15 * 1024, /* of a message that comes, and of one that goes: */
	MING_SAID = MING_MOST + 1024
};

#define MING_TYPES(X) \
	X(REGISTER, "register-host") \
	X(OFFER, "offer") \
	X(ANSWER, "answer") \
	X(CANDIDATE, "candidate") \
	X(ERROR, "error")

enum ming_kind {
	MING_OTHER,
#define X(name, text) MING_##name,
	MING_TYPES(X)
#undef X
};

struct ming_text {
	uint8_t n;
	uint8_t p[MING_ID];
};

struct ming {
	uint8_t kind;              /* enum ming_kind */
	struct ming_text type;     /* MING_TYPE at most */
	struct ming_text to, from; /* n 0: nobody */
	struct bytes payload;      /* JSON as it came, a slice; p NULL: null */
};

/* One message. 0, or -NAT_EPROTO: it is none. */
MUST_USE int ming_parse(struct ming *m, struct bytes text);

/* As the originals order its keys. */
void ming_print(struct fmt *f, const struct ming *m);

/* An error frame of theirs, for that id if it is known. */
void ming_print_error(struct fmt *f, struct bytes why, struct bytes to);

static inline struct bytes ming_bytes(const struct ming_text *t)
{
	return (struct bytes){ t->p, t->n };
}

#endif
