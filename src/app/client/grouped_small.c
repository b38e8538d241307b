/* grouped without groups, for small builds. */
#include "app/client/grouped.h"

void grouped_ask(struct fastnat *m, const struct service *s,
		 uint8_t mac[FASTNAT_MAC])
{
	(void)m;
	(void)s;
	(void)mac;
}

bool grouped_differs(const struct service *a, const struct service *b)
{
	(void)a;
	(void)b;
	return false;
}
