/* health without checks, for small builds. */
#include "app/client/health.h"

int health_start(struct client *c)
{
	(void)c;
	return 0;
}

void health_stop(struct client *c)
{
	(void)c;
}

void health_renew(struct client *c)
{
	(void)c;
}

size_t health_descriptors(const struct client_conf *conf)
{
	(void)conf;
	return 0;
}
