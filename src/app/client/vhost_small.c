/* vhost without services by name, for small builds. */
#include "app/client/vhost.h"

const char *client_http_fault(const struct service *s)
{
	return s->protocol < FASTNAT_HTTP ? NULL : err_text(-NAT_EABSENT);
}

bool vhost_differs(const struct service *a, const struct service *b)
{
	(void)a;
	(void)b;
	return false;
}

void vhost_ask(struct fastnat *m, const struct entry *e, struct span room)
{
	(void)room;
	(void)m;
	(void)e;
}

void vhost_told(struct entry *e, const struct fastnat *m)
{
	(void)e;
	(void)m;
}

bool vhost_print(struct fmt *f, const struct entry *e)
{
	(void)f;
	(void)e;
	return false;
}
