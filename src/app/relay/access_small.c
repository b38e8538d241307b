/* access left out. */
#include "app/relay/access.h"

const char *relay_access_fault(const struct relay_conf *conf)
{
	(void)conf;
	return NULL;
}

int access_start(struct relay *r, struct diag *d)
{
	(void)r;
	(void)d;
	return 0;
}

void access_reload(struct relay *r)
{
	(void)r;
}

void access_stop(struct relay *r)
{
	(void)r;
}

void access_asked(struct web_conn *c)
{
	(void)c;
}

void access_routed(struct web_conn *c, const struct published *p)
{
	(void)c;
	(void)p;
}

void access_answered(struct web_conn *c, unsigned status)
{
	(void)c;
	(void)status;
}

void access_forget(struct web_conn *c)
{
	(void)c;
}

void access_over(struct web_conn *c)
{
	(void)c;
}

void access_visit(const struct visitor *v, const struct traffic *t)
{
	(void)v;
	(void)t;
}

void access_flow(const struct flow *f)
{
	(void)f;
}
