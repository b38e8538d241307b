#include "wire/x509.h"

/* ---- time ---- */

/* Two digits, -1: they are none. */
static int pair(struct cur *c)
{
	uint8_t a = cur_u8(c), b = cur_u8(c);

	if (a < '0' || a > '9' || b < '0' || b > '9')
		return -1;
	return 10 * (a - '0') + b - '0';
}

/* Days since 1970 of a date in the Gregorian calendar. */
static int64_t days_of(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t march = month <= 2 ? month + 9 : month - 3;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * march + 2) / 5 +
	       day - 1 - 719468;
}

static int days_in(int64_t year, int month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30,
					31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* YYMMDDHHMMSSZ, or YYYYMMDDHHMMSSZ, which some have used before 2050 too. */
static int64_t read_time(struct cur *in)
{
	bool utc = cur_peek(in) == DER_UTC_TIME;
	struct cur c = cur_of(der_get(in, utc ? DER_UTC_TIME : DER_TIME));
	int century = utc ? 0 : pair(&c), p[6];
	int64_t year;

	for (size_t i = 0; i < COUNT(p); i++)
		p[i] = pair(&c);
	year = utc ? p[0] + (p[0] < 50 ? 2000 : 1900) : century * 100 + p[0];
	if (!cur_eat(&c, 'Z') || !der_done(&c) || century < 0 || p[0] < 0 ||
	    p[1] < 1 || p[1] > 12 || p[2] < 1 || p[2] > days_in(year, p[1]) ||
	    p[3] < 0 || p[3] > 23 || p[4] < 0 || p[4] > 59 || p[5] < 0 ||
	    p[5] > 59) {
		in->bad = true;
		return 0;
	}
	return days_of(year, p[1], p[2]) * 86400 + p[3] * 3600 + p[4] * 60 +
	       p[5];
}

/* ---- extensions: each reads its value into c; false: it is broken ---- */

/* BasicConstraints: SEQUENCE { cA DEFAULT FALSE, pathLen OPTIONAL } */
static bool read_basic(struct x509 *c, struct cur *v)
{
	struct cur in = der_into(v, DER_SEQUENCE);
	struct bytes b;

	if (cur_peek(&in) == DER_BOOL) {
		b = der_get(&in, DER_BOOL);
		c->ca = bytes_are(b, "\xff");
		in.bad |= !c->ca;
	}
	if (cur_peek(&in) == DER_INTEGER) {
		b = der_uint(&in);
		c->path = b.n == 0 ? 0
			  : b.n == 1 && b.p[0] < X509_ANY_LENGTH
				  ? b.p[0]
				  : X509_ANY_LENGTH;
		in.bad |= !c->ca;
	}
	return der_done(&in);
}

/* KeyUsage: a BIT STRING, the first bit the highest. */
static bool read_usage(struct x509 *c, struct cur *v)
{
	struct bytes b = der_get(v, DER_BITS);

	if (b.n < 2 || b.n > 3 || b.p[0] > 7)
		return false;
	c->usage = (uint8_t)((b.p[1] & 0x80 ? X509_SIGNS : 0) |
			     (b.p[1] & 0x04 ? X509_SIGNS_CERTS : 0));
	return true;
}

static bool read_purposes(struct x509 *c, struct cur *v)
{
	struct cur in = der_into(v, DER_SEQUENCE);
	bool any = false;

	c->purposes = 0;
	while (!in.bad && cur_left(&in) > 0) {
		struct bytes oid = der_get(&in, DER_OID);

		any = true;
		if (bytes_are(oid, "\x2b\x06\x01\x05\x05\x07\x03\x01"))
			c->purposes |= X509_SERVER;
		else if (bytes_are(oid, "\x2b\x06\x01\x05\x05\x07\x03\x02"))
			c->purposes |= X509_CLIENT;
		else if (bytes_equal(oid, BYTES("\x55\x1d\x25\x00")))
			c->purposes |= X509_SERVER | X509_CLIENT;
	}
	return any && der_done(&in);
}

static bool read_names(struct x509 *c, struct cur *v)
{
	struct cur in;
	uint8_t tag;

	c->names = der_get(v, DER_SEQUENCE);
	in = cur_of(c->names);
	while (!in.bad && cur_left(&in) > 0)
		der_any(&in, &tag);
	return der_done(&in) && c->names.n > 0;
}

/* Known, and of no consequence here: identifiers of keys; policies, since every
 * one of them will do.
 */
static bool read_nothing(struct x509 *c, struct cur *v)
{
	uint8_t tag;

	(void)c;
	der_any(v, &tag);
	return !v->bad;
}

/* 2.5.29.x, one byte of x. */
static const struct {
	uint8_t id;
	bool (*read)(struct x509 *c, struct cur *v);
} kinds[] = {
	{ 14, read_nothing },  { 15, read_usage },   { 17, read_names },
	{ 19, read_basic },    { 32, read_nothing }, { 35, read_nothing },
	{ 37, read_purposes },
};

/* SEQUENCE { OID, critical DEFAULT FALSE, OCTET STRING } */
static bool read_extension(struct x509 *c, struct cur *list)
{
	struct cur in = der_into(list, DER_SEQUENCE), v;
	struct bytes oid = der_get(&in, DER_OID);
	bool critical = cur_peek(&in) == DER_BOOL;
	size_t i = 0;

	if (critical && !bytes_are(der_get(&in, DER_BOOL), "\xff"))
		return false;
	v = der_into(&in, DER_OCTETS);
	if (!der_done(&in))
		return false;
	while (i < COUNT(kinds) &&
	       !(oid.n == 3 && oid.p[0] == 0x55 && oid.p[1] == 0x1d &&
		 oid.p[2] == kinds[i].id))
		i++;
	if (i == COUNT(kinds)) {
		c->strange |= critical;
		return true;
	}
	if (c->seen & 1 << i)
		return false;
	c->seen |= (uint16_t)(1 << i);
	return kinds[i].read(c, &v) && der_done(&v);
}

static bool read_extensions(struct x509 *c, struct cur *body)
{
	struct cur all = der_into(body, DER_EXPLICIT | 3);
	struct cur list = der_into(&all, DER_SEQUENCE);

	if (!der_done(&all) || cur_left(&list) == 0)
		return false;
	while (cur_left(&list) > 0)
		if (!read_extension(c, &list))
			return false;
	return !list.bad;
}

/* ---- the certificate ---- */

/* 0 for v1, 2 for v3; -1: another. */
static int read_version(struct cur *body)
{
	struct cur in;
	struct bytes v;

	if (cur_peek(body) != DER_EXPLICIT)
		return 0;
	in = der_into(body, DER_EXPLICIT);
	v = der_uint(&in);
	return der_done(&in) && bytes_are(v, "\2") ? 2 : -1;
}

static struct bytes whole(struct cur *c, uint8_t tag)
{
	uint8_t got;
	struct bytes b = der_any(c, &got);

	c->bad |= got != tag;
	return b;
}

/* TBSCertificate, RFC 5280 4.1. */
static bool read_body(struct x509 *c)
{
	struct cur all = cur_of(c->body), in = der_into(&all, DER_SEQUENCE);
	int version = read_version(&in);
	struct cur validity;

	der_get(&in, DER_INTEGER); /* a serial of any kind */
	if (!bytes_equal(der_get(&in, DER_SEQUENCE), c->alg))
		return false;
	c->issuer = whole(&in, DER_SEQUENCE);
	validity = der_into(&in, DER_SEQUENCE);
	c->from = read_time(&validity);
	c->until = read_time(&validity);
	c->subject = whole(&in, DER_SEQUENCE);
	c->spki = whole(&in, DER_SEQUENCE);
	if (in.bad || !der_done(&validity) || version < 0)
		return false;
	if (version == 2 && cur_peek(&in) == (DER_EXPLICIT | 3) &&
	    !read_extensions(c, &in))
		return false;
	return der_done(&in);
}

int x509_parse(struct x509 *c, struct bytes der)
{
	struct cur all = cur_of(der), in = der_into(&all, DER_SEQUENCE);

	*c = (struct x509){ .der = der,
			    .usage = X509_SIGNS | X509_SIGNS_CERTS,
			    .purposes = X509_SERVER | X509_CLIENT,
			    .path = X509_ANY_LENGTH };
	c->body = whole(&in, DER_SEQUENCE);
	c->alg = der_get(&in, DER_SEQUENCE);
	c->sig = der_bits(&in);
	return der_done(&in) && der_done(&all) && read_body(c) ? 0
							       : -NAT_EPROTO;
}

/* ---- names ---- */

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool same_text(struct bytes a, struct bytes b)
{
	size_t i = 0;

	while (i < a.n && i < b.n && lower(a.p[i]) == lower(b.p[i]))
		i++;
	return i == a.n && i == b.n;
}

/* From the first dot on; nothing when there is none, or in front. */
static struct bytes beyond_label(struct bytes name)
{
	size_t i = 0;

	while (i < name.n && name.p[i] != '.')
		i++;
	return i > 0 ? (struct bytes){ name.p + i, name.n - i }
		     : (struct bytes){ name.p, 0 };
}

static bool matches(struct bytes said, struct bytes name)
{
	struct bytes rest = beyond_label(said), after;

	if (said.n < 2 || said.p[0] != '*' || said.p[1] != '.')
		return said.n > 0 && same_text(said, name);
	after = beyond_label((struct bytes){ rest.p + 1, rest.n - 1 });
	return after.n > 1 && same_text(rest, beyond_label(name));
}

static bool any_name(const struct x509 *c, uint8_t tag, struct bytes want,
		     bool (*fits)(struct bytes said, struct bytes want))
{
	struct cur in = cur_of(c->names);

	while (cur_left(&in) > 0) {
		uint8_t got = (uint8_t)cur_peek(&in);

		if (fits(der_get(&in, got), want) && got == tag)
			return true;
	}
	return false;
}

bool x509_names_host(const struct x509 *c, struct bytes name)
{
	if (name.n > 0 && name.p[name.n - 1] == '.')
		name.n--;
	return name.n > 0 && any_name(c, DER_CONTEXT | 2, name, matches);
}

bool x509_names_address(const struct x509 *c, struct bytes address)
{
	return any_name(c, DER_CONTEXT | 7, address, bytes_equal);
}
