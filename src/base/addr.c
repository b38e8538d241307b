#include "base/addr.h"
#include "base/cur.h"
#include <assert.h>

/* Some read octets with leading zeros as octal (RFC 6943 3.1.1): refused. */
static bool read_ip4(struct cur *c, uint8_t ip[4])
{
	for (size_t i = 0; i < 4; i++) {
		uint32_t n = 0;

		if (i > 0 && !cur_eat(c, '.'))
			return false;
		if (!cur_eat(c, '0') && !cur_number(c, 255, &n))
			return false;
		ip[i] = (uint8_t)n;
	}
	return true;
}

static int hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* One to four digits. */
static bool read_group(struct cur *c, uint8_t ip[2])
{
	unsigned n = 0, digits = 0;

	for (; digits < 4 && hex_digit(cur_peek(c)) >= 0; digits++)
		n = n << 4 | (unsigned)hex_digit(cur_u8(c));
	ip[0] = (uint8_t)(n >> 8);
	ip[1] = (uint8_t)n;
	return digits > 0;
}

static bool eat_gap(struct cur *c)
{
	struct cur next = *c;

	if (!cur_eat(&next, ':') || !cur_eat(&next, ':'))
		return false;
	*c = next;
	return true;
}

/* RFC 4291 2.2: eight groups, or fewer and one "::" for at least one of zeros;
 * the last two may be written as an IPv4 address.
 */
static bool read_ip6(struct cur *c, uint8_t ip[16])
{
	enum { NO_GAP = 16 };
	size_t n = 0, gap = NO_GAP;

	while (n < 16) {
		struct cur group;

		if (gap == NO_GAP && eat_gap(c)) {
			gap = n;
			if (hex_digit(cur_peek(c)) < 0)
				break;
		} else if (n > 0 && !cur_eat(c, ':')) {
			break;
		}
		group = *c;
		if (!read_group(c, ip + n))
			return false;
		n += 2;
		if (cur_peek(c) == '.') {
			*c = group;
			n += 2;
			if (n > 16 || !read_ip4(c, ip + n - 4))
				return false;
			break;
		}
	}
	if (gap == NO_GAP)
		return n == 16;
	if (n == 16)
		return false;
	memmove(ip + 16 - (n - gap), ip + gap, n - gap);
	memset(ip + gap, 0, 16 - n);
	return true;
}

/* "%3" after an address of fe80::/10 (RFC 4007 11), which may be absent. */
static bool read_scope(struct cur *c, struct addr *a)
{
	if (!cur_eat(c, '%'))
		return true;
	return a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0x80 &&
	       cur_number(c, UINT32_MAX, &a->scope) && a->scope > 0;
}

int addr_parse_ip(struct addr *a, struct bytes text)
{
	struct addr four = { .family = ADDR_IP4 }, six = { .family = ADDR_IP6 };
	struct cur c = cur_of(text);

	if (read_ip4(&c, four.ip) && cur_left(&c) == 0) {
		*a = four;
		return 0;
	}
	c = cur_of(text);
	if (read_ip6(&c, six.ip) && read_scope(&c, &six) && cur_left(&c) == 0) {
		*a = six;
		return 0;
	}
	return -NAT_EINVAL;
}

static const uint8_t mapped[12] = { [10] = 0xff, 0xff };

/* The IPv4 address that a is or maps (RFC 4291 2.5.5.2), else nothing. */
static struct bytes ip4_of(const struct addr *a)
{
	if (a->family == ADDR_IP4)
		return (struct bytes){ a->ip, 4 };
	if (a->family == ADDR_IP6 && memcmp(a->ip, mapped, 12) == 0)
		return (struct bytes){ a->ip + 12, 4 };
	return (struct bytes){ NULL, 0 };
}

static unsigned group_at(const uint8_t ip[16], size_t g)
{
	return (unsigned)ip[2 * g] << 8 | ip[2 * g + 1];
}

/* Where the longest run of two or more groups of zeros starts, the first if
 * there are several, and its length; 8 and 0 when there is none.
 */
static size_t longest_gap(const uint8_t ip[16], size_t *length)
{
	size_t best = 8, most = 1, run = 0;

	for (size_t g = 0; g < 8; g++) {
		run = group_at(ip, g) == 0 ? run + 1 : 0;
		if (run > most) {
			most = run;
			best = g + 1 - run;
		}
	}
	*length = best < 8 ? most : 0;
	return best;
}

/* RFC 5952 4. */
static void print_ip6(struct fmt *f, const struct addr *a)
{
	size_t length, gap = longest_gap(a->ip, &length);

	for (size_t g = 0; g < 8; g++) {
		if (g == gap) {
			fmt_put(f, "::");
			g += length - 1;
			continue;
		}
		if (g > 0 && g != gap + length)
			fmt_put(f, ":");
		fmt_put(f, "%x", group_at(a->ip, g));
	}
	if (a->scope > 0)
		fmt_put(f, "%%%u", a->scope);
}

/* Before *at, which moves to the first digit. */
static void put_number(uint8_t **at, unsigned n)
{
	do
		*--*at = (uint8_t)('0' + n % 10);
	while ((n /= 10) > 0);
}

/* Without a form and from behind, to be added in one piece: lists of a tracker are
 * such addresses for the most part. port < 0: without.
 */
static void print_ip4(struct fmt *f, struct bytes four, int port)
{
	uint8_t text[sizeof "255.255.255.255:65535"];
	uint8_t *end = text + sizeof text, *at = end;

	if (port >= 0) {
		put_number(&at, (unsigned)port);
		*--at = ':';
	}
	for (size_t i = 4; i-- > 0;) {
		put_number(&at, four.p[i]);
		if (i > 0)
			*--at = '.';
	}
	fmt_bytes(f, (struct bytes){ at, (size_t)(end - at) });
}

void addr_print_ip(struct fmt *f, const struct addr *a)
{
	struct bytes four = ip4_of(a);

	assert(a->family == ADDR_IP4 || a->family == ADDR_IP6);
	if (four.n == 0)
		print_ip6(f, a);
	else
		print_ip4(f, four, -1);
}

void addr_print(struct fmt *f, const struct addr *a)
{
	struct bytes four = ip4_of(a);

	if (a->family == ADDR_UNIX) {
		fmt_put(f, "unix:%s", a->path);
	} else if (four.n > 0) {
		print_ip4(f, four, a->port);
	} else {
		fmt_put(f, "[");
		addr_print_ip(f, a);
		fmt_put(f, "]:%u", a->port);
	}
}

bool hostport_is_host(struct bytes text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t b = text.p[i], low = b | 0x20;

		if (!(low >= 'a' && low <= 'z') && !(b >= '0' && b <= '9') &&
		    b != '.' && b != '-' && b != '_')
			return false;
	}
	return true;
}

static bool read_bracketed(struct cur *c, struct bytes *host)
{
	struct addr a;

	if (!cur_eat(c, '['))
		return false;
	*host = cur_until(c, ']');
	return addr_parse_ip(&a, *host) == 0 && a.family == ADDR_IP6 &&
	       cur_eat(c, ':');
}

int hostport_parse(struct hostport *hp, struct bytes text)
{
	struct cur c = cur_of(text);
	struct bytes host;
	uint32_t port;

	if (cur_peek(&c) == '[') {
		if (!read_bracketed(&c, &host))
			return -NAT_EINVAL;
	} else {
		host = cur_until(&c, ':');
		if (host.n == text.n) {
			c = cur_of(text);
			host.n = 0;
		}
		if (!hostport_is_host(host))
			return -NAT_EINVAL;
	}
	if (!cur_number(&c, UINT16_MAX, &port) || cur_left(&c) > 0)
		return -NAT_EINVAL;
	*hp = (struct hostport){ host, (uint16_t)port };
	return 0;
}

int addr_parse(struct addr *a, struct bytes text)
{
	struct hostport hp;
	struct addr read;

	if (hostport_parse(&hp, text) < 0 || hp.port == 0 ||
	    addr_parse_ip(&read, hp.host) < 0)
		return -NAT_EINVAL;
	read.port = hp.port;
	*a = read;
	return 0;
}

bool addr_same_ip(const struct addr *a, const struct addr *b)
{
	struct bytes four = ip4_of(a);

	if (four.n > 0)
		return bytes_equal(four, ip4_of(b));
	return a->family == b->family && a->scope == b->scope &&
	       memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

bool addr_is_ip4(const struct addr *a)
{
	return ip4_of(a).n > 0;
}

void addr_cut(uint8_t to[16], const struct addr *a, unsigned bits)
{
	struct bytes four = ip4_of(a);

	memset(to, 0, 16);
	if (four.n > 0) {
		memcpy(to, mapped, sizeof mapped);
		memcpy(to + sizeof mapped, four.p, 4);
	} else if (a->family == ADDR_IP6) {
		memcpy(to, a->ip, 16);
	}
	for (unsigned i = bits / 8; i < 16; i++, bits = 0)
		to[i] &= (uint8_t) ~(0xffU >> bits % 8);
}

void addr_host(uint8_t to[16], const struct addr *a)
{
	addr_cut(to, a, addr_is_ip4(a) ? 128 : 64);
}

struct addr addr_mapped(const struct addr *a)
{
	struct addr to = { .family = ADDR_IP6, .port = a->port };

	if (a->family != ADDR_IP4)
		return *a;
	addr_cut(to.ip, a, 128);
	return to;
}

struct addr addr_plain(const struct addr *a)
{
	struct addr plain = { .family = ADDR_IP4, .port = a->port };

	if (a->family != ADDR_IP6 || !addr_is_ip4(a))
		return *a;
	memcpy(plain.ip, a->ip + 12, 4);
	return plain;
}
