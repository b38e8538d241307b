/* vectors - reads the vectors of Wycheproof, ../shared/vectors/wycheproof: a
 * member a line, those of the group before its tests, "result" last in each.
 */
#ifndef NAT_T_UNIT_VECTORS_H
#define NAT_T_UNIT_VECTORS_H

#include "unit.h"
#include "base/cur.h"

struct field {
	const char *name;
	struct bytes value; /* of the last line with that name */
};

/* What a line `"name": value,` has, quotes left out. */
static inline bool vectors_line(struct bytes line, struct field *f)
{
	struct cur c = cur_of(line);

	cur_until(&c, '"');
	if (!bytes_are(cur_until(&c, '"'), f->name) || !cur_eat(&c, ':'))
		return false;
	cur_eat(&c, ' ');
	f->value = cur_eat(&c, '"') ? cur_until(&c, '"') : cur_until(&c, ',');
	return true;
}

/* On to the end of the next test; the last of n fields is "result". */
static inline bool vectors_next(struct cur *c, struct field *f, size_t n)
{
	while (cur_left(c) > 0) {
		struct bytes line = cur_until(c, '\n');

		for (size_t i = 0; i < n; i++)
			if (vectors_line(line, f + i) && i + 1 == n)
				return true;
	}
	return false;
}

/* Its bytes, in hex; lent as long as to is. */
static inline struct bytes vectors_hex(struct span to, const struct field *f)
{
	char text[132000];

	assert_true(f->value.n < sizeof(text));
	memcpy(text, f->value.p, f->value.n);
	text[f->value.n] = 0;
	return unit_hex(to, text);
}

static inline unsigned vectors_number(const struct field *f)
{
	struct cur c = cur_of(f->value);
	uint32_t n;

	assert_true(cur_number(&c, UINT32_MAX, &n));
	return n;
}

/* Whether the test is to succeed. */
static inline bool vectors_valid(const struct field *result)
{
	return !bytes_are(result->value, "invalid");
}

#endif
