#include "wire/edge.h"

static const char *read_proxy(struct service *s, const char *text)
{
	struct bytes version = bytes_of(text ? text : "");

	if (bytes_are(version, "v1"))
		s->edge.proxy = 1;
	else if (bytes_are(version, "v2"))
		s->edge.proxy = 2;
	else if (text)
		return "proxy_protocol is v1 or v2";
	if (s->edge.proxy == 1 && s->protocol == FASTNAT_UDP)
		return "proxy_protocol of udp is v2: v1 has no datagrams";
	return NULL;
}

const char *edge_read(struct service *s, const struct edge_wish *w)
{
	return read_proxy(s, w->proxy_protocol);
}
