/* shapes without limits, for small builds. */
#include "app/client/shapes.h"

int shapes_start(struct client *c)
{
	(void)c;
	return 0;
}

void shapes_stop(struct client *c)
{
	(void)c;
}

void shapes_renew(struct client *c)
{
	(void)c;
}

void shapes_join(struct link *l)
{
	(void)l;
}

void shapes_leave(struct link *l)
{
	(void)l;
}

bool shapes_let(struct client *c, struct entry *e, enum entry_way way, size_t n)
{
	(void)c;
	(void)e;
	(void)way;
	(void)n;
	return true;
}
