/* pool - buffers of three sizes out of one memory that was handed over.
 *
 * The memory is cut into slabs of 68 KiB; a slab serves one class at a time
 * (17 of 4 KiB, 3 of 20 KiB or 1 of 68 KiB) and none when all its buffers are
 * back. Slabs are taken from a high-water mark first, so what was never needed
 * was never touched. A quarter of the slabs is kept for output: POOL_IN is
 * refused once no more than that is left, so that input cannot starve it.
 */
#ifndef NAT_BASE_POOL_H
#define NAT_BASE_POOL_H

#include "base/list.h"
#include "base/span.h"

enum pool_class { POOL_4K, POOL_20K, POOL_68K, POOL_CLASSES };
enum pool_use { POOL_IN, POOL_OUT };
enum { POOL_SLAB = 68 * 1024 };

/* A buffer: 16 bytes of head, the rest yours. Bytes at..end are in use. */
struct buf {
	uint32_t at, end; /* offsets into p, both 0 when handed out */
	uint32_t size;    /* of p */
	uint32_t class;   /* enum pool_class; private to pool.c */
	uint8_t p[];
};

struct pool_slab {        /* private to pool.c */
	struct list node; /* among the slabs of its class with buffers free */
	uint32_t busy;    /* a bit for each buffer handed out */
	uint8_t class;
	bool dirty; /* wholly free, but its pages may still be resident */
};

struct pool { /* fields are private to pool.c but for out, used */
	uint8_t *mem;
	struct pool_slab *slabs;
	uint32_t nslabs, high, taken, kept;
	struct list free;                 /* slabs wholly free, below high */
	struct list part[POOL_CLASSES];   /* slabs with some buffers free */
	uint32_t out, used[POOL_CLASSES]; /* buffers handed out */
};

/* mem: zero-filled, aligned to 16, n slabs of POOL_SLAB; slabs: zero-filled. */
void pool_init(struct pool *p, struct span mem, struct pool_slab *slabs,
	       uint32_t n);

/* NULL when there is none for that use. */
struct buf *pool_get(struct pool *p, enum pool_class class, enum pool_use use);
void pool_put(struct pool *p, struct buf *b);

/* A wholly free slab whose pages may go back to the system, marked as clean;
 * p NULL when there is none. Its memory may turn to zeros at any time after.
 */
struct span pool_spare(struct pool *p);

/* What is behind one of a class, its head included. */
uint32_t pool_class_size(enum pool_class class);

/* The smallest class whose p holds n bytes; POOL_CLASSES when none does. */
enum pool_class pool_class_of(size_t n);

#endif
