#include "base/value.h"
#include "base/cidr.h"
#include "base/cur.h"
#include "base/uci.h"

const char VALUE_OUTSIDE[] = "is not in";

static const struct {
	const char *word;
	bool value;
} flag_words[] = { { "0", false },     { "1", true },    { "no", false },
		   { "yes", true },    { "off", false }, { "on", true },
		   { "false", false }, { "true", true } };

static const char *read_flag(const struct opt *o, const char *text, void *to)
{
	(void)o;
	for (size_t i = 0; i < COUNT(flag_words); i++) {
		if (strcmp(text, flag_words[i].word))
			continue;
		*(bool *)to = flag_words[i].value;
		return NULL;
	}
	return "is neither yes nor no";
}

static void print_flag(struct fmt *f, const void *from)
{
	fmt_put(f, "'%d'", *(const bool *)from);
}

struct unit {
	const char *word;
	uint64_t times;
};
static const struct unit units_one[] = { { "", 1 }, { NULL, 0 } };
static const struct unit units_ms[] = { { "", 1000 },     { "ms", 1 },
					{ "s", 1000 },    { "m", 60000 },
					{ "h", 3600000 }, { NULL, 0 } };
static const struct unit units_size[] = { { "", 1 },
					  { "K", 1 << 10 },
					  { "M", 1 << 20 },
					  { "G", 1 << 30 },
					  { NULL, 0 } };

/* Too large a number is UINT64_MAX. false: not digits and one of the units. */
static bool parse_number(const char *text, const struct unit *unit, uint64_t *v)
{
	uint64_t n = 0;

	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		unsigned digit = (unsigned)(*text - '0');

		n = n > (UINT64_MAX - digit) / 10 ? UINT64_MAX : n * 10 + digit;
	}
	while (unit->word && strcmp(text, unit->word))
		unit++;
	if (!unit->word)
		return false;
	*v = n > UINT64_MAX / unit->times ? UINT64_MAX : n * unit->times;
	return true;
}

uint64_t value_most(const struct opt *o)
{
	if (o->max)
		return o->max;
	return o->type == OPT_MS || o->type == OPT_SIZE ? INT64_MAX
							: UINT32_MAX;
}

struct kind {
	const struct unit *units;
	const char *fault; /* of what is no such number */
};

static const char *read_number(const struct opt *o, const char *text,
			       const struct kind *kind, uint64_t *to)
{
	uint64_t v;

	if (!parse_number(text, kind->units, &v))
		return kind->fault;
	if (v < o->min || v > value_most(o))
		return VALUE_OUTSIDE;
	*to = v;
	return NULL;
}

static const char *read_u32(const struct opt *o, const char *text, void *to)
{
	static const struct kind kind = { units_one, "is not a number" };
	uint64_t v;
	const char *why = read_number(o, text, &kind, &v);

	if (!why)
		*(uint32_t *)to = (uint32_t)v;
	return why;
}

static void print_u32(struct fmt *f, const void *from)
{
	const uint32_t *n = from;

	fmt_put(f, "'%lu'", (unsigned long)*n);
}

static const char *read_ms(const struct opt *o, const char *text, void *to)
{
	static const struct kind kind = {
		units_ms, "is not a time such as 250ms, 30s, 10m or 1h"
	};
	uint64_t v;
	const char *why = read_number(o, text, &kind, &v);

	if (!why)
		*(int64_t *)to = (int64_t)v;
	return why;
}

static void print_ms(struct fmt *f, const void *from)
{
	const int64_t *ms = from;

	fmt_put(f, "'");
	fmt_ms(f, (uint64_t)*ms);
	fmt_put(f, "'");
}

static const char *read_size(const struct opt *o, const char *text, void *to)
{
	static const struct kind kind = {
		units_size, "is not a size such as 512, 64K, 10M or 1G"
	};

	return read_number(o, text, &kind, to);
}

static void print_size(struct fmt *f, const void *from)
{
	fmt_put(f, "'");
	fmt_size(f, *(const uint64_t *)from);
	fmt_put(f, "'");
}

static const char *read_text(const struct opt *o, const char *text, void *to)
{
	(void)o;
	for (const char *p = text; *p; p++)
		if ((uint8_t)*p < 0x20 || *p == 0x7f)
			return "has a control character in it";
	*(const char **)to = text;
	return NULL;
}

static void print_text(struct fmt *f, const void *from)
{
	uci_quote(f, bytes_of(*(const char *const *)from));
}

static bool is_host_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

/* A name, 192.0.2.1, 2001:db8::1 or [2001:db8::1]. */
static bool is_host(struct bytes b)
{
	struct addr a;

	if (b.n > 2 && b.p[0] == '[' && b.p[b.n - 1] == ']') {
		struct bytes within = { b.p + 1, b.n - 2 };

		return addr_parse_ip(&a, within) == 0 && a.family == ADDR_IP6;
	}
	if (addr_parse_ip(&a, b) == 0)
		return true;
	for (size_t i = 0; i < b.n; i++)
		if (!is_host_byte((char)b.p[i]))
			return false;
	return b.n > 0 && b.n < 256;
}

static const char *read_addr(const struct opt *o, const char *text, void *to)
{
	struct hostport hp;
	struct bytes b = bytes_of(text);

	if (hostport_parse(&hp, b) < 0 &&
	    !((o->flags & OPT_HOST) && is_host(b)))
		return o->flags & OPT_HOST
			       ? "is not host, host:port or [v6]:port"
			       : "is not host:port, :port, port or [v6]:port";
	return read_text(o, text, to);
}

static bool parse_port(struct bytes b, uint16_t *port)
{
	char text[8];
	struct fmt f = fmt_to(SPAN(text));
	uint64_t v;

	fmt_bytes(&f, b);
	if (f.full || !parse_number(fmt_text(&f), units_one, &v) || v < 1 ||
	    v > 65535)
		return false;
	*port = (uint16_t)v;
	return true;
}

static const char *read_ports(const struct opt *o, const char *text, void *to)
{
	struct cur c = cur_of(bytes_of(text));
	struct bytes lo = cur_until(&c, '-');
	struct bytes hi =
		lo.n < strlen(text) ? cur_bytes(&c, cur_left(&c)) : lo;
	struct opt_ports ports;

	(void)o;
	if (!parse_port(lo, &ports.lo) || !parse_port(hi, &ports.hi) ||
	    ports.lo > ports.hi)
		return "is not a port or LO-HI of 1..65535";
	*(struct opt_ports *)to = ports;
	return NULL;
}

static void print_ports(struct fmt *f, const void *from)
{
	const struct opt_ports *ports = from;

	fmt_put(f, "'%u", ports->lo);
	if (ports->hi != ports->lo)
		fmt_put(f, "-%u", ports->hi);
	fmt_put(f, "'");
}

static const char *read_cidr(const struct opt *o, const char *text, void *to)
{
	struct cidr c;
	const char *why = cidr_parse(&c, bytes_of(text));

	return why ? why : read_text(o, text, to);
}

static const struct {
	/* NULL, or what is wrong with the text. */
	const char *(*read)(const struct opt *o, const char *text, void *to);
	void (*print)(struct fmt *f, const void *from); /* quoted for UCI */
	size_t size;                                    /* of the field */
} types[] = {
	[OPT_FLAG] = { read_flag, print_flag, sizeof(bool) },
	[OPT_COUNT] = { read_u32, print_u32, sizeof(uint32_t) },
	[OPT_UINT] = { read_u32, print_u32, sizeof(uint32_t) },
	[OPT_TEXT] = { read_text, print_text, sizeof(const char *) },
	[OPT_MS] = { read_ms, print_ms, sizeof(int64_t) },
	[OPT_SIZE] = { read_size, print_size, sizeof(uint64_t) },
	[OPT_ADDR] = { read_addr, print_text, sizeof(const char *) },
	[OPT_PORTS] = { read_ports, print_ports, sizeof(struct opt_ports) },
	[OPT_CIDR] = { read_cidr, print_text, sizeof(const char *) },
};

const char *value_read(const struct opt *o, const char *text, void *to)
{
	return types[o->type].read(o, text, to);
}

void value_print(struct fmt *f, const struct opt *o, const void *from)
{
	types[o->type].print(f, from);
}

size_t value_size(const struct opt *o)
{
	return types[o->type].size;
}

bool value_is_text(const struct opt *o)
{
	return types[o->type].print == print_text;
}

bool value_same(const struct opt *o, const void *a, const void *b)
{
	const char *const *s = a, *const *t = b;

	if (!value_is_text(o))
		return memcmp(a, b, types[o->type].size) == 0;
	return *s == *t || (*s && *t && strcmp(*s, *t) == 0);
}

static void put_bound(struct fmt *f, const struct opt *o, uint64_t v)
{
	if (o->type == OPT_MS)
		fmt_ms(f, v);
	else if (o->type == OPT_SIZE)
		fmt_size(f, v);
	else
		fmt_put(f, "%llu", (unsigned long long)v);
}

void value_print_bounds(struct fmt *f, const struct opt *o)
{
	put_bound(f, o, o->min);
	fmt_put(f, "..");
	put_bound(f, o, value_most(o));
}
