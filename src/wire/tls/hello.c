#include "wire/tls/hello.h"
#include "wire/tls/proto.h"

/* ---- the table ---- */

struct row {
	uint16_t number;
	uint8_t ext;   /* enum hello_ext */
	uint8_t where; /* bits of enum hello_where */
	uint8_t width; /* of the length before what is inside; 0: none */
	uint8_t unit;  /* bytes of which there is a whole number; 0: none */
	uint8_t least; /* bytes inside */
};

#define C HELLO_CLIENT
#define S12 HELLO_SERVER12
#define S13 HELLO_SERVER13
#define RETRY HELLO_RETRY
#define EE HELLO_ENCRYPTED
#define CR HELLO_REQUEST

/* In the order in which they are written: the PSK is the last of all. */
/* clang-format off */
static const struct row rows[] = {
	{ TLS_EXT_VERSIONS,     HELLO_VERSIONS,     C,            1, 2, 2 },
	{ TLS_EXT_VERSIONS,     HELLO_VERSIONS,     S13 | RETRY,  0, 2, 2 },
	{ TLS_EXT_NAME,         HELLO_NAME,         C,            2, 1, 4 },
	{ TLS_EXT_NAME,         HELLO_NAME,         S12 | EE,     0, 0, 0 },
	{ TLS_EXT_GROUPS,       HELLO_GROUPS,       C | EE,       2, 2, 2 },
	{ TLS_EXT_POINTS,       HELLO_POINTS,       C | S12,      1, 1, 1 },
	{ TLS_EXT_SCHEMES,      HELLO_SCHEMES,      C | CR,       2, 2, 2 },
	{ TLS_EXT_SCHEMES_CERT, HELLO_SCHEMES_CERT, C | CR,       2, 2, 2 },
	{ TLS_EXT_ALPN,         HELLO_ALPN,         C | S12 | EE, 2, 1, 2 },
	{ TLS_EXT_MASTER,       HELLO_MASTER,       C | S12,      0, 0, 0 },
	{ TLS_EXT_RENEGOTIATION, HELLO_RENEGOTIATION, C | S12,    1, 1, 0 },
	{ TLS_EXT_SRTP,         HELLO_SRTP,         C | S12,      0, 1, 5 },
	{ TLS_EXT_RECORD,       HELLO_RECORD,       C | S12 | EE, 0, 2, 2 },
	{ TLS_EXT_EARLY,        HELLO_EARLY,        C | EE,       0, 0, 0 },
	{ TLS_EXT_COOKIE,       HELLO_COOKIE,       C | RETRY,    2, 1, 1 },
	{ TLS_EXT_AUTHORITIES,  HELLO_AUTHORITIES,  C | CR,       2, 1, 3 },
	{ TLS_EXT_SHARES,       HELLO_SHARES,       C,            2, 1, 0 },
	{ TLS_EXT_SHARES,       HELLO_SHARES,       S13,          0, 1, 5 },
	{ TLS_EXT_SHARES,       HELLO_SHARES,       RETRY,        0, 2, 2 },
	{ TLS_EXT_PSK_MODES,    HELLO_PSK_MODES,    C,            1, 1, 1 },
	{ TLS_EXT_PSK,          HELLO_PSK,          C,            0, 1, 4 },
	{ TLS_EXT_PSK,          HELLO_PSK,          S13,          0, 2, 2 },
};
/* clang-format on */

#undef C
#undef S12
#undef S13
#undef RETRY
#undef EE
#undef CR

const uint8_t hello_retry_random[32] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
	0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
	0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c
};

uint32_t hello_set(const struct hello *h)
{
	uint32_t set = 0;

	for (unsigned i = 0; i < HELLO_EXTENSIONS; i++)
		if (h->ext[i].p)
			set |= (uint32_t)1 << i;
	return set;
}

/* ---- reading ---- */

enum { MANY = 64 }; /* extensions; more are nobody's */

/* Two numbers are one and the same extension even when nobody knows them. */
static bool came_before(struct bytes list, const uint8_t *at, uint16_t number)
{
	struct cur c = cur_of(list);

	while (c.p < at) {
		if (cur_u16(&c) == number)
			return true;
		cur_bytes(&c, cur_u16(&c));
	}
	return false;
}

/* The row of a number there; *known: it has a row anywhere. */
static const struct row *row_of(uint16_t number, uint8_t where, int *known)
{
	*known = -1;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].number != number)
			continue;
		*known = rows[i].ext;
		if (rows[i].where & where)
			return &rows[i];
	}
	return NULL;
}

static uint8_t read_inside(struct bytes *inside, const struct row *row,
			   struct bytes body)
{
	static const uint8_t nothing;
	struct cur c = cur_of(body);
	size_t n = body.n;

	if (row->width)
		n = row->width == 1 ? cur_u8(&c) : cur_u16(&c);
	*inside = cur_bytes(&c, n);
	if (c.bad || cur_left(&c) > 0 || n < row->least ||
	    (row->unit ? n % row->unit : n) ||
	    (row->unit == 2 && !row->width && n != 2))
		return TLS_DECODE_ERROR;
	if (n == 0)
		inside->p = &nothing;
	return 0;
}

/* A cookie is the one thing that a server may send unasked (RFC 8446 4.2.2). */
static bool was_offered(uint32_t offered, int ext)
{
	return ext == HELLO_COOKIE || offered >> ext & 1;
}

static uint8_t read_one(struct hello *h, uint16_t number, struct bytes body,
			uint32_t offered)
{
	int known;
	const struct row *row = row_of(number, h->where, &known);

	if (offered && (known < 0 || !was_offered(offered, known)))
		return TLS_UNSUPPORTED_EXTENSION;
	if (known < 0)
		return 0;
	if (!row)
		return TLS_ILLEGAL_PARAMETER;
	return read_inside(&h->ext[row->ext], row, body);
}

uint8_t hello_read_extensions(struct hello *h, struct cur *c, uint8_t where,
			      uint32_t offered)
{
	struct bytes list = cur_bytes(c, cur_u16(c));
	struct cur e = cur_of(list);
	uint8_t alert = 0;
	unsigned n = 0;

	h->where = where;
	if (c->bad || cur_left(c) > 0)
		return TLS_DECODE_ERROR;
	while (cur_left(&e) > 0 && alert == 0) {
		const uint8_t *at = e.p;
		uint16_t number = cur_u16(&e);
		struct bytes body = cur_bytes(&e, cur_u16(&e));

		if (e.bad || n++ == MANY)
			return TLS_DECODE_ERROR;
		if (came_before(list, at, number) ||
		    (where == HELLO_CLIENT && hello_has(h, HELLO_PSK)))
			return TLS_ILLEGAL_PARAMETER;
		alert = read_one(h, number, body, offered);
	}
	return alert;
}

static void read_front(struct hello *h, struct cur *c)
{
	*h = (struct hello){ .version = cur_u16(c) };
	h->random = cur_bytes(c, TLS_RANDOM).p;
	h->id = cur_bytes(c, cur_u8(c));
	if (h->id.n > TLS_SESSION_ID)
		c->bad = true;
}

static uint8_t read_client(struct hello *h, struct cur *c)
{
	h->where = HELLO_CLIENT;
	h->suites = cur_bytes(c, cur_u16(c));
	h->compressions = cur_bytes(c, cur_u8(c));
	if (c->bad || h->suites.n < 2 || h->suites.n % 2 ||
	    h->compressions.n == 0)
		return TLS_DECODE_ERROR;
	if (!bytes_have(h->compressions, 0))
		return TLS_ILLEGAL_PARAMETER;
	if (cur_left(c) == 0)
		return 0;
	return hello_read_extensions(h, c, HELLO_CLIENT, 0);
}

uint8_t hello_read_client(struct hello *h, struct bytes body)
{
	struct cur c = cur_of(body);

	read_front(h, &c);
	return read_client(h, &c);
}

uint8_t hello_read_datagram(struct hello *h, struct bytes body)
{
	struct cur c = cur_of(body);

	read_front(h, &c);
	h->cookie = cur_bytes(&c, cur_u8(&c));
	return read_client(h, &c);
}

/* Which message it is stands in the random and in an extension. */
static uint8_t where_of(const struct hello *h, struct cur c)
{
	bool new = false;

	cur_u16(&c);
	while (!new &&cur_left(&c) > 0) {
		new = cur_u16(&c) == TLS_EXT_VERSIONS;
		cur_bytes(&c, cur_u16(&c));
	}
	if (!new)
		return HELLO_SERVER12;
	return memcmp(h->random, hello_retry_random, TLS_RANDOM) == 0
		       ? HELLO_RETRY
		       : HELLO_SERVER13;
}

uint8_t hello_read_server(struct hello *h, struct bytes body, uint32_t offered)
{
	struct cur c = cur_of(body);

	read_front(h, &c);
	h->where = HELLO_SERVER12;
	h->suites = cur_bytes(&c, 2);
	h->compressions = cur_bytes(&c, 1);
	if (c.bad)
		return TLS_DECODE_ERROR;
	if (*h->compressions.p != 0)
		return TLS_ILLEGAL_PARAMETER;
	if (cur_left(&c) == 0)
		return 0;
	return hello_read_extensions(h, &c, where_of(h, c), offered);
}

/* ---- writing ---- */

void hello_write_extensions(struct pack *p, const struct hello *h)
{
	size_t all = pack_open(p, 2);

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		struct bytes inside = h->ext[row->ext];
		size_t mark;

		if (!inside.p || !(row->where & h->where))
			continue;
		pack_u16(p, row->number);
		mark = pack_open(p, 2);
		if (row->width)
			pack_vector(p, inside, row->width);
		else
			pack_bytes(p, inside);
		pack_close(p, mark, 2);
	}
	pack_close(p, all, 2);
}

void hello_write(struct pack *p, const struct hello *h)
{
	pack_u16(p, h->version ? h->version : TLS_VERSION_12);
	pack_bytes(p, (struct bytes){ h->random, TLS_RANDOM });
	pack_vector(p, h->id, 1);
	if (h->cookie.p)
		pack_vector(p, h->cookie, 1);
	if (h->where == HELLO_CLIENT) {
		pack_vector(p, h->suites, 2);
		pack_vector(p, BYTES("\0"), 1);
	} else {
		pack_bytes(p, h->suites);
		pack_u8(p, 0);
	}
	hello_write_extensions(p, h);
}

/* ---- what stands inside ---- */

bool hello_lists(struct bytes numbers, uint16_t number)
{
	struct cur c = cur_of(numbers);

	while (cur_left(&c) > 0)
		if (cur_u16(&c) == number)
			return true;
	return false;
}

uint16_t hello_number(struct bytes two)
{
	struct cur c = cur_of(two);

	return cur_u16(&c);
}

bool hello_share(struct bytes shares, uint16_t group, struct bytes *key)
{
	struct cur c = cur_of(shares);

	*key = (struct bytes){ NULL, 0 };
	while (cur_left(&c) > 0) {
		uint16_t number = cur_u16(&c);
		struct bytes b = cur_bytes(&c, cur_u16(&c));

		if (b.n == 0)
			return false;
		if (number == group && !key->p)
			*key = b;
	}
	return true;
}

bool hello_name(const struct hello *h, struct bytes *name)
{
	struct cur c = cur_of(h->ext[HELLO_NAME]);
	bool host = true;

	*name = (struct bytes){ NULL, 0 };
	while (cur_left(&c) > 0) {
		host = cur_u8(&c) == 0;
		struct bytes b = cur_bytes(&c, cur_u16(&c));

		if (b.n == 0 || (host && name->p))
			return false;
		if (host)
			*name = b;
	}
	return true;
}
