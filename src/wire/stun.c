#include "wire/stun.h"
#include "base/cur.h"
#include "crypt/crc.h"

enum {
	MAGIC = 0x2112a442,
	FINGERPRINT = 0x8028,
	FINGERPRINT_XOR = 0x5354554e,
	ATTR_HEAD = 4,
	IP4 = 1,
	IP6 = 2
};

/* ---- the table of attributes ---- */

enum kind {
	INTEGRITY,
	ADDRESS,
	XORED,
	NUMBER,
	PORT,
	ERROR,
	TEXT,
	LIST,
	FLAG,
	CRC
};

#define FIELD(field) offsetof(struct stun, field)
#define MORE(field) offsetof(struct stun_more, field)
static const struct row {
	uint16_t code, least, most; /* bytes of a value */
	uint16_t at;                /* of what it fills */
	uint8_t kind;               /* enum kind */
	bool ours;                  /* is printed */
} rows[] = {
	{ 0x0001, 8, 20, FIELD(plain), ADDRESS, false },
	{ 0x0003, 4, 4, FIELD(change), NUMBER, true },
	{ 0x0006, 0, 513, FIELD(username), TEXT, true },
	{ 0x0008, 20, 20, FIELD(sha1), INTEGRITY, false },
	{ 0x0009, 4, 767, FIELD(error), ERROR, true },
	{ 0x000a, 0, 64, FIELD(unknown), LIST, true },
	{ 0x001e, 32, 32, FIELD(userhash), TEXT, true },
	{ 0x0015, 0, 763, FIELD(nonce), TEXT, true },
	{ 0x0014, 0, 763, FIELD(realm), TEXT, true },
	{ 0x001d, 4, 64, FIELD(algorithm), TEXT, true },
	{ 0x001c, 16, 32, FIELD(sha256), INTEGRITY, false },
	{ 0x0020, 8, 20, FIELD(mapped), XORED, true },
	{ 0x0026, 0, 1500, FIELD(padding), TEXT, true },
	{ 0x0027, 4, 4, FIELD(response_port), PORT, true },
	{ 0x8002, 4, 256, FIELD(algorithms), TEXT, true },
	{ 0x802b, 8, 20, FIELD(origin), ADDRESS, true },
	{ 0x802c, 8, 20, FIELD(other), ADDRESS, true },
	{ 0x8022, 0, 763, FIELD(software), TEXT, true },
	{ FINGERPRINT, 4, 4, 0, CRC, false }, /* stun_seal */
	/* from MORE_FROM on: of struct stun_more */
	{ 0x000c, 4, 4, MORE(channel), PORT, true },
	{ 0x000d, 4, 4, MORE(lifetime), TEXT, true },
	{ 0x0012, 8, 20, MORE(peer), XORED, true },
	{ 0x0013, 0, 65535, MORE(data), TEXT, true },
	{ 0x0016, 8, 20, MORE(relayed), XORED, true },
	{ 0x0016, 8, 20, MORE(also), XORED,
	  true }, /* the second of that type */
	{ 0x0017, 4, 4, MORE(family), NUMBER, true },
	{ 0x0019, 4, 4, MORE(transport), NUMBER, true },
	{ 0x001a, 0, 0, MORE(whole), FLAG, true },
	{ 0x0024, 4, 4, MORE(priority), NUMBER, true },
	{ 0x0025, 0, 0, MORE(use_candidate), FLAG, true },
	{ 0x8000, 4, 4, MORE(additional), NUMBER, true },
	{ 0x8032, 4, 4, MORE(additional), NUMBER, true }, /* coturn's */
	{ 0x8023, 8, 20, MORE(alternate), ADDRESS, true },
	{ 0x8029, 8, 8, MORE(controlled), TEXT, true },
	{ 0x802a, 8, 8, MORE(controlling), TEXT, true },
};
enum { MORE_FROM = 19 };

/* What a row fills, of m or of what is lent with it. */
static void *place(const struct stun *m, const struct row *row)
{
	const void *of = row < rows + MORE_FROM ? (const void *)m : m->more;

	return (char *)of + row->at;
}

static size_t rows_of(const struct stun *m)
{
	return m->more ? COUNT(rows) : MORE_FROM;
}

/* ---- values ---- */

/* RFC 8489 14.2: port and address beside the magic and the id. */
static void mask(struct addr *a, const uint8_t id[STUN_ID])
{
	static const uint8_t magic[] = { 0x21, 0x12, 0xa4, 0x42 };

	a->port ^= MAGIC >> 16;
	for (size_t i = 0; i < sizeof magic; i++)
		a->ip[i] ^= magic[i];
	for (size_t i = 0; a->family == ADDR_IP6 && i < STUN_ID; i++)
		a->ip[sizeof magic + i] ^= id[i];
}

static bool read_addr(struct addr *to, struct cur *c)
{
	struct addr a = { .family = ADDR_NONE };
	unsigned family = cur_u16(c) & 0xff;
	struct bytes ip;

	a.port = cur_u16(c);
	ip = cur_bytes(c, cur_left(c));
	if (family == IP4 && ip.n == 4)
		a.family = ADDR_IP4;
	else if (family == IP6 && ip.n == 16)
		a.family = ADDR_IP6;
	else
		return false;
	memcpy(a.ip, ip.p, ip.n);
	*to = a;
	return true;
}

static bool read_error(struct stun *m, struct cur *c)
{
	unsigned hundreds = cur_u32(c), rest = hundreds & 0xff;

	hundreds = hundreds >> 8 & 7;
	m->error = (uint16_t)(hundreds * 100 + rest);
	m->reason = cur_bytes(c, cur_left(c));
	return rest < 100 && hundreds >= 3 && hundreds <= 6;
}

static void read_list(struct stun *m, struct cur *c)
{
	while (cur_left(c) > 1 && m->nunknown < STUN_UNKNOWN)
		m->unknown[m->nunknown++] = cur_u16(c);
}

static bool read_value(struct stun *m, const struct row *row, struct cur *c)
{
	void *at = place(m, row);
	struct addr *addr = at;
	uint32_t *number = at;
	uint16_t *port = at;
	struct bytes *text = at;
	bool *flag = at;

	switch ((enum kind)row->kind) {
	case ADDRESS:
		return read_addr(addr, c);
	case XORED:
		if (!read_addr(addr, c))
			return false;
		mask(addr, m->id);
		return true;
	case NUMBER:
		*number = cur_u32(c);
		return true;
	case PORT:
		*port = cur_u16(c);
		return true;
	case FLAG:
		*flag = true;
		return true;
	case ERROR:
		return read_error(m, c);
	case TEXT:
	case INTEGRITY:
		*text = cur_bytes(c, cur_left(c));
		return true;
	case LIST:
		read_list(m, c);
		return true;
	default:
		return true;
	}
}

/* ---- parsing ---- */

struct reading {
	struct stun *m;
	struct bytes pkt;
	struct cur c;
	uint64_t seen;      /* a bit a row */
	bool secured, last; /* an integrity, the fingerprint has been met */
};

static uint64_t bit_of(const struct row *row)
{
	return (uint64_t)1 << (row - rows);
}

/* Of several rows of a type the first that has not been met, or the last. */
static const struct row *row_of(const struct reading *r, uint16_t code)
{
	const struct row *row = NULL;

	for (size_t i = 0; i < rows_of(r->m); i++)
		if (rows[i].code == code && (!row || r->seen & bit_of(row)))
			row = &rows[i];
	return row;
}

/* RFC 8489 14.7: of all before it, with the length that the header has. */
static bool check_crc(struct reading *r, struct bytes value)
{
	struct bytes before = { r->pkt.p, r->pkt.n - ATTR_HEAD - value.n };
	struct cur c = cur_of(value);

	r->last = r->m->fingerprint = true;
	return cur_left(&r->c) == 0 &&
	       cur_u32(&c) == (crc32(0, before) ^ FINGERPRINT_XOR);
}

static void note_unknown(struct stun *m, uint16_t code)
{
	if (code < 0x8000 && m->nunknown < STUN_UNKNOWN)
		m->unknown[m->nunknown++] = code;
}

static bool take(struct reading *r, uint16_t code, struct bytes value)
{
	const struct row *row = row_of(r, code);
	struct cur c = cur_of(value);

	if (!row && !r->secured)
		note_unknown(r->m, code);
	if (!row || r->seen & bit_of(row))
		return true;
	r->seen |= bit_of(row);
	if (value.n < row->least || value.n > row->most)
		return false;
	if (row->kind == CRC)
		return check_crc(r, value);
	if (r->secured && row->kind != INTEGRITY)
		return true;
	r->secured = row->kind == INTEGRITY;
	return read_value(r->m, row, &c);
}

static bool read_attributes(struct reading *r)
{
	while (cur_left(&r->c) > 0 && !r->last) {
		uint16_t code = cur_u16(&r->c), n = cur_u16(&r->c);
		struct bytes value = cur_bytes(&r->c, n);

		cur_bytes(&r->c, -(size_t)n & 3);
		if (r->c.bad || !take(r, code, value))
			return false;
	}
	return true;
}

int stun_parse_more(struct stun *m, struct stun_more *more, struct bytes pkt)
{
	struct reading r = { .m = m, .pkt = pkt, .c = cur_of(pkt) };
	uint16_t n;

	*m = (struct stun){ .type = cur_u16(&r.c), .more = more };
	if (more)
		*more = (struct stun_more){ .priority = 0 };
	n = cur_u16(&r.c);
	if (cur_u32(&r.c) != MAGIC || m->type > 0x3fff || n % 4 ||
	    pkt.n != STUN_HEAD + (size_t)n)
		return -NAT_EPROTO;
	memcpy(m->id, cur_bytes(&r.c, STUN_ID).p, STUN_ID);
	if (!read_attributes(&r))
		return -NAT_EPROTO;
	if (!m->mapped.family)
		m->mapped = m->plain;
	return 0;
}

int stun_parse(struct stun *m, struct bytes pkt)
{
	return stun_parse_more(m, NULL, pkt);
}

/* ---- printing ---- */

static void put16(struct fmt *f, unsigned n)
{
	const uint8_t b[] = { (uint8_t)(n >> 8), (uint8_t)n };

	fmt_bytes(f, (struct bytes){ b, sizeof b });
}

static void put32(struct fmt *f, uint32_t n)
{
	put16(f, n >> 16);
	put16(f, n & 0xffff);
}

static void put_addr(struct fmt *f, struct addr a, const uint8_t *id)
{
	if (a.family == ADDR_IP6 && addr_is_ip4(&a)) {
		memmove(a.ip, a.ip + 12, 4);
		a.family = ADDR_IP4;
	}
	if (id)
		mask(&a, id);
	put16(f, a.family == ADDR_IP4 ? IP4 : IP6);
	put16(f, a.port);
	fmt_bytes(f, (struct bytes){ a.ip, a.family == ADDR_IP4 ? 4 : 16 });
}

static void put_error(struct fmt *f, const struct stun *m)
{
	put16(f, 0);
	put16(f, m->error / 100U << 8 | m->error % 100U);
	fmt_bytes(f, m->reason);
}

static void put_list(struct fmt *f, const struct stun *m)
{
	for (unsigned i = 0; i < m->nunknown; i++)
		put16(f, m->unknown[i]);
}

static void put_length(struct fmt *f, size_t at, size_t n)
{
	f->to.p[at] = (uint8_t)(n >> 8);
	f->to.p[at + 1] = (uint8_t)n;
}

static void put_value(struct fmt *f, const struct stun *m,
		      const struct row *row)
{
	const void *at = place(m, row);
	const struct addr *addr = at;
	const uint32_t *number = at;
	const uint16_t *port = at;
	const struct bytes *text = at;

	switch ((enum kind)row->kind) {
	case ADDRESS:
		put_addr(f, *addr, NULL);
		break;
	case XORED:
		put_addr(f, *addr, m->id);
		break;
	case NUMBER:
		put32(f, *number);
		break;
	case PORT:
		put32(f, (uint32_t)*port << 16);
		break;
	case ERROR:
		put_error(f, m);
		break;
	case TEXT:
		fmt_bytes(f, *text);
		break;
	case LIST:
		put_list(f, m);
		break;
	default:
		break;
	}
}

/* Without a value there is no attribute. */
static bool has(const struct stun *m, const struct row *row)
{
	const void *at = place(m, row);
	const struct addr *addr = at;
	const uint32_t *number = at;
	const uint16_t *port = at;
	const struct bytes *text = at;
	const bool *flag = at;

	switch ((enum kind)row->kind) {
	case ADDRESS:
	case XORED:
		return addr->family;
	case NUMBER:
		return *number;
	case PORT:
		return *port;
	case FLAG:
		return *flag;
	case ERROR:
		return m->error;
	case TEXT:
		return text->n;
	case LIST:
		return m->nunknown;
	default:
		return false;
	}
}

static void put_attribute(struct fmt *f, const struct stun *m,
			  const struct row *row)
{
	static const uint8_t zeros[3];
	size_t from = f->n, n;

	put16(f, row->code);
	put16(f, 0);
	put_value(f, m, row);
	if (f->full) {
		f->n = from;
		return;
	}
	n = f->n - from - ATTR_HEAD;
	put_length(f, from + 2, n);
	fmt_bytes(f, (struct bytes){ zeros, -n & 3 });
}

void stun_print(struct fmt *f, const struct stun *m)
{
	put16(f, m->type);
	put16(f, 0);
	put32(f, MAGIC);
	fmt_bytes(f, (struct bytes){ m->id, STUN_ID });
	for (size_t i = 0; i < rows_of(m); i++)
		if (rows[i].ours && has(m, &rows[i]))
			put_attribute(f, m, &rows[i]);
	if (!f->full)
		put_length(f, 2, f->n - STUN_HEAD);
	if (m->fingerprint)
		stun_seal(f);
}

void stun_seal(struct fmt *f)
{
	uint32_t crc;

	if (f->full || f->to.n - f->n < 2 * ATTR_HEAD) {
		f->full = true;
		return;
	}
	put_length(f, 2, f->n + 2 * ATTR_HEAD - STUN_HEAD);
	crc = crc32(0, fmt_done(f)) ^ FINGERPRINT_XOR;
	put16(f, FINGERPRINT);
	put16(f, ATTR_HEAD);
	put32(f, crc);
}
