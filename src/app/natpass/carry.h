/* carry - a TCP connection and the link that goes on with it, on either side: what
 * is dialled because somebody asks for it, or who has come where we listen.
 */
#ifndef NAT_APP_NATPASS_CARRY_H
#define NAT_APP_NATPASS_CARRY_H

#include "app/natpass/vlink.h"
#include "base/addr.h"
#include "net/dial.h"
#include "net/pair.h"
#include "net/tcp.h"

enum { CARRY_HOST = 256 };

struct agent;
struct rule;

struct carry { /* fields are private to carry.c */
	struct slot slot;
	struct agent *agent;
	struct rule *rule; /* who has come there; NULL: it is asked of us */
	struct vlink *link;
	struct waker here, there; /* until they are joined: tcp, link */
	int64_t since;
	bool joined;
	uint16_t port;
	uint8_t host_n, host[CARRY_HOST];
	union {
		struct dial dial; /* until it is there */
		struct {
			struct tcp tcp;
			struct pair pair;
		};
	};
};

/* As of a struct kind. */
void carry_asked(struct agent *a, struct vlink *l, void *place,
		 const struct natpass_request *ask);
void carry_stop(void *place);

/* Somebody has come at r. Takes fd over, or closes it when there are too many. */
void carry_come(struct rule *r, int fd);

#endif
