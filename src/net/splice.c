#include "net/splice.h"
#include "os/sock.h"

void pipes_start(struct pipes *p, uint32_t most, uint32_t size)
{
	*p = (struct pipes){ .most = most, .size = size };
}

void pipes_stop(struct pipes *p)
{
	while (p->nidle) {
		sock_close(p->idle[--p->nidle][0], false);
		sock_close(p->idle[p->nidle][1], false);
	}
}

bool pipes_get(struct pipes *p, int ends[2])
{
	if (p->nidle) {
		memcpy(ends, p->idle[--p->nidle], sizeof p->idle[0]);
		return true;
	}
	if (p->open >= p->most || sock_pipe(ends, p->size) < 0)
		return false;
	p->open++;
	return true;
}

void pipes_put(struct pipes *p, const int ends[2], bool empty)
{
	if (empty && p->nidle < PIPES_KEPT) {
		memcpy(p->idle[p->nidle++], ends, sizeof p->idle[0]);
		return;
	}
	sock_close(ends[0], false);
	sock_close(ends[1], false);
	p->open--;
}
