/* https without --https, for small builds. */
#include "app/relay/https.h"

int https_hello(struct web_conn *c)
{
	return web_end(c, true);
}

enum https_claim https_claims(struct relay *r, struct tcp *t,
			      const struct addr *from)
{
	(void)r;
	(void)t;
	(void)from;
	return HTTPS_NOT_OURS;
}

const bool https_is_known = false;

void https_share(struct relay_port *p, const char *at)
{
	(void)p;
	(void)at;
}

void https_print_share(struct fmt *f, const struct relay_port *p)
{
	(void)f;
	(void)p;
}

bool https_shares(const struct relay_conf *conf, const char *at)
{
	(void)conf;
	(void)at;
	return false;
}

bool https_is_open(struct web *web, const char *at)
{
	(void)web;
	(void)at;
	return true;
}
