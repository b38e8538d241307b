/* presence of builds without the part `redis`: each server is alone. */
#include "app/signal/presence.h"

const char *signal_store_fault(struct signal_conf *c)
{
	return c->store ? "this build has no part redis" : NULL;
}

int presence_start(struct signal *s, struct diag *d)
{
	(void)s, (void)d;
	return 0;
}

void presence_stop(struct signal *s)
{
	(void)s;
}

void presence_claim(struct signal_conn *c)
{
	(void)c;
}

void presence_reach(struct signal_conn *c)
{
	(void)c;
}

void presence_end(struct signal_conn *c)
{
	(void)c;
}

bool presence_pass(struct signal_conn *c, struct bytes id, bool to_host,
		   struct bytes message)
{
	(void)c, (void)id, (void)to_host, (void)message;
	return false;
}
