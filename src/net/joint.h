/* joint - a connection of TCP joined to a channel, of host, join and peers. */
#ifndef NAT_NET_JOINT_H
#define NAT_NET_JOINT_H

#include "base/slot.h"
#include "net/chan.h"
#include "net/dial.h"
#include "net/pair.h"
#include "net/tcp.h"

struct joint {
	struct slot slot;
	struct list node; /* of its call */
	struct slots *of;
	struct net *net;
	struct chan chan;
	struct tcp tcp;
	struct waker waker;
	struct dial dial;
	struct pair pair;
	bool dials, paired;
};

/* A channel that has come: its service is dialled. False: there are too many. */
MUST_USE bool joint_come(struct slots *of, struct net *net, struct list *links,
			 const struct hostport *to);
/* The one that has come last, for chan_take. */
struct joint *joint_last(const struct list *links);

/* One that has been accepted: a channel of that name is opened. */
MUST_USE bool joint_call(struct slots *of, struct assoc *a, struct list *links,
			 int fd, struct bytes service);

void joint_end(struct joint *k, int err);
void joint_end_all(struct list *links);

#endif
