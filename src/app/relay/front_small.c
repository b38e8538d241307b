/* front without balancers, for small builds. */
#include "app/relay/front.h"

int front_start(struct relay *r)
{
	(void)r;
	return 0;
}

void front_stop(struct relay *r)
{
	(void)r;
}

void front_reload(struct relay *r)
{
	(void)r;
}

size_t front_descriptors(const struct relay_conf *conf)
{
	(void)conf;
	return 0;
}

bool front_takes(struct relay *r, int fd, const struct addr *from,
		 struct front_to to)
{
	(void)r;
	(void)fd;
	(void)from;
	(void)to;
	return false;
}

void front_tell(struct fastnat *m, const struct addr *at, struct span room)
{
	(void)m;
	(void)at;
	(void)room;
}

void front_tell_here(struct fastnat *m, const struct tcp *t, struct span room)
{
	(void)m;
	(void)t;
	(void)room;
}
