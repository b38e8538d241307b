/* edge without any of it, for small builds: no option asks for it. */
#include "wire/edge.h"

const char *edge_read(struct service *s, const struct edge_wish *w)
{
	(void)s;
	(void)w;
	return NULL;
}
