/* group without groups, for small builds: every service is alone. */
#include "app/relay/group.h"
#include "app/relay/published.h"

void group_read(struct group *g, const struct session *s,
		const struct fastnat *m)
{
	(void)g;
	(void)s;
	(void)m;
}

void group_bequeath(const struct published *p, struct handover_group *to)
{
	(void)p;
	(void)to;
}

void group_inherit(struct group *g, const struct handover_group *from)
{
	(void)g;
	(void)from;
}

void group_adopt(struct published *p, const struct fastnat *m)
{
	(void)p;
	(void)m;
}

bool group_differs(const struct published *p, const struct fastnat *m)
{
	(void)p;
	(void)m;
	return false;
}

bool group_joins(struct published *first, struct published *p)
{
	(void)first;
	(void)p;
	return false;
}

bool group_joins_port(struct published *p, uint16_t port)
{
	(void)p;
	(void)port;
	return false;
}

void group_leave(struct published *p)
{
	(void)p;
}

struct published *group_next(const struct published *p)
{
	(void)p;
	return NULL;
}

struct published *group_front(struct published *p)
{
	return p;
}

void group_hold(struct published *p, bool hold)
{
	listener_pause(&p->listener, hold);
}

struct published *group_pick(struct published *p)
{
	return p->session ? p : NULL;
}

struct published *group_near(struct published *p, struct published *had)
{
	(void)had;
	return p;
}

struct published *group_other(struct published *p, const struct session *gone)
{
	(void)p;
	(void)gone;
	return NULL;
}
