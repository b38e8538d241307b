/* der - ASN.1 in DER (X.690): reading on the cursor, writing from the back.
 *
 * Read strictly: a length in its shortest form, definite, tags of one byte. What
 * is not as asked makes the cursor bad. Written from the back, so that a length
 * is known when it is put before what it counts:
 *
 *	struct der_out o = der_out(room);
 *	size_t all = o.n;
 *	der_put(&o, DER_OCTETS, second);
 *	der_put_uint(&o, first);
 *	der_wrap(&o, DER_SEQUENCE, all);        SEQUENCE { first, second }
 */
#ifndef NAT_CRYPT_DER_H
#define NAT_CRYPT_DER_H

#include "base/cur.h"

enum der_tag {
	DER_BOOL = 0x01,
	DER_INTEGER = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_UTF8 = 0x0c,
	DER_UTC_TIME = 0x17,
	DER_TIME = 0x18, /* GeneralizedTime */
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT = 0x80,  /* | n: [n] IMPLICIT of something primitive */
	DER_EXPLICIT = 0xa0, /* | n: [n] around something */
};

/* ---- reading ---- */

/* The contents of the next value, which has that tag; else bad, and nothing. */
struct bytes der_get(struct cur *c, uint8_t tag);

/* The same, to read on inside. */
struct cur der_into(struct cur *c, uint8_t tag);

/* The next value whole, whatever its tag; *tag says which. */
struct bytes der_any(struct cur *c, uint8_t *tag);

/* An INTEGER that is not negative, zeros before it left out; 0 is nothing. */
struct bytes der_uint(struct cur *c);

/* A BIT STRING of whole bytes. */
struct bytes der_bits(struct cur *c);

/* Nothing is left and nothing was bad. */
bool der_done(const struct cur *c);

/* ---- writing ---- */

struct der_out {
	struct span room;
	size_t n;  /* bytes written: the last ones of room */
	bool full; /* and nothing more is taken */
};

static inline struct der_out der_out(struct span room)
{
	return (struct der_out){ .room = room };
}

/* Each stands before what has been written. */
void der_put_raw(struct der_out *o, struct bytes b);
void der_put(struct der_out *o, uint8_t tag, struct bytes b);
void der_put_uint(struct der_out *o, struct bytes b); /* big-endian */
void der_put_small(struct der_out *o, uint8_t n);     /* an INTEGER */

/* Puts tag and length before what has been written since o->n was that. */
void der_wrap(struct der_out *o, uint8_t tag, size_t since);
void der_wrap_bits(struct der_out *o, size_t since); /* a BIT STRING */

/* What has been written; nothing when it did not fit. */
struct bytes der_written(const struct der_out *o);

#endif
