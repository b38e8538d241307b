/* shell - a shell of this machine at the end of a link, because somebody asks a
 * natpass client for it: a keeper (os/keeper.h) starts it, and what it says goes
 * by the link until either ends.
 */
#ifndef NAT_APP_NATPASS_SHELL_H
#define NAT_APP_NATPASS_SHELL_H

#include "app/natpass/vlink.h"
#include "net/pump.h"
#include "net/tcp.h"

struct agent;

struct shell { /* fields are private to shell.c */
	struct slot slot;
	struct agent *agent;
	struct vlink *link;
	struct waker far, near; /* of the link, of tcp */
	struct tcp tcp;         /* its bytes */
	struct pump in, out;
	struct io leash;
	int64_t since;
	bool started, exited;
	uint8_t status;
};

/* As of a struct kind. */
void shell_asked(struct agent *a, struct vlink *l, void *place,
		 const struct natpass_request *ask);
void shell_stop(void *place);

#endif
