#include "base/cur.h"
#include "wire/fastnat.h"
#include "wire/token.h"

enum { TOKEN_RATE = 100000 };
static const uint32_t token_speed = 4095u << 20;

bool token_gives_group(const struct token_line *l, struct bytes word)
{
	struct cur c = cur_of(l->group);

	while (cur_left(&c))
		if (bytes_equal(cur_until(&c, ','), word))
			return true;
	return false;
}

/* For a name that somebody has proven only. */
static bool read_group(struct token_line *l, struct bytes value)
{
	struct cur c = cur_of(value);

	l->group = value;
	while (cur_left(&c))
		if (!fastnat_is_name(cur_until(&c, ',')))
			return false;
	return l->name.n && value.n && value.p[value.n - 1] != ',';
}

static bool read_visitors(struct token_line *l, struct bytes value)
{
	struct cur c = cur_of(value);

	return cur_number(&c, TOKEN_SERVICES, &l->rights.limits.visitors) &&
	       l->rights.limits.visitors > 0 && cur_left(&c) == 0;
}

static bool read_nets(struct cidrs *to, struct bytes value)
{
	struct cur c = cur_of(value);

	do {
		struct bytes net = cur_until(&c, ',');

		if (net.n == 0 || cidrs_parse(to, net))
			return false;
	} while (cur_left(&c));
	return value.p[value.n - 1] != ',';
}

static bool read_allow(struct token_line *l, struct bytes value)
{
	return read_nets(&l->rights.limits.allow, value);
}

static bool read_deny(struct token_line *l, struct bytes value)
{
	return read_nets(&l->rights.limits.deny, value);
}

static bool read_rate(struct token_line *l, struct bytes value)
{
	struct limit_rate *rate = &l->rights.limits.rate;
	struct cur c = cur_of(value);

	if (!cur_number(&c, TOKEN_RATE, &rate->rate) || !rate->rate)
		return false;
	rate->burst = 2 * rate->rate;
	if (cur_eat(&c, '/') &&
	    (!cur_number(&c, TOKEN_RATE, &rate->burst) || !rate->burst))
		return false;
	return cur_left(&c) == 0;
}

/* 512, 64K, 10M, 1G */
static bool read_size(struct cur *c, uint32_t *to)
{
	static const char units[] = "KMG";
	unsigned i = 0;
	uint64_t n;

	if (!cur_number(c, token_speed, to))
		return false;
	while (units[i] && !cur_eat(c, units[i]))
		i++;
	n = (uint64_t)*to << (units[i] ? 10 * (i + 1) : 0);
	*to = (uint32_t)n;
	return n <= token_speed;
}

/* From visitors and to them; one is for both. */
static bool read_speed(uint32_t to[2], struct bytes value)
{
	struct cur c = cur_of(value);

	if (!read_size(&c, &to[0]))
		return false;
	to[1] = to[0];
	if (cur_eat(&c, '/') && !read_size(&c, &to[1]))
		return false;
	return cur_left(&c) == 0 && (to[0] || to[1]);
}

static bool read_bandwidth(struct token_line *l, struct bytes value)
{
	return read_speed(l->rights.limits.bandwidth, value);
}

static bool read_each(struct token_line *l, struct bytes value)
{
	return read_speed(l->rights.limits.each, value);
}

bool token_lets_in(const struct token_rights *r, const struct addr *a)
{
	const struct token_limits *l = &r->limits;

	return !cidrs_have(&l->deny, a) &&
	       (!l->allow.n || cidrs_have(&l->allow, a));
}

uint32_t token_visitors(const struct token_rights *r)
{
	return r->limits.visitors;
}

struct limit_rate token_rate(const struct token_rights *r)
{
	return r->limits.rate;
}

const struct token_word token_edge_words[] = {
	{ "group", read_group, "is not WORD,... for a name:token" },
	{ "visitors", read_visitors, "is not 1 to 65535" },
	{ "allow", read_allow,
	  "is not at most 16 networks with commas between" },
	{ "deny", read_deny, "is not at most 16 networks with commas between" },
	{ "rate", read_rate, "is not N or N/BURST, of 1 to 100000" },
	{ "bandwidth", read_bandwidth, "is not SIZE or SIZE/SIZE, to 4095M" },
	{ "bandwidth_each", read_each, "is not SIZE or SIZE/SIZE, to 4095M" },
	{ NULL, NULL, NULL },
};
