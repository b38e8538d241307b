#include "wire/showchain.h"
#include "base/base64.h"
#include "base/cur.h"

/* ---- the table ---- */

enum {
	END,
	OP,
	ID,
	TARGET,
	KEY,
	NONCE,
	SEQ,
	TS,
	IP,
	PORT,
	SESSION,
	DATA,
	CODE,
	NAT,
	LAN,
	GROUP,
	SIGN,
	MAC,
	EITHER, /* sign, unless there is a mac */
	FIELDS
};

enum { MOST_FIELDS = 12, MOST_SIGNED = 8 };

struct row {
	uint16_t op;
	uint16_t as; /* whose signature it carries */
	uint8_t has[MOST_FIELDS], signs[MOST_SIGNED];
};

/* clang-format off */
static const struct row rows[] = {
	{ CHAIN_KEEP, 0, { OP, ID, SEQ, TS }, { END } },
	{ CHAIN_CONNECT, CHAIN_CONNECT,
	  { OP, ID, TARGET, SEQ, TS, SIGN }, { OP, TARGET, SEQ, TS } },
	{ CHAIN_CONNECTED, CHAIN_CONNECTED,
	  { OP, ID, SEQ, TS, SIGN }, { OP, ID, SEQ, TS } },
	{ CHAIN_REQUEST, CHAIN_REQUEST,
	  { OP, TARGET, ID, SEQ, TS, SIGN }, { OP, TARGET, SEQ, TS } },
	{ CHAIN_PASS_REQUEST, CHAIN_REQUEST,
	  { OP, TARGET, ID, SEQ, TS, IP, PORT, SESSION, KEY, LAN, SIGN },
	  { OP, TARGET, SEQ, TS } },
	{ CHAIN_SAME_NAT, CHAIN_SAME_NAT,
	  { OP, TARGET, ID, SEQ, TS, KEY, LAN, SIGN },
	  { OP, TARGET, ID, SEQ, TS } },
	{ CHAIN_ACK, CHAIN_ACK,
	  { OP, ID, SEQ, TS, SESSION, SIGN }, { OP, SESSION, SEQ, TS } },
	{ CHAIN_PASS_ACK, CHAIN_ACK,
	  { OP, ID, SEQ, TS, IP, PORT, SESSION, KEY, SIGN },
	  { OP, SESSION, SEQ, TS } },
	{ CHAIN_PROXY, CHAIN_PROXY,
	  { OP, TARGET, ID, SEQ, TS, SIGN }, { OP, TARGET, SEQ, TS } },
	{ CHAIN_PROXIED, CHAIN_PROXIED,
	  { OP, SESSION, TARGET, SEQ, TS, SIGN },
	  { OP, TARGET, SESSION, SEQ, TS } },
	{ CHAIN_SEND, CHAIN_SEND,
	  { OP, TARGET, ID, DATA, SESSION, SEQ, TS, MAC, EITHER },
	  { OP, TARGET, SESSION, SEQ, TS } },
	{ CHAIN_DATA, 0,
	  { OP, TARGET, ID, DATA, SESSION, SEQ, TS }, { END } },
	{ CHAIN_DATA_ACK, 0, { OP, SESSION, SEQ, TS }, { END } },
	{ CHAIN_HELLO, CHAIN_HELLO,
	  { OP, ID, TARGET, KEY, NONCE, SEQ, TS, NAT, LAN, GROUP, SIGN },
	  { OP, ID, TARGET, KEY, NONCE, SEQ, TS } },
	{ CHAIN_NONCE, 0, { OP, NONCE, TS }, { END } },
	{ CHAIN_NO, 0, { OP, CODE }, { END } },
};
/* clang-format on */

static const struct row *row_of(unsigned op)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].op == op)
			return &rows[i];
	return NULL;
}

/* ---- values ---- */

static const uint64_t TS_MOST = ((uint64_t)1 << 53) - 1; /* RFC 8259 6 */

struct field {
	const char *name;
	bool (*get)(struct cur *c, struct chain *m, const struct field *f);
	void (*put)(struct fmt *to, const struct chain *m,
		    const struct field *f);
	uint16_t at, size;
	/* Is it there, as far as m is known? NULL: always. */
	bool (*has)(const struct chain *m);
};

/* The n bytes of a member that is a string. */
static struct bytes string(struct cur *c, size_t n)
{
	struct bytes text = { c->p, 0 };
	bool good = cur_eat(c, '"');

	text = cur_bytes(c, n);
	return good && cur_eat(c, '"') ? text : (struct bytes){ NULL, 0 };
}

static bool number(struct cur *c, uint64_t most, uint64_t *n)
{
	uint64_t sum = 0;
	int digits = 0, first = cur_peek(c);

	for (; cur_peek(c) >= '0' && cur_peek(c) <= '9'; digits++) {
		sum = sum * 10 + (cur_u8(c) - (unsigned)'0');
		if (sum > most)
			return false;
	}
	*n = sum;
	return digits == 1 || (digits > 1 && first != '0');
}

static bool get_u16(struct cur *c, struct chain *m, const struct field *f)
{
	uint64_t n;
	uint16_t v;
	bool good = number(c, UINT16_MAX, &n);

	v = (uint16_t)n;
	memcpy((uint8_t *)m + f->at, &v, sizeof v);
	return good;
}

static void put_u16(struct fmt *to, const struct chain *m,
		    const struct field *f)
{
	uint16_t v;

	memcpy(&v, (const uint8_t *)m + f->at, sizeof v);
	fmt_put(to, "%u", v);
}

static bool get_seq(struct cur *c, struct chain *m, const struct field *f)
{
	uint64_t n;
	bool good = number(c, UINT32_MAX, &n);

	(void)f;
	m->seq = (uint32_t)n;
	return good && (n == 0) == (m->op == CHAIN_KEEP);
}

static void put_seq(struct fmt *to, const struct chain *m,
		    const struct field *f)
{
	(void)f;
	fmt_put(to, "%lu", (unsigned long)m->seq);
}

static bool get_ts(struct cur *c, struct chain *m, const struct field *f)
{
	uint64_t n;
	bool good = number(c, TS_MOST, &n);

	(void)f;
	m->ts = (int64_t)n;
	return good && (m->op != CHAIN_KEEP || n == 0);
}

static void put_ts(struct fmt *to, const struct chain *m, const struct field *f)
{
	(void)f;
	fmt_put(to, "%lld", (long long)m->ts);
}

/* Less than 0: no digit of ours. */
static int digit(uint8_t c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
				      : -1;
}

static bool unhex(uint8_t *to, struct bytes text)
{
	for (size_t i = 0; i < text.n; i++) {
		int d = digit(text.p[i]);

		if (d < 0)
			return false;
		to[i / 2] = (uint8_t)(to[i / 2] << 4 | d);
	}
	return true;
}

int chain_parse_id(uint8_t id[CHAIN_ID], struct bytes text)
{
	uint8_t read[CHAIN_ID];

	if (text.n != 2 * CHAIN_ID || !unhex(read, text))
		return -NAT_EINVAL;
	memcpy(id, read, CHAIN_ID);
	return 0;
}

static bool get_hex(struct cur *c, struct chain *m, const struct field *f)
{
	struct bytes text = string(c, 2 * (size_t)f->size);

	return text.p && unhex((uint8_t *)m + f->at, text);
}

static void put_hex(struct fmt *to, const struct chain *m,
		    const struct field *f)
{
	fmt_put(to, "\"");
	fmt_hex(to, (struct bytes){ (const uint8_t *)m + f->at, f->size });
	fmt_put(to, "\"");
}

static bool unbase64(struct span to, struct bytes text)
{
	return text.p && text.n == (to.n + 2) / 3 * 4 &&
	       base64_get(to, text) == (long)to.n;
}

static void put_text64(struct fmt *to, struct bytes b)
{
	fmt_put(to, "\"");
	base64_put(to, b, 0);
	fmt_put(to, "\"");
}

static bool get_base64(struct cur *c, struct chain *m, const struct field *f)
{
	struct bytes text = string(c, (size_t)(f->size + 2) / 3 * 4);

	return unbase64((struct span){ (uint8_t *)m + f->at, f->size }, text);
}

static void put_base64(struct fmt *to, const struct chain *m,
		       const struct field *f)
{
	put_text64(to, (struct bytes){ (const uint8_t *)m + f->at, f->size });
}

/* What stands in the quotes that begin here. */
static bool quoted(struct cur *c, struct bytes *text)
{
	if (!cur_eat(c, '"'))
		return false;
	*text = cur_until(c, '"');
	return text->p + text->n < c->end;
}

static bool get_data(struct cur *c, struct chain *m, const struct field *f)
{
	struct bytes text;
	size_t n;

	(void)f;
	if (!quoted(c, &text) || text.n % 4)
		return false;
	n = text.n / 4 * 3;
	if (n)
		n -= (size_t)(text.p[text.n - 1] == '=') +
		     (text.p[text.n - 2] == '=');
	m->ndata = (uint16_t)n;
	return n <= CHAIN_PAYLOAD &&
	       unbase64((struct span){ m->data, n }, text);
}

static void put_data(struct fmt *to, const struct chain *m,
		     const struct field *f)
{
	(void)f;
	put_text64(to, (struct bytes){ m->data, m->ndata });
}

/* An address reads as it would be printed, and means the same to all. */
static bool get_addr(struct addr *a, struct bytes text, bool port)
{
	char room[64];
	struct fmt f = fmt_to(SPAN(room));

	if ((port ? addr_parse(a, text) : addr_parse_ip(a, text)) < 0)
		return false;
	if (port)
		addr_print(&f, a);
	else
		addr_print_ip(&f, a);
	return a->scope == 0 && bytes_equal(fmt_done(&f), text);
}

static bool get_ip(struct cur *c, struct chain *m, const struct field *f)
{
	struct bytes text;

	(void)f;
	return quoted(c, &text) && get_addr(&m->at, text, false);
}

static void put_ip(struct fmt *to, const struct chain *m, const struct field *f)
{
	(void)f;
	fmt_put(to, "\"");
	addr_print_ip(to, &m->at);
	fmt_put(to, "\"");
}

static bool get_nat(struct cur *c, struct chain *m, const struct field *f)
{
	uint64_t n;
	bool good = number(c, CHAIN_PUBLIC, &n);

	(void)f;
	m->nat = (uint8_t)n;
	return good && n > 0;
}

static void put_nat(struct fmt *to, const struct chain *m,
		    const struct field *f)
{
	(void)f;
	fmt_put(to, "%u", m->nat);
}

static bool has_nat(const struct chain *m)
{
	return m->nat > 0;
}

static bool get_lan(struct cur *c, struct chain *m, const struct field *f)
{
	(void)f;
	if (!cur_eat(c, '['))
		return false;
	for (;;) {
		struct bytes text;

		if (m->nlan == CHAIN_LAN || !quoted(c, &text) ||
		    !get_addr(&m->lan[m->nlan++], text, true))
			return false;
		if (cur_eat(c, ']'))
			return true;
		if (!cur_eat(c, ','))
			return false;
	}
}

static void put_lan(struct fmt *to, const struct chain *m,
		    const struct field *f)
{
	(void)f;
	for (uint8_t i = 0; i < m->nlan; i++) {
		fmt_put(to, i ? ",\"" : "[\"");
		addr_print(to, &m->lan[i]);
		fmt_put(to, "\"");
	}
	fmt_put(to, "]");
}

static bool has_lan(const struct chain *m)
{
	return m->nlan > 0;
}

static bool has_group(const struct chain *m)
{
	return m->grouped;
}

static bool get_group(struct cur *c, struct chain *m, const struct field *f)
{
	m->grouped = true;
	return get_base64(c, m, f);
}

static bool has_mac(const struct chain *m)
{
	return m->maced;
}

static bool get_mac(struct cur *c, struct chain *m, const struct field *f)
{
	m->maced = true;
	return get_base64(c, m, f);
}

static bool lacks_mac(const struct chain *m)
{
	return !m->maced;
}

static bool get_either(struct cur *c, struct chain *m, const struct field *f)
{
	return !m->maced && get_base64(c, m, f);
}

#define AT(member) \
	offsetof(struct chain, member), sizeof((struct chain *)0)->member
static const struct field fields[FIELDS] = {
	[OP] = { "op_code", get_u16, put_u16, AT(op), NULL },
	[ID] = { "id", get_hex, put_hex, AT(id), NULL },
	[TARGET] = { "target", get_hex, put_hex, AT(target), NULL },
	[KEY] = { "key", get_base64, put_base64, AT(key), NULL },
	[NONCE] = { "nonce", get_hex, put_hex, AT(nonce), NULL },
	[SEQ] = { "seq", get_seq, put_seq, 0, 0, NULL },
	[TS] = { "ts", get_ts, put_ts, 0, 0, NULL },
	[IP] = { "ip", get_ip, put_ip, 0, 0, NULL },
	[PORT] = { "port", get_u16, put_u16, AT(at.port), NULL },
	[SESSION] = { "session", get_hex, put_hex, AT(session), NULL },
	[DATA] = { "data", get_data, put_data, 0, 0, NULL },
	[CODE] = { "code", get_u16, put_u16, AT(code), NULL },
	[NAT] = { "nat", get_nat, put_nat, 0, 0, has_nat },
	[LAN] = { "lan", get_lan, put_lan, 0, 0, has_lan },
	[GROUP] = { "group", get_group, put_base64, AT(group), has_group },
	[SIGN] = { "sign", get_base64, put_base64, AT(sign), NULL },
	[MAC] = { "mac", get_mac, put_base64, AT(mac), has_mac },
	[EITHER] = { "sign", get_either, put_base64, AT(sign), lacks_mac },
};
#undef AT

/* ---- messages ---- */

static bool literal(struct cur *c, const char *text)
{
	size_t n = strlen(text);

	if (cur_left(c) < n || memcmp(c->p, text, n) != 0)
		return false;
	c->p += n;
	return true;
}

/* "name": with what stands before it. */
static bool named(struct cur *c, char before, const char *name)
{
	struct cur was = *c;

	if (cur_eat(c, before) && cur_eat(c, '"') && literal(c, name) &&
	    literal(c, "\":"))
		return true;
	*c = was;
	return false;
}

int chain_parse(struct chain *m, struct bytes pkt)
{
	struct cur c = cur_of(pkt);
	const struct row *row;

	*m = (struct chain){ .op = 0 };
	if (pkt.n > CHAIN_MOST || !named(&c, '{', "op_code") ||
	    !get_u16(&c, m, &fields[OP]))
		return -NAT_EPROTO;
	row = row_of(m->op);
	if (!row)
		return -NAT_EPROTO;
	for (const uint8_t *at = row->has + 1; *at; at++) {
		const struct field *f = &fields[*at];

		if (named(&c, ',', f->name) ? !f->get(&c, m, f)
					    : !f->has || f->has(m))
			return -NAT_EPROTO;
	}
	return cur_eat(&c, '}') && cur_left(&c) == 0 && !c.bad ? 0
							       : -NAT_EPROTO;
}

void chain_print(struct fmt *f, const struct chain *m)
{
	char before = '{';

	for (const uint8_t *at = row_of(m->op)->has; *at; at++) {
		const struct field *field = &fields[*at];

		if (field->has && !field->has(m))
			continue;
		fmt_put(f, "%c\"%s\":", before, field->name);
		field->put(f, m, field);
		before = ',';
	}
	fmt_put(f, "}");
}

void chain_print_signed(struct fmt *f, const struct chain *m)
{
	const struct row *row = row_of(m->op);

	if (!row->as)
		return;
	fmt_put(f, "[%u", row->as);
	for (const uint8_t *at = row->signs + 1; *at; at++) {
		fmt_put(f, ",");
		fields[*at].put(f, m, &fields[*at]);
	}
	if (m->maced) {
		fmt_put(f, ",");
		put_data(f, m, &fields[DATA]);
	}
	fmt_put(f, "]");
}
