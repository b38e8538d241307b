/* value - the text of one option's value, turned into a field and back, by the
 * type of its row; what opt.c is made of.
 */
#ifndef NAT_BASE_VALUE_H
#define NAT_BASE_VALUE_H

#include "base/opt.h"

/* The verdict on a number out of bounds: value_print_bounds goes behind it. */
extern const char VALUE_OUTSIDE[];

/* NULL with the field at to set, or what is wrong with text and to as it was.
 * Of a list row, to is one element.
 */
const char *value_read(const struct opt *o, const char *text, void *to);

/* The field as value_read takes it, in quotes as uci_next takes it. */
void value_print(struct fmt *f, const struct opt *o, const void *from);

/* Is the field a const char *? */
bool value_is_text(const struct opt *o);

/* Of the field, in bytes; are two fields the same? Not of lists. */
size_t value_size(const struct opt *o);
bool value_same(const struct opt *o, const void *a, const void *b);

/* What a number may be at most. */
uint64_t value_most(const struct opt *o);

/* "1..65535", "1s..1h", "1M..4G". */
void value_print_bounds(struct fmt *f, const struct opt *o);

#endif
