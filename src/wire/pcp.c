#include "wire/pcp.h"
#include "base/cur.h"

enum {
	ANSWER = 0x80,
	PREFER_FAILURE = 2,
	HEAD = 24, /* of PCP */
	MAP_DATA = 36,
	NATPMP_HELLO = 12, /* answers */
	NATPMP_MAP = 16
};

/* ---- printing ---- */

static void put(struct fmt *f, unsigned bytes, uint32_t n)
{
	for (unsigned left = bytes; left-- > 0;) {
		const uint8_t b = (uint8_t)(n >> 8 * left);

		fmt_bytes(f, (struct bytes){ &b, 1 });
	}
}

/* 16 bytes, IPv4 as ::ffff:a.b.c.d; none is that of IPv4 (RFC 6887 5). */
static void put_addr(struct fmt *f, const struct addr *a)
{
	static const struct addr any4 = { .family = ADDR_IP4 };
	uint8_t ip[16];

	addr_cut(ip, a->family ? a : &any4, 128);
	fmt_bytes(f, (struct bytes){ ip, sizeof ip });
}

static void put_pcp(struct fmt *f, const struct pcp *m)
{
	put(f, 4, (uint32_t)PCP_PCP << 24 | (uint32_t)m->op << 16);
	put(f, 4, m->op == PCP_MAP ? m->lifetime : 0);
	put_addr(f, &m->client);
	if (m->op != PCP_MAP)
		return;
	fmt_bytes(f, (struct bytes){ m->nonce, PCP_NONCE });
	put(f, 4, (uint32_t)m->protocol << 24);
	put(f, 2, m->inner);
	put(f, 2, m->outer);
	put_addr(f, &m->address);
	if (m->strict)
		put(f, 4, PREFER_FAILURE << 24);
}

static unsigned natpmp_op(const struct pcp *m)
{
	if (m->op != PCP_MAP)
		return 0;
	return m->protocol == PCP_UDP ? 1 : 2;
}

void pcp_print(struct fmt *f, const struct pcp *m)
{
	if (m->version == PCP_PCP) {
		put_pcp(f, m);
		return;
	}
	put(f, 2, natpmp_op(m));
	if (m->op != PCP_MAP)
		return;
	put(f, 2, 0);
	put(f, 2, m->inner);
	put(f, 2, m->outer);
	put(f, 4, m->lifetime);
}

/* ---- parsing ---- */

static struct addr read_ip4(struct cur *c)
{
	struct addr a = { .family = ADDR_IP4 };
	struct bytes ip = cur_bytes(c, 4);

	if (ip.n)
		memcpy(a.ip, ip.p, 4);
	return a;
}

static struct addr read_addr(struct cur *c)
{
	struct addr a = { .family = ADDR_IP6 };
	struct bytes ip = cur_bytes(c, 16);

	if (ip.n)
		memcpy(a.ip, ip.p, 16);
	if (!addr_is_ip4(&a))
		return a;
	c->p -= 4;
	return read_ip4(c);
}

static void read_map(struct pcp *m, struct cur *c)
{
	struct bytes nonce = cur_bytes(c, PCP_NONCE);

	if (nonce.n)
		memcpy(m->nonce, nonce.p, PCP_NONCE);
	m->protocol = cur_u8(c);
	cur_u24(c);
	m->inner = cur_u16(c);
	m->outer = cur_u16(c);
	m->address = read_addr(c);
}

static void read_pcp(struct pcp *m, struct cur *c, unsigned op)
{
	m->op = (uint8_t)(op & ~(unsigned)ANSWER);
	cur_u8(c);
	m->result = cur_u8(c);
	m->lifetime = cur_u32(c);
	m->epoch = cur_u32(c);
	cur_bytes(c, PCP_NONCE);
	if (m->op == PCP_MAP)
		read_map(m, c);
}

/* An error may end behind the epoch. */
static void read_natpmp(struct pcp *m, struct cur *c, unsigned op)
{
	m->op = op == ANSWER ? PCP_HELLO : PCP_MAP;
	m->protocol = op == (ANSWER | 1) ? PCP_UDP : PCP_TCP;
	m->result = cur_u16(c);
	m->epoch = cur_u32(c);
	if (m->result != PCP_SUCCESS)
		return;
	if (m->op == PCP_HELLO) {
		m->address = read_ip4(c);
		return;
	}
	m->inner = cur_u16(c);
	m->outer = cur_u16(c);
	m->lifetime = cur_u32(c);
}

int pcp_parse(struct pcp *m, struct bytes pkt)
{
	struct cur c = cur_of(pkt);
	unsigned version = cur_u8(&c), op = cur_u8(&c);

	*m = (struct pcp){ .version = (uint8_t)version };
	if (pkt.n > PCP_MOST || !(op & ANSWER))
		return -NAT_EPROTO;
	if (version == PCP_PCP && op <= (ANSWER | PCP_MAP))
		read_pcp(m, &c, op);
	else if (version == PCP_NATPMP && op <= (ANSWER | 2))
		read_natpmp(m, &c, op);
	else
		return -NAT_EPROTO;
	return c.bad ? -NAT_EPROTO : 0;
}
