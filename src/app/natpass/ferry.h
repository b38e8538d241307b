/* ferry - datagrams and the link that they go by, on either side: those of one
 * sender where we listen, or of a socket of our own because somebody asks for it.
 *
 * What finds no room is lost, as datagrams are, and counted.
 */
#ifndef NAT_APP_NATPASS_FERRY_H
#define NAT_APP_NATPASS_FERRY_H

#include "app/natpass/vlink.h"
#include "net/resolve.h"
#include "net/udp.h"

enum { FERRY_HOST = 256 };

struct agent;
struct rule;

struct ferry { /* fields are private to ferry.c */
	struct slot slot;
	struct map_node node; /* of the rules', by from */
	struct list idle;     /* the same: the longest unused first */
	struct agent *agent;
	struct rule *rule; /* who has come there; NULL: it is asked of us */
	struct vlink *link;
	struct waker waker;
	struct timer timer;
	int64_t since, last;
	uint64_t in, out,
		lost;     /* in: from who asked; datagrams that were lost */
	struct addr from; /* who has come */
	struct buf *held; /* the first, until the link is open */
	struct resolve resolve;
	struct udp udp; /* asked of us; runs when it is open */
	uint16_t port;
	uint8_t host_n, host[FERRY_HOST];
};

/* As of a struct kind. */
void ferry_asked(struct agent *a, struct vlink *l, void *place,
		 const struct natpass_request *ask);
void ferry_stop(void *place);

/* Datagrams have come at r. */
void ferry_come(struct rule *r);

#endif
