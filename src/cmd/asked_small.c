/* asked left out, for small builds. */
#include "cmd/asked.h"

static const char left_out[] = "was left out of this build (MODULES)";

bool asked_wanted(const struct common *common)
{
	(void)common;
	return false;
}

int asked_start(struct asked **a, struct net *net, const struct asked_of *of,
		struct diag *d)
{
	unsigned before = d->count;

	(void)net;
	*a = NULL;
	if (of->common->admin)
		diag_option(d, "admin", left_out);
	if (of->common->metrics)
		diag_option(d, "metrics", left_out);
	return d->count > before ? -NAT_EUSAGE : 0;
}

const char *asked_socket(const struct asked *a)
{
	(void)a;
	return NULL;
}

void asked_stop(struct asked *a)
{
	(void)a;
}
