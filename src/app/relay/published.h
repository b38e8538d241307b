/* published - a port that a client has published, and who visits it. It outlives
 * its session until the last visitor has left, with its port closed.
 */
#ifndef NAT_APP_RELAY_PUBLISHED_H
#define NAT_APP_RELAY_PUBLISHED_H

#include "app/relay/core.h"

struct session;

struct published {
	struct slot slot;
	struct list node; /* in session->published */
	struct relay *relay;
	struct session *session; /* NULL once closed */
	struct listener listener;
	uint32_t visitors;
	char name[FASTNAT_NAME + 1];
};

/* Binds port (0: any) for the session. 0 and *out, or -NAT_EINVAL (outside
 * --ports), -NAT_EINUSE, -NAT_EACCESS, -NAT_ELIMIT, ...
 */
MUST_USE int published_open(struct published **out, struct session *s,
			    struct bytes name, uint16_t port);
/* Visitors that are being carried stay. */
void published_close(struct published *p);
/* A visitor is gone. */
void published_leave(struct published *p);

/* That of the session with this name, or NULL. */
struct published *published_find(const struct session *s, struct bytes name);

/* Does another session of the relay hold this port? */
bool published_holds(const struct relay *r, uint16_t port);

static inline uint16_t published_port(const struct published *p)
{
	return p->listener.at.port;
}

#endif
