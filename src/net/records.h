/* records - text in and out of the records of a struct sealed, in the buffers of
 * the tcp below.
 */
#ifndef NAT_NET_RECORDS_H
#define NAT_NET_RECORDS_H

#include "net/sealed.h"

/* The record behind n bytes that are open, from the first of those on: whole, or
 * what there is of it.
 */
struct span records_look(struct sealed *x, size_t n);

/* As of any stream. */
struct span records_peek(struct sealed *x, size_t least);
void records_take(struct sealed *x, size_t n);
struct span records_reserve(struct sealed *x, size_t least);
void records_commit(struct sealed *x, size_t n);

/* What was said early is lost. */
void records_forget(struct sealed *x);

/* What was said early goes out, now that it is OPEN. False: not yet. */
bool records_release(struct sealed *x);

#endif
