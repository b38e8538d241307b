#include "wire/edge.h"

enum { PATH_MOST = 512 };

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

/* NULL: it is no check. */
static const char *path_of(const char *check)
{
	struct bytes text = bytes_of(check);

	if (bytes_are(text, "tcp"))
		return "";
	if (text.n < 6 || text.n > PATH_MOST || memcmp(check, "http:/", 6) != 0)
		return NULL;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] >= 0x7f)
			return NULL;
	return check + 5;
}

static const char *read_check(struct service *s, const struct edge_wish *w)
{
	struct service_check *c = &s->edge.check;

	if (!w->check)
		return NULL;
	if (s->protocol == FASTNAT_UDP)
		return "check is for services that are connected to: not udp";
	c->path = path_of(w->check);
	c->interval = w->check_interval ? w->check_interval : EDGE_INTERVAL;
	c->timeout = w->check_timeout ? w->check_timeout : EDGE_TIMEOUT;
	c->fails = w->check_fails ? w->check_fails : EDGE_FAILS;
	return c->path ? NULL : "check is tcp, or http:/PATH";
}

const char *edge_read(struct service *s, const struct edge_wish *w)
{
	const char *why = read_proxy(s, w->proxy_protocol);

	s->edge.bandwidth[0] = w->bandwidth_in;
	s->edge.bandwidth[1] = w->bandwidth_out;
	s->edge.transparent = w->transparent;
	s->edge.visitors = w->max_visitors;
	if (!why && w->transparent && s->path.n)
		why = "transparent: a unix socket has no addresses";
	if (!why)
		why = read_group(s, w);
	return why ? why : read_check(s, w);
}
