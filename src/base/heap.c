#include "base/heap.h"
#include <assert.h>

/* Makes one heap of two; who points at it is for the caller to set. */
static struct heap_node *meld(const struct heap *h, struct heap_node *a,
			      struct heap_node *b)
{
	if (h->less(b, a)) {
		struct heap_node *smaller = b;

		b = a;
		a = smaller;
	}
	b->next = a->child;
	if (b->next)
		b->next->link = &b->next;
	b->link = &a->child;
	a->child = b;
	return a;
}

/* One heap of the children of a node, NULL of none: pairs from the left, then
 * all into one from the right, which is what makes it O(log n) amortised.
 */
static struct heap_node *gather(const struct heap *h, struct heap_node *child)
{
	struct heap_node *pairs = NULL, *one = NULL;

	while (child) {
		struct heap_node *a = child, *b = a->next;

		child = b ? b->next : NULL;
		if (b)
			a = meld(h, a, b);
		a->next = pairs;
		pairs = a;
	}
	while (pairs) {
		struct heap_node *a = pairs;

		pairs = a->next;
		one = one ? meld(h, one, a) : a;
	}
	return one;
}

static void add(struct heap *h, struct heap_node *n)
{
	h->root = h->root ? meld(h, h->root, n) : n;
	h->root->next = NULL;
	h->root->link = &h->root;
}

void heap_put(struct heap *h, struct heap_node *n)
{
	assert(n->link == NULL);
	n->child = NULL;
	add(h, n);
}

void heap_remove(struct heap *h, struct heap_node *n)
{
	struct heap_node *below;

	if (n->link == NULL)
		return;
	*n->link = n->next;
	if (n->next)
		n->next->link = n->link;
	below = gather(h, n->child);
	*n = (struct heap_node){ NULL, NULL, NULL };
	if (below)
		add(h, below);
}
