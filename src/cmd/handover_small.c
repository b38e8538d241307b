/* handover and takeover left out. */
#include "cmd/handover.h"
#include "cmd/takeover.h"
#include "os/sock.h"

int takeover_begin(struct takeover **t, struct net *net,
		   const struct serve_what *what, const char *path,
		   struct diag *d)
{
	(void)t;
	(void)net;
	(void)what;
	(void)path;
	(void)d;
	return 0;
}

int takeover_finish(struct takeover *t, struct diag *d)
{
	(void)t;
	(void)d;
	return 0;
}

void takeover_stop(struct takeover *t)
{
	(void)t;
}

void handover_init(struct handover *h, struct net *net,
		   const struct serve_what *what, const struct handover_of *of)
{
	(void)h;
	(void)net;
	(void)what;
	(void)of;
}

void handover_ask(void *h, int fd)
{
	(void)h;
	sock_close(fd, false);
}

void handover_stop(struct handover *h)
{
	(void)h;
}
