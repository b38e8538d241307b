/* shared where everybody has a connection of his own, for small builds. */
#include "app/relay/shared.h"
#include "app/relay/web.h"

int shared_start(struct web *web)
{
	(void)web;
	return 0;
}

void shared_stop(struct web *web)
{
	(void)web;
}

void shared_enter(struct web_conn *c, struct published *p)
{
	(void)c;
	(void)p;
}

void shared_leave(struct web_conn *c)
{
	(void)c;
}

bool shared_unfit(const struct http1_head *h)
{
	(void)h;
	return false;
}

bool shared_moves(const struct web_conn *c, const struct published *p)
{
	(void)c;
	(void)p;
	return false;
}

bool web_shares(struct visitor *v)
{
	(void)v;
	return false;
}
