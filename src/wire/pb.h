/* pb - the wire format of protocol buffers, proto3, by const tables.
 *
 * A table has a row for each field that is known, by number, and says where in
 * a struct it lies. Reading takes fields in any order; of a number that comes
 * again the last counts, messages are merged, lists grow; of the members of a
 * oneof the last. What the table does not know, or knows as another kind, is
 * skipped, and pb_rest passes it on. Printing goes by the table, which stands in
 * ascending order: what is 0 or empty is left out, but for the member of a oneof
 * that is chosen.
 *
 * Source: protobuf.dev, "Encoding" and "Language Guide (proto 3)". Texts must be
 * UTF-8. No packed fields, no maps.
 */
#ifndef NAT_WIRE_PB_H
#define NAT_WIRE_PB_H

#include "base/err.h"
#include "base/fmt.h"

enum {
	PB_TEXTS = 32,
	PB_GROUPS = 8
}; /* most of a list; groups within groups */

enum pb_kind {          /* field of the struct */
	       PB_UINT, /* uint32_t: uint32, enum */
	       PB_INT,  /* int32_t: int32 */
	       PB_BOOL, /* bool */
	       PB_TEXT, /* struct bytes: string */
	       PB_BYTES,
	       PB_LIST,   /* struct pb_texts: repeated string */
	       PB_MESSAGE /* that of the row's type */
};

struct pb_texts {
	uint32_t n;
	struct bytes v[PB_TEXTS];
};

struct pb_field {
	uint16_t number;
	uint16_t at; /* offsetof in the struct */
	uint8_t kind;
	bool one; /* a member of the oneof */
	const struct pb_type *of;
};

struct pb_type {
	const struct pb_field *fields;
	uint16_t nfields;
	uint16_t size;   /* of the struct */
	uint16_t chosen; /* offsetof of a uint32_t: which number of the oneof */
};

/* Reads msg into *to, which was zeroed, or is merged with; slices are of msg.
 * -NAT_EPROTO; -NAT_ELIMIT: a list is longer than PB_TEXTS, groups are deeper.
 */
MUST_USE int pb_read(const struct pb_type *t, void *to, struct bytes msg);

/* What *from says; pb_size is how long that is. */
void pb_put(struct fmt *f, const struct pb_type *t, const void *from);
size_t pb_size(const struct pb_type *t, const void *from);

/* The fields of msg that the table does not know, as they stand there; msg has
 * been read well.
 */
void pb_rest(struct fmt *f, const struct pb_type *t, struct bytes msg);
size_t pb_rest_size(const struct pb_type *t, struct bytes msg);

/* A number, as tags and lengths are; how many bytes it has. */
void pb_varint(struct fmt *f, uint64_t v);
size_t pb_varint_size(uint64_t v);

#endif
