/* group - services that share one port or one name: a visitor goes to the one that
 * has the fewest, of those whose client is there.
 *
 * They are a ring of published services. One of them, its front, holds what visitors
 * come to (listener, UDP socket, route); when it goes another takes that over. Who
 * may join: the same word and the same key, and a client that logged in by the same
 * token, or both by tokens of their names whose lines in the token file have that
 * word in group=. Nobody is in a group who has not asked for it.
 */
#ifndef NAT_APP_RELAY_GROUP_H
#define NAT_APP_RELAY_GROUP_H

#include "app/relay/tokens.h"
#include "base/list.h"
#include "wire/handover.h"

struct published;
struct session;

enum { GROUP_MOST = 64 }; /* services of one */

struct group { /* of one service */
	struct list ring;
	uint64_t turn; /* the last time that it was chosen, counted */
	bool given;    /* the token file has the word for its client */
	bool open; /* a predecessor's: its client says which when it comes */
	char word[FASTNAT_NAME + 1]; /* empty: it is in none */
	uint8_t mac[FASTNAT_MAC];    /* zero: no key */
	uint8_t token_tag[TOKEN_TAG];
};

/* What m asks for, of a service that s is about to publish: alone as yet. */
void group_read(struct group *g, const struct session *s,
		const struct fastnat *m);
/* The same as it is handed over, and of a service that a predecessor had. One who does
 * not tell: nobody is in a group with it; then, when its client is there, whatever
 * that asks for.
 */
void group_bequeath(const struct published *p, struct handover_group *to);
void group_inherit(struct group *g, const struct handover_group *from);
void group_adopt(struct published *p, const struct fastnat *m);
/* Is it another group than m asks for? */
bool group_differs(const struct published *p, const struct fastnat *m);

/* May p join the group that first is in? There p is from then on. */
bool group_joins(struct published *first, struct published *p);
/* The same by port and protocol, which p->port is from then on. False: there is
 * nothing to join.
 */
bool group_joins_port(struct published *p, uint16_t port);
/* It goes: what it holds for others is theirs, but for a route (route_pass). */
void group_leave(struct published *p);
/* Another one of its group, or NULL. */
struct published *group_next(const struct published *p);

/* Who holds the listener or the socket: p itself if it is alone. */
struct published *group_front(struct published *p);
/* p's client takes no visitors for a while, or takes them again. */
void group_hold(struct published *p, bool hold);

/* Who shall have a visitor of p: p itself if it is alone and its client is there.
 * NULL: there is nobody.
 */
struct published *group_pick(struct published *p);
/* The same, but had if it is of p's group and would do; had or p rather than nobody. */
struct published *group_near(struct published *p, struct published *had);
/* Somebody but p, and none of the client that is gone; NULL: there is nobody. */
struct published *group_other(struct published *p, const struct session *gone);

#endif
