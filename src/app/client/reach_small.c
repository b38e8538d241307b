/* reach and call without private services of others, for small builds. */
#include "app/client/inner.h"

const char *client_visit_fault(const char *visit)
{
	(void)visit;
	return err_text(-NAT_EABSENT);
}

const char *client_stdio_fault(const char *to)
{
	(void)to;
	return err_text(-NAT_EABSENT);
}

int reaches_start(struct client *c, struct diag *d)
{
	(void)c;
	(void)d;
	return 0;
}

void reaches_ready(const struct client *c)
{
	(void)c;
}

void reaches_drain(struct client *c)
{
	(void)c;
}

void reaches_stop(struct client *c)
{
	(void)c;
}

void calls_begin(struct client *c)
{
	(void)c;
}

void calls_end(struct client *c)
{
	(void)c;
}
