/* heap - an intrusive pairing heap, smallest first. Nothing here can fail:
 * the nodes are embedded in what they order. Keys are read through less, and
 * must not change while their node is in the heap.
 */
#ifndef NAT_BASE_HEAP_H
#define NAT_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>

struct heap_node {
	struct heap_node *child; /* the first of those that are not smaller */
	struct heap_node *next;  /* the next child of the same parent */
	struct heap_node **link; /* what points here; NULL: in no heap */
};

struct heap {
	struct heap_node *root; /* the smallest, NULL when empty */
	bool (*less)(const struct heap_node *a, const struct heap_node *b);
};

static inline void heap_init(struct heap *h,
			     bool (*less)(const struct heap_node *,
					  const struct heap_node *))
{
	*h = (struct heap){ NULL, less };
}

/* O(1). n must be in no heap (link NULL). */
void heap_put(struct heap *h, struct heap_node *n);

/* O(log n) amortised. Does nothing to a node that is in no heap. */
void heap_remove(struct heap *h, struct heap_node *n);

#endif
