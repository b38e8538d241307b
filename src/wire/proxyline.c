#include "wire/proxyline.h"
#include "base/cur.h"
#include "crypt/crc.h"

enum { HEAD = 16, MAGIC = 12, IP4 = 0x10, IP6 = 0x20, UNIX = 0x30 };
enum { TLV_CRC32C = 3, SUM = 4 };

static const uint8_t magic[MAGIC] = { 0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
				      0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a };

/* ---- version 1 ---- */

static bool read_ip(struct addr *a, struct bytes text, uint8_t family)
{
	return !bytes_have(text, '%') && addr_parse_ip(a, text) == 0 &&
	       a->family == family;
}

static bool read_port(struct cur *c, char end, uint16_t *port)
{
	const uint8_t *first = c->p;
	uint32_t n;

	if (!cur_number(c, UINT16_MAX, &n) ||
	    (*first == '0' && c->p > first + 1))
		return false;
	*port = (uint16_t)n;
	return cur_eat(c, end);
}

static int read_addrs(struct proxyline *p, struct cur *c, uint8_t family)
{
	if (!read_ip(&p->from, cur_until(c, ' '), family) ||
	    !read_ip(&p->to, cur_until(c, ' '), family) ||
	    !read_port(c, ' ', &p->from.port) ||
	    !read_port(c, '\r', &p->to.port) || cur_left(c))
		return -NAT_EPROTO;
	p->kind = PROXYLINE_STREAM;
	return 0;
}

/* line: with its CR, without its LF. */
static int read_line(struct proxyline *p, struct bytes line)
{
	struct cur c = cur_of(line);
	struct bytes word;

	if (line.n == 0 || line.p[line.n - 1] != '\r')
		return -NAT_EPROTO;
	cur_until(&c, ' ');
	if (bytes_are((struct bytes){ c.p, cur_left(&c) }, "UNKNOWN\r"))
		return 0;
	word = cur_until(&c, ' ');
	if (bytes_are(word, "UNKNOWN"))
		return 0;
	if (bytes_are(word, "TCP4"))
		return read_addrs(p, &c, ADDR_IP4);
	return bytes_are(word, "TCP6") ? read_addrs(p, &c, ADDR_IP6)
				       : -NAT_EPROTO;
}

static long parse_text(struct proxyline *p, struct bytes in)
{
	struct cur c = cur_of(
		(struct bytes){ in.p, min_size(in.n, PROXYLINE_PRINTED) });
	struct bytes line = cur_until(&c, '\n');
	size_t begins = min_size(in.n, 6);

	if (memcmp(in.p, "PROXY ", begins) != 0)
		return -NAT_EPROTO;
	if (c.p == line.p + line.n)
		return in.n < PROXYLINE_PRINTED ? 0 : -NAT_EPROTO;
	p->version = 1;
	return read_line(p, line) < 0 ? -NAT_EPROTO : (long)line.n + 1;
}

/* ---- version 2 ---- */

static void read_raw(struct proxyline *p, struct cur *c, uint8_t family)
{
	size_t n = family == ADDR_IP4 ? 4 : 16;

	p->from.family = p->to.family = family;
	memcpy(p->from.ip, cur_bytes(c, n).p, n);
	memcpy(p->to.ip, cur_bytes(c, n).p, n);
	p->from.port = cur_u16(c);
	p->to.port = cur_u16(c);
}

/* As it would be were the sum itself zero. */
static bool sum_is_right(struct bytes all, struct bytes sum)
{
	size_t before = (size_t)(sum.p - all.p);
	struct cur c = cur_of(sum);
	uint32_t crc = crc32c(0, (struct bytes){ all.p, before });

	crc = crc32c(crc, BYTES("\0\0\0\0"));
	crc = crc32c(crc, (struct bytes){ sum.p + SUM, all.n - before - SUM });
	return crc == cur_u32(&c);
}

static int read_tlvs(struct cur *c, struct bytes all)
{
	while (cur_left(c)) {
		uint8_t type = cur_u8(c);
		struct bytes value = cur_bytes(c, cur_u16(c));

		if (c->bad)
			return -NAT_EPROTO;
		if (type == TLV_CRC32C &&
		    (value.n != SUM || !sum_is_right(all, value)))
			return -NAT_EPROTO;
	}
	return 0;
}

/* Of a family that we do not know, where its TLVs begin is not known either. */
static int read_block(struct proxyline *p, struct bytes all)
{
	static const uint8_t sizes[] = { 0, 12, 36, 216 };
	struct cur c = cur_of((struct bytes){ all.p + HEAD, all.n - HEAD });
	uint8_t family = all.p[13] & 0xf0, transport = all.p[13] & 0x0f;

	if (family > UNIX || transport > 2)
		return -NAT_EPROTO;
	if (family == 0 || transport == 0)
		return 0;
	if (cur_left(&c) < sizes[family >> 4])
		return -NAT_EPROTO;
	if (family == UNIX) {
		cur_bytes(&c, sizes[UNIX >> 4]);
	} else {
		read_raw(p, &c, family == IP4 ? ADDR_IP4 : ADDR_IP6);
		p->kind = transport == 1 ? PROXYLINE_STREAM : PROXYLINE_DGRAM;
	}
	return read_tlvs(&c, all);
}

static long parse_binary(struct proxyline *p, struct bytes in)
{
	size_t n;

	if (memcmp(in.p, magic, min_size(in.n, MAGIC)) != 0)
		return -NAT_EPROTO;
	if (in.n < HEAD)
		return 0;
	n = HEAD + ((size_t)in.p[14] << 8 | in.p[15]);
	if (n > PROXYLINE_MOST || in.p[12] >> 4 != 2 || (in.p[12] & 0x0f) > 1)
		return -NAT_EPROTO;
	if (in.n < n)
		return 0;
	p->version = 2;
	if ((in.p[12] & 0x0f) == 1 &&
	    read_block(p, (struct bytes){ in.p, n }) < 0)
		return -NAT_EPROTO;
	return (long)n;
}

long proxyline_parse(struct proxyline *p, struct bytes in)
{
	struct proxyline got = { .kind = PROXYLINE_NONE };
	long n = 0;

	if (in.n > 0)
		n = *in.p == magic[0] ? parse_binary(&got, in)
				      : parse_text(&got, in);
	if (n > 0)
		*p = got;
	return n;
}

/* ---- printing ---- */

static bool is_ip(const struct addr *a)
{
	return a->family == ADDR_IP4 || a->family == ADDR_IP6;
}

static void put_ip(struct fmt *f, const struct addr *a, bool ip4)
{
	struct addr plain = *a;

	plain.scope = 0;
	if (!ip4 && addr_is_ip4(a))
		fmt_put(f, "::ffff:");
	addr_print_ip(f, &plain);
}

static void put_line(struct fmt *f, const struct proxyline *p, bool ip4)
{
	fmt_put(f, ip4 ? "TCP4 " : "TCP6 ");
	put_ip(f, &p->from, ip4);
	fmt_put(f, " ");
	put_ip(f, &p->to, ip4);
	fmt_put(f, " %u %u\r\n", p->from.port, p->to.port);
}

static void put_u16(struct fmt *f, unsigned n)
{
	const uint8_t b[] = { (uint8_t)(n >> 8), (uint8_t)n };

	fmt_bytes(f, (struct bytes){ b, sizeof b });
}

static void put_raw(struct fmt *f, const struct addr *a, bool ip4)
{
	uint8_t ip[16];

	addr_cut(ip, a, 128);
	fmt_bytes(f, (struct bytes){ ip + (ip4 ? 12 : 0), ip4 ? 4 : 16 });
}

static void put_binary(struct fmt *f, const struct proxyline *p, bool ip4)
{
	uint8_t transport = p->kind == PROXYLINE_DGRAM ? 2 : 1;
	const uint8_t how[] = { 0x21,
				(uint8_t)((ip4 ? IP4 : IP6) | transport) };

	fmt_bytes(f, (struct bytes){ how, sizeof how });
	put_u16(f, ip4 ? 12 : 36);
	put_raw(f, &p->from, ip4);
	put_raw(f, &p->to, ip4);
	put_u16(f, p->from.port);
	put_u16(f, p->to.port);
}

void proxyline_print(struct fmt *f, const struct proxyline *p)
{
	bool known = p->kind && is_ip(&p->from) && is_ip(&p->to);
	bool ip4 = addr_is_ip4(&p->from) && addr_is_ip4(&p->to);

	if (p->version == 2)
		fmt_bytes(f, (struct bytes){ magic, MAGIC });
	else
		fmt_put(f, "PROXY ");
	if (!known && p->version == 2)
		fmt_bytes(f, BYTES("\x20\0\0\0"));
	else if (!known)
		fmt_put(f, "UNKNOWN\r\n");
	else if (p->version == 2)
		put_binary(f, p, ip4);
	else
		put_line(f, p, ip4);
}
