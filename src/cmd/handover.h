/* handover - whoever asks for it on the admin socket takes this process's place:
 * it is given the sockets, and when it is ready to serve, the rest; takeover.h is
 * the other side. Until then nothing changes here, should it fail.
 */
#ifndef NAT_CMD_HANDOVER_H
#define NAT_CMD_HANDOVER_H

#include "app/relay/handover.h"
#include "cmd/course.h"

struct admin;

struct handover { /* fields are private to handover.c */
	struct net *net;
	const struct serve_what *what;
	struct admin *admin;
	struct course *course;
	const struct settings *now;
	struct io io;
	struct timer timer;
	int64_t until;
	uint32_t at; /* of sockets, then of ports: how many are said */
	uint8_t state;
	struct handover_sockets sockets;
};

struct handover_of {
	struct admin *admin;
	struct course *course;
	const struct settings *now; /* those in force */
};

void handover_init(struct handover *h, struct net *net,
		   const struct serve_what *what, const struct handover_of *of);
/* Somebody trusted asks on fd, which is ours from now on. */
void handover_ask(void *h, int fd);
void handover_stop(struct handover *h);

#endif
