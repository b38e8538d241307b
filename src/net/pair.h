/* pair - two streams joined by two pumps: a visitor and its service. */
#ifndef NAT_NET_PAIR_H
#define NAT_NET_PAIR_H

#include "net/pump.h"

/* What has gone through a service: how many visitors, bytes from them and back. */
struct traffic {
	uint64_t visitors, in, out;
};

static inline void traffic_add(struct traffic *to, const struct traffic *t)
{
	to->visitors += t->visitors;
	to->in += t->in;
	to->out += t->out;
}

struct pair { /* fields are private to pair.c but the pumps' moved */
	struct waker from_a, from_b;
	struct pump ab, ba;
	/* Both directions have ended and everything is sent, or a side takes no
	 * more (0), or one side broke (its err). The pair and both streams are
	 * still the owner's to stop; this is the last thing done in a wake.
	 */
	void (*over)(struct pair *p, int err);
};

/* Both streams report to the pair from now on, and what they hold already is
 * moved at once; so over may come out of this call: it is the last thing that
 * the caller does in its wake.
 */
void pair_start(struct pair *p, struct net *net, struct stream *a,
		struct stream *b, void (*over)(struct pair *, int));
/* The same in two steps: nothing is moved, and nobody woken, before the second. */
void pair_join(struct pair *p, struct net *net, struct stream *a,
	       struct stream *b, void (*over)(struct pair *, int));
void pair_go(struct pair *p);

/* So far; a is the visitor's side. */
static inline struct traffic pair_moved(const struct pair *p)
{
	return (struct traffic){ 0, p->ab.moved, p->ba.moved };
}

/* Stops both streams and gives the pipes back. With an error, whatever it is,
 * both get a reset: what was cut off must not look like all of it.
 */
void pair_stop(struct pair *p, int err);

#endif
