/* published - a port that a client has published, and who visits it; or a
 * private service, which has none and is visited by other clients (private.h).
 *
 * When its client is lost it waits as an orphan for a successor of the same
 * name; nobody is let in meanwhile, established flows go on. A closed one lives
 * until its last visitor has left.
 */
#ifndef NAT_APP_RELAY_PUBLISHED_H
#define NAT_APP_RELAY_PUBLISHED_H

#include "app/relay/core.h"
#include "app/relay/group.h"

struct session;
struct route;

enum { ORPHAN_MS = 10000 };

struct published {
	struct slot slot;
	struct list node; /* in session->published or relay->orphans */
	struct relay *relay;
	struct session *session; /* NULL: an orphan, or closed */
	struct route *route;     /* of HTTP (web.h); or NULL */
	bool private;            /* it has no port */
	uint32_t visitors;
	uint32_t busy; /* requests that it has not answered */
	uint16_t port;
	uint8_t protocol;       /* enum fastnat_protocol */
	int64_t idle_ms, until; /* until: as an orphan */
	struct listener listener;
	struct udp udp;       /* one of the two runs until it is closed */
	struct traffic past;  /* of TCP visitors that have left, all of UDP */
	struct traffic tally; /* with those that are there, by report.c */
	char name[FASTNAT_NAME + 1], owner[FASTNAT_NAME + 1];
	uint8_t instance[FASTNAT_NONCE]; /* of the owner */
	struct gate_rules rules;
	struct group group;
};

/* Binds m->out_port (0: any; none if private) as m asks for, or adopts an orphan
 * of its name. 0 and *out, or -NAT_EINVAL (outside --ports), -NAT_EINUSE,
 * -NAT_EACCESS, -NAT_ELIMIT, ...
 */
MUST_USE int published_open(struct published **out, struct session *s,
			    const struct fastnat *m);
/* What the client asks for beside the port, at first or once more. */
void published_told(struct published *p, const struct fastnat *m,
		    const struct gate_rules *rules);
/* Visitors that are being carried stay, but for those of UDP. */
void published_close(struct published *p);
/* Its client is lost. */
void published_orphan(struct published *p);
/* It is nobody's, and waits for its client as an orphan does. */
void published_await(struct published *p);
/* For p->listener. */
void published_come(struct listener *l);
/* For relay->adoption. */
void published_expire(struct timer *t);
/* A visitor has come, and is gone. */
void published_enter(struct published *p);
void published_leave(struct published *p);

/* The ports of a session accept nobody, or go on. */
void published_hold(struct session *s, bool hold);

/* That of the session with this name, or NULL. */
struct published *published_find(const struct session *s, struct bytes name);

/* Does a client of the relay hold this port? */
bool published_holds(const struct relay *r, uint16_t port,
		     enum fastnat_protocol protocol);

static inline bool published_open_still(const struct published *p)
{
	return listener_runs(&p->listener) || udp_runs(&p->udp) || p->private ||
	       p->route || group_next(p);
}

#endif
