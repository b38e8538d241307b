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

static const char *read_group(struct service *s, const struct edge_wish *w)
{
	s->edge.group = w->group;
	s->edge.group_key = w->group_key;
	if (!w->group)
		return w->group_key ? "group_key without a group" : NULL;
	if (!fastnat_is_name(bytes_of(w->group)))
		return "group is not 1 to 64 of A-Z a-z 0-9 . _ -";
	return s->public_lo || s->public_host.n
		       ? NULL
		       : "a group shares a public port, or a name";
}

const char *edge_read(struct service *s, const struct edge_wish *w)
{
	const char *why = read_proxy(s, w->proxy_protocol);

	return why ? why : read_group(s, w);
}
