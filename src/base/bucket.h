/* bucket - so many bytes a second, a twentieth of a second ahead at most. Who takes
 * more than is there leaves a debt, so that what cannot be cut still counts whole.
 *
 * Pure: now is ms on any steady clock. Exact: it counts thousandths of bytes.
 */
#ifndef NAT_BASE_BUCKET_H
#define NAT_BASE_BUCKET_H

#include "base/span.h"

enum { BUCKET_LEAST = 512 }; /* bytes ahead, however slow */

struct bucket {        /* fields are private to bucket.c but for rate */
	uint64_t rate; /* bytes a second, at most 2^40; 0: no limit */
	int64_t level; /* thousandths of bytes; less than 0: owed */
	int64_t at;    /* when that was so */
};

/* From now on; what is owed remains. */
void bucket_set(struct bucket *b, uint64_t rate, int64_t now);

/* Bytes that may go now; 0: none, SIZE_MAX: any. */
size_t bucket_may(struct bucket *b, int64_t now);
/* They are gone. */
void bucket_take(struct bucket *b, size_t n);

/* When half of what goes ahead may go, for those who wait. There is a rate. */
int64_t bucket_due(struct bucket *b, int64_t now);

#endif
