/* plain without original servers, for small builds. */
#include "app/client/plain.h"
#include "app/client/client.h"

const char *client_plain_fault(void)
{
	return err_text(-NAT_EABSENT);
}

int plain_ready(struct control *ctl, const struct fastnat *m)
{
	(void)ctl;
	(void)m;
	return -NAT_ENOTSUP;
}

int plain_visit(struct control *ctl, const struct fastnat *m)
{
	return plain_ready(ctl, m);
}

void plain_hold(struct link *l)
{
	(void)l;
}

void plain_look(struct link *l)
{
	(void)l;
}
