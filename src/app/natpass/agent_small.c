/* For builds without the part `natpass`: nobody is one, whatever is asked for. */
#include "app/natpass/agent.h"

const bool agent_known = false;

void agent_fit(struct agent_conf *conf, struct diag *d)
{
	(void)conf;
	(void)d;
}

size_t agent_descriptors(const struct agent_conf *conf)
{
	(void)conf;
	return 0;
}

int agent_start(struct agent **a, struct net *net,
		const struct agent_conf *conf, struct diag *d)
{
	(void)a;
	(void)net;
	(void)conf;
	(void)d;
	return 0;
}

void agent_ready(const struct agent *a)
{
	(void)a;
}

void agent_stop(struct agent *a)
{
	(void)a;
}

void agent_check(struct agent *a, const struct agent_conf *conf, struct diag *d)
{
	(void)a;
	(void)conf;
	(void)d;
}

void agent_reload(struct agent *a, const struct agent_conf *conf)
{
	(void)a;
	(void)conf;
}

void agent_retry(struct agent *a, bool sure)
{
	(void)a;
	(void)sure;
}

void agent_drain(struct agent *a)
{
	(void)a;
}

bool agent_busy(const struct agent *a)
{
	(void)a;
	return false;
}
