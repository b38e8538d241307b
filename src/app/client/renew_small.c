#include "app/client/client.h"

/* Without the module reload: a client goes on with the settings of its start. */

void client_check(struct client *c, const struct client_conf *conf,
		  struct diag *d)
{
	(void)c, (void)conf, (void)d;
}

void client_reload(struct client *c, const struct client_conf *conf)
{
	(void)c, (void)conf;
}
