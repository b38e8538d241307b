#include "app/client/grouped.h"

void grouped_ask(struct fastnat *m, const struct service *s,
		 uint8_t mac[FASTNAT_MAC])
{
	const struct service_edge *edge = &s->edge;

	m->has |= edge->visitors ? HAS_VISITORS : 0u;
	m->rules.visitors = edge->visitors;
	if (!edge->group)
		return;
	m->has |= HAS_GROUP;
	m->rules.group = bytes_of(edge->group);
	if (!edge->group_key)
		return;
	fastnat_group_mac(mac, bytes_of(edge->group_key), m->rules.group);
	m->has |= HAS_MAC;
	m->mac = (struct bytes){ mac, FASTNAT_MAC };
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool grouped_differs(const struct service *a, const struct service *b)
{
	return !same(a->edge.group, b->edge.group) ||
	       !same(a->edge.group_key, b->edge.group_key);
}
