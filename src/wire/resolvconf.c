#include "wire/resolvconf.h"
#include "base/cur.h"

static bool read_number(struct cur *c, uint32_t most, uint32_t *n)
{
	const uint8_t *from = c->p;

	*n = 0;
	while (cur_peek(c) >= '0' && cur_peek(c) <= '9') {
		*n = *n * 10 + (uint32_t)(*c->p++ - '0');
		if (*n > most)
			*n = most;
	}
	return c->p > from && c->p == c->end;
}

/* "fe80::1%eth0": what stands behind the sign when it is no number. */
static struct bytes take_zone(struct bytes *ip)
{
	struct cur c = cur_of(*ip);
	struct bytes head = cur_until(&c, '%');
	struct bytes zone = { c.p, cur_left(&c) };
	uint32_t n;

	if (zone.n == 0 || read_number(&c, UINT32_MAX / 16, &n))
		return (struct bytes){ NULL, 0 };
	*ip = head;
	return zone;
}

static void read_server(struct resolvconf *c, struct cur *line)
{
	struct bytes ip = cur_word(line), zone;
	struct addr a;
	uint32_t port = DNS_PORT;

	if (c->nservers == RESOLVCONF_SERVERS)
		return;
	if (ip.n && *ip.p == '[') {
		struct cur at = cur_of((struct bytes){ ip.p + 1, ip.n - 1 });

		ip = cur_until(&at, ']');
		if (!cur_eat(&at, ':') || !read_number(&at, 65536, &port))
			return;
	}
	zone = take_zone(&ip);
	if (addr_parse_ip(&a, ip) < 0 || port < 1 || port > 65535)
		return;
	a.port = (uint16_t)port;
	c->zones[c->nservers] = zone;
	c->servers[c->nservers++] = a;
}

static void read_search(struct resolvconf *c, struct cur *line)
{
	struct bytes word;

	c->nsearch = 0;
	while (c->nsearch < RESOLVCONF_SEARCH && (word = cur_word(line)).n)
		c->search[c->nsearch++] = word;
}

static void read_options(struct resolvconf *c, struct cur *line)
{
	struct bytes word;

	while ((word = cur_word(line)).n) {
		struct cur at = cur_of(word);
		struct bytes name = cur_until(&at, ':');
		uint32_t n = 0;

		if (bytes_are(word, "rotate"))
			c->rotate = true;
		else if (!read_number(&at, 100, &n))
			continue;
		else if (bytes_are(name, "ndots"))
			c->ndots = (uint8_t)min_size(n, 15);
		else if (bytes_are(name, "timeout"))
			c->timeout_ms =
				n ? (uint32_t)min_size(n, 30) * 1000 : 1000;
		else if (bytes_are(name, "attempts"))
			c->attempts = n ? (uint8_t)min_size(n, 5) : 1;
	}
}

void resolvconf_parse(struct resolvconf *c, struct bytes text)
{
	static const struct {
		const char *word;
		void (*read)(struct resolvconf *c, struct cur *line);
	} rows[] = {
		{ "nameserver", read_server },
		{ "search", read_search },
		{ "domain", read_search },
		{ "options", read_options },
	};
	struct cur all = cur_of(text);

	*c = (struct resolvconf){ .ndots = 1,
				  .attempts = 2,
				  .timeout_ms = 2000 };
	while (cur_left(&all)) {
		struct cur line = cur_of(cur_until(&all, '\n'));
		struct bytes word = cur_word(&line);

		for (size_t i = 0; i < COUNT(rows); i++)
			if (bytes_are(word, rows[i].word))
				rows[i].read(c, &line);
	}
	if (c->nservers == 0)
		c->servers[c->nservers++] =
			(struct addr){ .family = ADDR_IP4,
				       .port = DNS_PORT,
				       .ip = { 127, 0, 0, 1 } };
}

static size_t count_dots(struct bytes host)
{
	size_t n = 0;

	for (size_t i = 0; i < host.n; i++)
		n += host.p[i] == '.';
	return n;
}

static bool is_whole(struct bytes host)
{
	return host.p[host.n - 1] == '.';
}

unsigned resolvconf_itself(const struct resolvconf *c, struct bytes host)
{
	return is_whole(host) || count_dots(host) >= c->ndots ? 0 : c->nsearch;
}

int resolvconf_name(const struct resolvconf *c, struct bytes host, unsigned i,
		    struct dns_name *name)
{
	static const struct bytes root = { NULL, 0 };
	unsigned itself = resolvconf_itself(c, host);

	if (i > (is_whole(host) ? 0u : c->nsearch))
		return -NAT_ENOENT;
	if (i == itself)
		return dns_name_of(name, host, root);
	return dns_name_of(name, host, c->search[i - (itself == 0)]);
}
