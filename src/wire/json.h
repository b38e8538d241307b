/* json - RFC 8259 for small protocol objects: a scanner that finds the end of
 * an object in a stream, a strict parser into slices, a printer.
 *
 * Pure, no tree per document: a value is a slice of the text, and an object is
 * walked member by member. Depth is bounded; numbers stay text until asked for.
 */
#ifndef NAT_WIRE_JSON_H
#define NAT_WIRE_JSON_H

#include "base/err.h"
#include "base/fmt.h"

enum { JSON_DEPTH = 8 }; /* for our protocols */

/* ---- finding objects in a stream ----
 *
 * Zero-filled to start. Between objects white space is skipped; what begins
 * with anything but '{' is wrong. Braces within strings do not count. That the
 * object is valid JSON inside is for json_parse to say.
 */
struct json_scan {
	size_t at; /* bytes of the current object already seen */
	uint16_t depth;
	bool in_string, escaped;
};

/* in: all unread bytes, from the same first byte as in the call before. Returns
 * the length of the first whole object with the white space before it (> 0, and
 * the scanner is ready for what follows), 0 when more is needed, or -NAT_EPROTO
 * (no object), -NAT_EROOM (no end within most bytes).
 */
MUST_USE long json_scan(struct json_scan *s, struct bytes in, size_t most);

/* ---- parsing ---- */

enum json_type {
	JSON_NULL,
	JSON_TRUE,
	JSON_FALSE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json {
	enum json_type type;
	struct bytes text; /* of a string: what stands between the quotes */
};

/* One value with nothing but white space around it, valid to the last byte:
 * UTF-8 checked (RFC 3629), strings without raw control characters, depth at
 * most depth (up to 1024). 0 and *v, or -NAT_EPROTO.
 */
MUST_USE int json_parse(struct json *v, struct bytes text, unsigned depth);

/* Walks the members of an object that json_parse has accepted. Zero-filled
 * (at = 0) to start; false at the end. Duplicate keys come as they stand.
 */
struct json_member {
	struct bytes key; /* raw, as between the quotes */
	struct json value;
	size_t at; /* private to json.c */
};
bool json_next(const struct json *object, struct json_member *m);

/* The same for the values of an array; key stays as it is. */
bool json_next_value(const struct json *array, struct json_member *m);

/* The text of a JSON_STRING with escapes undone (lone surrogates: U+FFFD), into
 * to. 0, or -NAT_EROOM, -NAT_EINVAL when v is no string.
 */
MUST_USE int json_string(struct fmt *to, const struct json *v);

/* A whole number 0..max, as number or (some peers) string of digits; no sign,
 * fraction or exponent. 0 and *n, or -NAT_EINVAL.
 */
MUST_USE int json_uint(const struct json *v, uint64_t max, uint64_t *n);

/* ---- printing ---- */

/* "text" with quotes and escapes; bytes that are no UTF-8 become U+FFFD. */
void json_put_string(struct fmt *f, struct bytes text);

#endif
