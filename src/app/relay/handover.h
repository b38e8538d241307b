/* handover - a relay that gives way to a successor, and one that is a successor
 * (docs/decisions/0033-operation.md). Both serve for a while: the old one what is
 * being carried, the new one whoever comes.
 *
 * The old one, in this order: its sockets are told of; it yields; when nobody waits
 * for a client any more, what is published is handed over; it leaves, and from then
 * on passes on visitors of HTTP whenever they are between two requests.
 */
#ifndef NAT_APP_RELAY_HANDOVER_H
#define NAT_APP_RELAY_HANDOVER_H

#include "app/relay/relay.h"
#include "wire/handover.h"

enum { HANDOVER_SOCKETS = 160 };
struct handover_sockets { /* most are lent by who has them open */
	uint32_t n;
	struct {
		enum handover_word word;
		int fd;
	} v[HANDOVER_SOCKETS];
};

/* One that is not open (fd < 0), or one too many, is left out. */
void handover_add(struct handover_sockets *to, enum handover_word word, int fd);

/* ---- the old one ---- */

/* Those that it has opened by its settings. */
void relay_sockets(const struct relay *r, struct handover_sockets *to);
/* Lets nobody in where services are published, or does so again. */
void relay_yield(struct relay *r, bool yield);
/* Does anybody wait for a client to fetch him? */
bool relay_awaited(const struct relay *r);
/* Tells of what is published, from *at on. 0: that was all; or -NAT_EAGAIN, or
 * another error.
 */
MUST_USE int relay_bequeath(const struct relay *r, int heir, uint32_t *at);
/* Its clients are told to go there; it drains. */
void relay_leave(struct relay *r, int heir);
/* The heir has room for more, or (gone) is no more. */
void relay_pass(struct relay *r, bool gone);

/* ---- the new one ---- */

/* Takes what a line tells of over, and the descriptor beside it (or -1). */
void relay_inherit(struct relay *r, const struct handover_line *l, int fd);

/* ---- for web.c and exchange.c; handover_small.c without all this ---- */

struct web;
struct web_conn;

/* Between two requests: 1: it stays; 0: it will be passed on; -1: it has been, and
 * is gone.
 */
MUST_USE int handover_pass(struct web_conn *c);
/* Will it be, as soon as it can? */
bool handover_takes(struct web_conn *c);
/* Is a successor to ask for what would need a new data connection? */
bool handover_yields(const struct web *web);
/* May the client of such a service yet come? */
bool handover_awaits(const struct web *web);
/* Has it left? Then what its clients had is not to be closed: it carries the last. */
bool handover_left(const struct relay *r);

#endif
