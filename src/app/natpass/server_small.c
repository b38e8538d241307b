/* For builds without the part `natpass`: there is none, whatever is asked for. */
#include "app/natpass/server.h"

void natpass_fit(const struct natpass_conf *conf, struct diag *d)
{
	(void)conf;
	(void)d;
}

int natpass_start(struct natpass_server **s, struct net *net,
		  const struct natpass_conf *conf, struct diag *d)
{
	(void)net;
	(void)conf;
	(void)d;
	*s = NULL;
	return 0;
}

void natpass_ready(const struct natpass_server *s)
{
	(void)s;
}

void natpass_stop(struct natpass_server *s)
{
	(void)s;
}

void natpass_check(struct natpass_server *s, const struct natpass_conf *conf,
		   struct diag *d)
{
	(void)s;
	(void)conf;
	(void)d;
}

void natpass_reload(struct natpass_server *s, const struct natpass_conf *conf)
{
	(void)s;
	(void)conf;
}

void natpass_drain(struct natpass_server *s)
{
	(void)s;
}

bool natpass_busy(const struct natpass_server *s)
{
	(void)s;
	return false;
}

size_t natpass_descriptors(const struct natpass_conf *conf)
{
	(void)conf;
	return 0;
}

uint32_t natpass_sockets(const struct natpass_server *s, int fds[OPT_LIST_MAX])
{
	(void)s;
	(void)fds;
	return 0;
}
