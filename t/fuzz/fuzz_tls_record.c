/* Any bytes as records, plain and sealed, of each suite: none is longer than what
 * was there, none of a stranger opens.
 */
#include "fuzz.h"
#include "wire/tls/record.h"

static void all_of(struct bytes in, const struct tls_suite *s)
{
	struct tls_way way = { .key = { 1 }, .on = s != NULL };
	uint8_t *copy = fuzz_copy(in);
	struct span rest = { copy, in.n }, text;
	struct tls_record r;
	int n;

	while ((n = record_next(&r, rest, way.on)) > 0) {
		assert((size_t)n <= rest.n && r.all.p == rest.p);
		assert(record_open(&r, s, &way, &text) == !way.on);
		rest = (struct span){ rest.p + r.all.n, rest.n - r.all.n };
	}
	assert(n <= 0 && n >= -255);
	free(copy);
}

void fuzz(struct bytes in)
{
	all_of(in, NULL);
	for (size_t i = 0; i < TLS_SUITES; i++)
		all_of(in, &tls_suites[i]);
}
