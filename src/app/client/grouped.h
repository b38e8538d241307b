/* grouped - services that share a port or a name with others, and how many visitors
 * one may have: what the relay is asked for (app/relay/group.h says who may).
 */
#ifndef NAT_APP_CLIENT_GROUPED_H
#define NAT_APP_CLIENT_GROUPED_H

#include "wire/service.h"

/* Adds that to a publish of s; mac is lent to it. */
void grouped_ask(struct fastnat *m, const struct service *s,
		 uint8_t mac[FASTNAT_MAC]);
bool grouped_differs(const struct service *a, const struct service *b);

#endif
