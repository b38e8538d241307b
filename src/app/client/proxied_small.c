/* proxied without the PROXY protocol, for small builds. */
#include "app/client/proxied.h"

void proxied_say(struct stream *service, const struct service *s,
		 const struct proxied_ends *ends)
{
	(void)service;
	(void)s;
	(void)ends;
}

void proxied_head(struct proxied_head *h, const struct service *s,
		  const struct proxied_ends *ends)
{
	(void)s;
	(void)ends;
	h->n = 0;
}
