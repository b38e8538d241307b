#include "wire/upnp.h"
#include "base/cur.h"
#include "wire/http1.h"

#define DEVICE "urn:schemas-upnp-org:device:InternetGatewayDevice:1"
#define SERVICE "urn:schemas-upnp-org:service:"

enum { FAILED = 501 /* an action, for no reason given */, HEAD = 512 };

static const char *const services[] = {
	[UPNP_NONE] = "",
	[UPNP_PPP1] = SERVICE "WANPPPConnection:1",
	[UPNP_IP1] = SERVICE "WANIPConnection:1",
	[UPNP_IP2] = SERVICE "WANIPConnection:2",
};

/* ---- where ---- */

/* "http://192.0.2.1:5000/x"; a port that is left out is 80. */
static bool read_host(struct addr *at, struct bytes text)
{
	struct hostport hp;

	if (addr_parse(at, text) == 0)
		return true;
	if (hostport_parse(&hp, text) == 0 && hp.port)
		return false; /* a name */
	if (addr_parse_ip(at, text) < 0)
		return false;
	at->port = 80;
	return true;
}

static bool read_url(struct upnp_url *u, struct bytes text)
{
	struct cur c = cur_of(text);
	struct bytes host, rest;
	struct addr at;

	if (!http1_same(cur_bytes(&c, 7), BYTES("http://")))
		return false;
	host = (struct bytes){ c.p, 0 };
	while (cur_left(&c) && cur_peek(&c) != '/')
		c.p++;
	host.n = (size_t)(c.p - host.p);
	rest = cur_bytes(&c, cur_left(&c));
	if (!read_host(&at, host) || rest.n > sizeof u->path)
		return false;
	*u = (struct upnp_url){ .at = at, .n = 1, .path = "/" };
	if (rest.n) {
		u->n = (uint8_t)rest.n;
		memcpy(u->path, rest.p, rest.n);
	}
	return true;
}

/* What cannot stand in a line of a request is no path. */
static bool is_plain(const struct upnp_url *u)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->path[i] <= ' ' || u->path[i] > '~')
			return false;
	return true;
}

/* text beside where u is: another address, path, or last part of the path. */
static bool resolve(struct upnp_url *u, struct bytes text)
{
	size_t dir = u->n;

	if (read_url(u, text))
		return is_plain(u);
	while (dir > 1 && u->path[dir - 1] != '/')
		dir--;
	if (text.n && text.p[0] == '/')
		dir = 0;
	if (text.n == 0 || dir + text.n > sizeof u->path)
		return false;
	memcpy(u->path + dir, text.p, text.n);
	u->n = (uint8_t)(dir + text.n);
	return is_plain(u);
}

/* ---- finding it ---- */

void upnp_search(struct fmt *f)
{
	fmt_put(f, "M-SEARCH * HTTP/1.1\r\n"
		   "HOST: 239.255.255.250:1900\r\n"
		   "MAN: \"ssdp:discover\"\r\n"
		   "MX: 1\r\n"
		   "ST: " DEVICE "\r\n\r\n");
}

static struct bytes trim(struct bytes b)
{
	while (b.n && b.p[0] <= ' ')
		b = (struct bytes){ b.p + 1, b.n - 1 };
	while (b.n && b.p[b.n - 1] <= ' ')
		b.n--;
	return b;
}

/* A list of fields, as lax as such programs are. */
static struct bytes field(struct bytes head, const char *name)
{
	struct cur c = cur_of(head);

	while (cur_left(&c)) {
		struct bytes line = cur_until(&c, '\n');
		struct cur l = cur_of(line);
		struct bytes key = cur_until(&l, ':');

		if (http1_same(key, bytes_of(name)))
			return trim(cur_bytes(&l, cur_left(&l)));
	}
	return (struct bytes){ NULL, 0 };
}

int upnp_found(struct upnp_url *u, const struct addr *from, struct bytes pkt)
{
	struct cur c = cur_of(pkt);
	struct bytes line = cur_until(&c, '\n'), kind;
	struct upnp_url found;

	kind = field(pkt, "st");
	if (line.n < 12 || memcmp(line.p, "HTTP/1.", 7) != 0 ||
	    memcmp(line.p + 9, "200", 3) != 0 || kind.n < sizeof DEVICE - 2 ||
	    memcmp(kind.p, DEVICE, sizeof DEVICE - 2) != 0)
		return -NAT_EPROTO;
	if (!read_url(&found, field(pkt, "location")) || !is_plain(&found) ||
	    !addr_same_ip(&found.at, from))
		return -NAT_EPROTO;
	*u = found;
	return 0;
}

void upnp_get(struct fmt *f, const struct upnp_url *u)
{
	fmt_put(f, "GET %.*s HTTP/1.1\r\nHost: ", (int)u->n,
		(const char *)u->path);
	addr_print(f, &u->at);
	fmt_put(f, "\r\nConnection: close\r\n\r\n");
}

/* ---- XML ---- */

struct tag {
	struct bytes name, text; /* text: up to the next tag */
	bool closes;
};

static bool next_tag(struct cur *c, struct tag *t)
{
	struct cur in;

	cur_until(c, '<');
	if (!cur_left(c))
		return false;
	t->closes = cur_eat(c, '/');
	in = cur_of(cur_until(c, '>'));
	t->name = cur_word(&in);
	in = cur_of(t->name);
	cur_until(&in, ':');
	if (cur_left(&in))
		t->name = cur_bytes(&in, cur_left(&in));
	in = *c;
	t->text = trim(cur_until(&in, '<'));
	return true;
}

static enum upnp_service service_of(struct bytes text)
{
	for (int i = COUNT(services) - 1; i > 0; i--)
		if (bytes_are(text, services[i]))
			return (enum upnp_service)i;
	return UPNP_NONE;
}

int upnp_describe(enum upnp_service *s, struct upnp_url *u, struct bytes xml)
{
	struct cur c = cur_of(xml);
	struct bytes base = { NULL, 0 }, control = base, best = base;
	enum upnp_service kind = UPNP_NONE, most = UPNP_NONE;
	const struct addr host = u->at;
	struct tag t;

	while (next_tag(&c, &t)) {
		if (bytes_are(t.name, "URLBase") && !t.closes) {
			base = t.text;
		} else if (bytes_are(t.name, "serviceType") && !t.closes) {
			kind = service_of(t.text);
		} else if (bytes_are(t.name, "controlURL") && !t.closes) {
			control = t.text;
		} else if (bytes_are(t.name, "service") && t.closes) {
			best = kind > most ? control : best;
			most = kind > most ? kind : most;
			kind = UPNP_NONE;
		}
	}
	*s = most;
	if (most == UPNP_NONE || (base.n && !resolve(u, base)) ||
	    !resolve(u, best) || !addr_same_ip(&u->at, &host))
		return -NAT_EPROTO;
	return 0;
}

/* ---- actions ---- */

static void put_field(struct fmt *f, const char *name, unsigned long n)
{
	fmt_put(f, "<New%s>%lu</New%s>", name, n, name);
}

static void put_which(struct fmt *f, const struct upnp_ask *a)
{
	fmt_put(f, "<NewRemoteHost></NewRemoteHost>");
	put_field(f, "ExternalPort", a->outer);
	fmt_put(f, "<NewProtocol>%s</NewProtocol>",
		a->protocol == PCP_TCP ? "TCP" : "UDP");
}

static void put_mapping(struct fmt *f, const struct upnp_ask *a)
{
	put_which(f, a);
	put_field(f, "InternalPort", a->inner);
	fmt_put(f, "<NewInternalClient>");
	addr_print_ip(f, &a->client);
	fmt_put(f, "</NewInternalClient><NewEnabled>1</NewEnabled>"
		   "<NewPortMappingDescription>nat"
		   "</NewPortMappingDescription>");
	put_field(f, "LeaseDuration", a->lifetime);
}

static const struct {
	const char *name;
	void (*put)(struct fmt *f, const struct upnp_ask *a);
} actions[] = {
	[UPNP_ADDRESS] = { "GetExternalIPAddress", NULL },
	[UPNP_ADD] = { "AddPortMapping", put_mapping },
	[UPNP_DELETE] = { "DeletePortMapping", put_which },
};

void upnp_print(struct fmt *f, const struct upnp_ask *a)
{
	const char *service = services[a->service];
	const char *name = actions[a->action].name;
	char room[UPNP_ASK - UPNP_PATH - HEAD];
	struct fmt body = fmt_to(SPAN(room));

	fmt_put(&body,
		"<?xml version=\"1.0\"?>\r\n<s:Envelope "
		"xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
		"s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/"
		"\"><s:Body><u:%s xmlns:u=\"%s\">",
		name, service);
	if (actions[a->action].put)
		actions[a->action].put(&body, a);
	fmt_put(&body, "</u:%s></s:Body></s:Envelope>\r\n", name);
	fmt_put(f, "POST %.*s HTTP/1.1\r\nHost: ", (int)a->at->n,
		(const char *)a->at->path);
	addr_print(f, &a->at->at);
	fmt_put(f,
		"\r\nConnection: close\r\nSOAPAction: \"%s#%s\"\r\n"
		"Content-Type: text/xml; charset=\"utf-8\"\r\n"
		"Content-Length: %zu\r\n\r\n",
		service, name, body.n);
	fmt_bytes(f, fmt_done(&body));
}

void upnp_parse(struct upnp_answer *a, unsigned status, struct bytes xml)
{
	struct cur c = cur_of(xml);
	uint32_t error;
	struct tag t;

	*a = (struct upnp_answer){ .error = status == 200 ? 0 : FAILED };
	while (next_tag(&c, &t)) {
		struct cur text = cur_of(t.text);

		if (t.closes)
			continue;
		if (bytes_are(t.name, "errorCode") &&
		    cur_number(&text, 999, &error) && error)
			a->error = error;
		if (bytes_are(t.name, "NewExternalIPAddress") &&
		    addr_parse_ip(&a->address, t.text) < 0)
			a->address.family = ADDR_NONE;
	}
}
