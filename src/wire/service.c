#include "wire/service.h"
#include "base/addr.h"
#include "base/cur.h"
#include <assert.h>

enum { PATH_MOST = 107, HOST_MOST = 253, PORT_SUFFIX = 6 /* "-65535" */ };

static const char *const types[] = {
	[FASTNAT_TCP] = "tcp",
	[FASTNAT_UDP] = "udp",
	[FASTNAT_HTTP] = "http",
	[FASTNAT_HTTPS] = "https",
};

/* ---- pieces ---- */

struct cut {
	struct bytes before, after;
	bool found;
};

static struct cut cut_first(struct bytes b, char sep)
{
	struct cur c = cur_of(b);
	struct cut cut = { .before = cur_until(&c, sep) };

	cut.after = (struct bytes){ c.p, cur_left(&c) };
	cut.found = cut.before.n < b.n;
	return cut;
}

/* Without sep all of b stands after it. */
static struct cut cut_last(struct bytes b, char sep)
{
	size_t n = b.n;

	while (n > 0 && b.p[n - 1] != (uint8_t)sep)
		n--;
	return (struct cut){ { b.p, n > 0 ? n - 1 : 0 },
			     { b.p + n, b.n - n },
			     n > 0 };
}

static const char *read_port(uint16_t *port, struct bytes digits)
{
	struct cur c = cur_of(digits);
	uint32_t n = 0;

	while (cur_left(&c) > 0) {
		uint8_t digit = (uint8_t)(cur_u8(&c) - '0');

		if (digit > 9)
			return "a port is not a number";
		if (n <= UINT16_MAX)
			n = n * 10 + digit;
	}
	if (n == 0 || n > UINT16_MAX)
		return "a port is not in 1..65535";
	*port = (uint16_t)n;
	return NULL;
}

static const char *read_range(uint16_t *lo, uint16_t *hi, struct bytes text)
{
	struct cut cut = cut_first(text, '-');
	const char *why = read_port(lo, cut.before);

	*hi = *lo;
	if (why == NULL && cut.found)
		why = read_port(hi, cut.after);
	if (why == NULL && *hi < *lo)
		why = "a range ends before it starts";
	return why;
}

/* A DNS name or dotted address: labels, and perhaps a dot at the end. */
static bool is_host(struct bytes text)
{
	struct cur c = cur_of(text);

	while (cur_left(&c) > 0) {
		if (!fastnat_is_name(cur_until(&c, '.')))
			return false;
	}
	return text.n > 0 && text.n <= HOST_MOST;
}

/* The same, all below it, or what begins with a path there. */
static bool is_site(struct bytes text)
{
	struct cut cut = cut_first(text, '/');

	if (cut.before.n > 2 && memcmp(cut.before.p, "*.", 2) == 0)
		cut.before =
			(struct bytes){ cut.before.p + 2, cut.before.n - 2 };
	for (size_t i = 0; i < cut.after.n; i++)
		if (cut.after.p[i] <= ' ' || cut.after.p[i] >= 0x7f)
			return false;
	return is_host(cut.before) && text.n < 384;
}

/* ---- the local part ---- */

static const char *read_host(struct bytes *host, struct bytes text)
{
	struct addr a;

	*host = text;
	if (text.n == 0) {
		*host = BYTES("127.0.0.1");
	} else if (*text.p == '[') {
		if (text.n < 2 || text.p[text.n - 1] != ']')
			return "no ] and port after the IPv6 address";
		*host = (struct bytes){ text.p + 1, text.n - 2 };
		if (addr_parse_ip(&a, *host) < 0 || a.family != ADDR_IP6)
			return "no IPv6 address in [ ]";
	} else if (cut_first(text, ':').found) {
		return "an IPv6 address needs brackets: [::1]:22";
	} else if (!is_host(text)) {
		return "not a host name";
	}
	return NULL;
}

static const char *read_path(struct bytes *path, struct bytes text)
{
	if (text.n == 0 || *text.p != '/')
		return "write the whole path of the socket: unix:/PATH";
	if (text.n > PATH_MOST)
		return "the path is longer than 107 bytes";
	if (text.p[text.n - 1] == '/')
		return "no file name at the end of the path";
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < 0x20 || text.p[i] == 0x7f)
			return "a control character in the path";
	}
	*path = text;
	return NULL;
}

static const char *read_local(struct service *s, struct bytes text)
{
	struct cut scheme = cut_first(text, ':');
	struct cut cut = cut_last(text, ':');
	const char *why;

	if (scheme.found && bytes_are(scheme.before, "unix"))
		return read_path(&s->path, scheme.after);
	why = read_host(&s->host, cut.before);
	if (why == NULL && cut.after.n == 0)
		why = "no PORT: write [HOST:]PORT or unix:/PATH";
	if (why == NULL)
		why = read_range(&s->lo, &s->hi, cut.after);
	return why;
}

/* ---- the public part ---- */

static bool looks_like_ports(struct bytes text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if ((c < '0' || c > '9') && c != '-')
			return false;
	}
	return true;
}

static const char *compare_ranges(const struct service *s)
{
	int local = s->hi - s->lo, public = s->public_hi - s->public_lo;

	if (local == public)
		return NULL;
	if (local == 0)
		return "a range cannot lead to one local port";
	return "a range needs a public range of as many ports";
}

static const char *read_public(struct service *s, struct bytes text)
{
	const char *why;

	if (text.n == 0)
		return NULL;
	if (bytes_are(text, "private")) {
		s->private = s->protocol == FASTNAT_TCP;
		return s->private ? NULL : "only tcp services can be private";
	}
	if (looks_like_ports(text)) {
		why = read_range(&s->public_lo, &s->public_hi, text);
		return why != NULL ? why : compare_ranges(s);
	}
	if (s->protocol != FASTNAT_HTTP && s->protocol != FASTNAT_HTTPS)
		return "the public part is not a port or a range of them";
	if (!is_site(text))
		return "the public part is no port and no host name";
	if (s->lo != s->hi)
		return "a range cannot share one host name";
	s->public_host = text;
	return NULL;
}

/* ---- names ---- */

static struct fmt name_of(struct service *s)
{
	return fmt_to(SPAN(s->name));
}

static const char *give_name(struct service *s, struct bytes name)
{
	struct fmt f = name_of(s);

	if (!fastnat_is_name(name))
		return "NAME is not 1 to 64 of A-Z a-z 0-9 . _ -";
	if (s->lo != s->hi && name.n + PORT_SUFFIX > FASTNAT_NAME)
		return "the NAME of a range is longer than 58 characters";
	fmt_bytes(&f, name);
	fmt_text(&f);
	s->named = true;
	return NULL;
}

static void put_as_name(struct fmt *f, struct bytes text)
{
	for (size_t i = 0; i < text.n; i++) {
		struct bytes c = { text.p + i, 1 };

		fmt_bytes(f, fastnat_is_name(c) ? c : BYTES("-"));
	}
}

static void make_name(struct service *s)
{
	struct fmt f = name_of(s);

	fmt_put(&f, "%s-", types[s->protocol]);
	if (s->path.n > 0)
		put_as_name(&f, cut_last(s->path, '/').after);
	else
		fmt_put(&f, "%u", (unsigned)s->lo);
	fmt_text(&f);
}

/* ---- the whole ---- */

static uint8_t protocol_of(struct bytes type)
{
	for (size_t i = FASTNAT_TCP; i < COUNT(types); i++) {
		if (bytes_are(type, types[i]))
			return (uint8_t)i;
	}
	return 0;
}

const char *service_of(struct service *s, struct bytes name, struct bytes type,
		       struct bytes local, struct bytes public)
{
	struct service got = { .protocol = protocol_of(type) };
	const char *why;

	if (got.protocol == 0)
		return "no TYPE: tcp udp http https";
	why = read_local(&got, local);
	if (why == NULL)
		why = read_public(&got, public);
	if (why == NULL && name.n > 0)
		why = give_name(&got, name);
	if (why != NULL)
		return why;
	if (!got.named)
		make_name(&got);
	*s = got;
	return NULL;
}

const char *service_parse(struct service *s, struct bytes text)
{
	struct cut head = cut_first(text, ':');
	struct cut type = cut_first(head.before, '=');
	struct cut tail = cut_last(head.after, '@');

	if (!type.found)
		type = (struct cut){ { text.p, 0 }, head.before, false };
	else if (type.before.n == 0)
		return "no NAME before the =";
	if (!tail.found)
		tail = (struct cut){ tail.after, { text.p, 0 }, false };
	else if (tail.after.n == 0)
		return "no PUBLIC after the @";
	return service_of(s, type.before, type.after, tail.before, tail.after);
}

unsigned service_count(const struct service *s)
{
	return (unsigned)(s->hi - s->lo) + 1;
}

void service_at(struct service *out, const struct service *s, unsigned i)
{
	struct fmt f = name_of(out);

	assert(i < service_count(s));
	*out = *s;
	if (service_count(s) == 1)
		return;
	out->lo = out->hi = (uint16_t)(s->lo + i);
	if (s->public_lo > 0)
		out->public_lo = out->public_hi = (uint16_t)(s->public_lo + i);
	fmt_put(&f, "%s-%u", s->named ? s->name : types[s->protocol],
		(unsigned)out->lo);
	fmt_text(&f);
}

void service_print_local(struct fmt *f, const struct service *s)
{
	if (s->path.n > 0) {
		fmt_bytes(f, BYTES("unix:"));
		fmt_bytes(f, s->path);
		return;
	}
	if (cut_first(s->host, ':').found)
		fmt_put(f, "[%.*s]", (int)s->host.n, (const char *)s->host.p);
	else
		fmt_bytes(f, s->host);
	fmt_put(f, ":%u", (unsigned)s->lo);
}

const char *service_type(enum fastnat_protocol p)
{
	return types[p];
}
