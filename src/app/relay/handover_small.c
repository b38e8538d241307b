/* handover for builds in which no relay takes over from another. */
#include "app/relay/handover.h"

void handover_add(struct handover_sockets *to, enum handover_word word, int fd)
{
	(void)to;
	(void)word;
	(void)fd;
}

void relay_sockets(const struct relay *r, struct handover_sockets *to)
{
	(void)r;
	(void)to;
}

int handover_pass(struct web_conn *c)
{
	(void)c;
	return 1;
}

bool handover_takes(struct web_conn *c)
{
	(void)c;
	return false;
}

bool handover_left(const struct relay *r)
{
	(void)r;
	return false;
}

bool handover_yields(const struct web *web)
{
	(void)web;
	return false;
}

bool handover_awaits(const struct web *web)
{
	(void)web;
	return false;
}
