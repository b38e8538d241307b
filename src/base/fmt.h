/* fmt - prints text into a span it was lent; the product has no printf.
 *
 * What does not fit is cut off and full stays set; n never passes to.n. Once
 * full nothing more is taken, so that what is there is how the text begins.
 * There is no NUL until fmt_text asks for one.
 */
#ifndef NAT_BASE_FMT_H
#define NAT_BASE_FMT_H

#include "base/span.h"
#include <stdarg.h>

struct fmt {
	struct span to;
	size_t n;
	bool full;
};

static inline struct fmt fmt_to(struct span to)
{
	return (struct fmt){ .to = to };
}

/* Whole or not at all: bytes that do not fit set full and leave n alone. */
void fmt_bytes(struct fmt *f, struct bytes b);

/* %s %c %d %u %x %ld %lu %lld %llu %zu %% and %.*s; %0Nu and %0Nx pad with zeros
 * to N digits, N < 10. Nothing else: an unknown conversion is an assert.
 */
__attribute__((format(printf, 2, 3))) void fmt_put(struct fmt *f,
						   const char *form, ...);
void fmt_vput(struct fmt *f, const char *form, va_list ap);

/* Lower-case, two digits a byte. */
void fmt_hex(struct fmt *f, struct bytes b);

/* As TIME and SIZE are written in options: 1500ms 30s 10m 1h, 512 64K 10M. */
void fmt_ms(struct fmt *f, uint64_t ms);
void fmt_size(struct fmt *f, uint64_t bytes);

/* What has been printed, lent as long as the span is. */
static inline struct bytes fmt_done(const struct fmt *f)
{
	return (struct bytes){ f->to.p, f->n };
}

/* The same as a string: the last byte gives way to the NUL when full. to.n > 0. */
const char *fmt_text(struct fmt *f);

#endif
