/* list - an intrusive ring; a node that is in no ring points at itself. */
#ifndef NAT_BASE_LIST_H
#define NAT_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *next, *prev;
};

/* Every node of head in order; the body may remove at, not at->next. */
#define list_each(at, head) \
	for (struct list *at = (head)->next, *at##_next = at->next; \
	     at != (head); at = at##_next, at##_next = at->next)

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool list_alone(const struct list *l)
{
	return l->next == l;
}

static inline void list_remove(struct list *l)
{
	l->next->prev = l->prev;
	l->prev->next = l->next;
	list_init(l);
}

static inline void list_append(struct list *head, struct list *l)
{
	l->prev = head->prev;
	l->next = head;
	head->prev->next = l;
	head->prev = l;
}

/* Moves every node of from to the empty head to, in order. */
static inline void list_move(struct list *to, struct list *from)
{
	list_init(to);
	if (list_alone(from))
		return;
	*to = *from;
	to->next->prev = to->prev->next = to;
	list_init(from);
}

#endif
