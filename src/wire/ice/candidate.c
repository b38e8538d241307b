#include "wire/ice/candidate.h"
#include "base/cur.h"

static const struct {
	const char *name;
	uint8_t preference; /* RFC 8445 5.1.2.2 */
} types[] = {
	[ICE_HOST] = { "host", 126 },
	[ICE_SRFLX] = { "srflx", 100 },
	[ICE_PRFLX] = { "prflx", 110 },
	[ICE_RELAY] = { "relay", 2 },
};

uint32_t candidate_priority(enum ice_type type, unsigned preference)
{
	return (uint32_t)types[type].preference << 24 | preference << 8 | 255;
}

const char *candidate_type(enum ice_type type)
{
	return types[type].name;
}

/* ---- parsing ---- */

static bool eat_text(struct cur *c, const char *text)
{
	struct cur at = *c;

	while (*text)
		if (!cur_eat(&at, *text++))
			return false;
	*c = at;
	return true;
}

/* The next word as a number. */
static bool number(struct cur *c, uint32_t most, uint32_t *n)
{
	struct cur word = cur_of(cur_word(c));

	return cur_number(&word, most, n) && cur_left(&word) == 0;
}

static bool same_letters(struct bytes word, const char *low)
{
	if (word.n != strlen(low))
		return false;
	for (size_t i = 0; i < word.n; i++)
		if ((word.p[i] | 0x20) != (uint8_t)low[i])
			return false;
	return true;
}

static bool is_name(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] <= ' ' || b.p[i] > '~' || b.p[i] == ':')
			return false;
	return b.n > 0 && b.n <= CANDIDATE_NAME;
}

/* An address, its zone left out. */
static bool read_ip(struct addr *a, struct bytes word)
{
	struct cur c = cur_of(word);

	return addr_parse_ip(a, cur_until(&c, '%')) == 0;
}

static bool read_place(struct candidate *k, struct cur *c)
{
	struct bytes host = cur_word(c);
	uint32_t port;

	if (!number(c, 65535, &port))
		return false;
	if (!read_ip(&k->addr, host)) {
		if (!is_name(host))
			return false;
		k->name = host;
	}
	k->addr.port = (uint16_t)port;
	return true;
}

static bool read_type(struct candidate *k, struct cur *c)
{
	struct bytes word;

	if (!bytes_are(cur_word(c), "typ"))
		return false;
	word = cur_word(c);
	for (size_t i = 0; i < COUNT(types); i++) {
		if (!bytes_are(word, types[i].name))
			continue;
		k->type = (uint8_t)i;
		return true;
	}
	return false;
}

/* raddr, rport, ufrag, and what others say. */
static bool read_rest(struct candidate *k, struct cur *c)
{
	struct addr related = { .family = ADDR_NONE };
	uint32_t port = 0;

	for (;;) {
		struct bytes key = cur_word(c);

		if (key.n == 0)
			break;
		if (bytes_are(key, "rport")) {
			if (!number(c, 65535, &port))
				return false;
			continue;
		}
		if (bytes_are(key, "raddr"))
			(void)!read_ip(&related, cur_word(c));
		else if (bytes_are(key, "ufrag"))
			k->ufrag = cur_word(c);
		else
			cur_word(c);
	}
	k->related = related;
	if (related.family)
		k->related.port = (uint16_t)port;
	return true;
}

int candidate_parse(struct candidate *c, struct bytes text)
{
	struct cur at = cur_of(text);
	uint32_t component, priority;

	*c = (struct candidate){ .component = 0 };
	eat_text(&at, "a=");
	if (eat_text(&at, "end-of-candidates"))
		return cur_word(&at).n ? -NAT_EPROTO : 1;
	if (!eat_text(&at, "candidate:"))
		return cur_word(&at).n ? -NAT_EPROTO : 1;
	if (text.n > CANDIDATE_TEXT)
		return -NAT_EPROTO;
	c->foundation = cur_word(&at);
	if (c->foundation.n == 0)
		return cur_left(&at) ? -NAT_EPROTO : 1;
	if (c->foundation.n > 32 || !number(&at, 256, &component) ||
	    component == 0)
		return -NAT_EPROTO;
	c->component = (uint16_t)component;
	c->udp = same_letters(cur_word(&at), "udp");
	if (!number(&at, UINT32_MAX, &priority) || !read_place(c, &at) ||
	    !read_type(c, &at) || !read_rest(c, &at))
		return -NAT_EPROTO;
	c->priority = priority;
	return 0;
}

/* ---- printing ---- */

void candidate_print(struct fmt *f, const struct candidate *c)
{
	fmt_put(f, "candidate:%.*s %u %s %u ", (int)c->foundation.n,
		(const char *)c->foundation.p, c->component + 0U,
		c->udp ? "udp" : "tcp", c->priority);
	if (c->addr.family)
		addr_print_ip(f, &c->addr);
	else
		fmt_bytes(f, c->name);
	fmt_put(f, " %u typ %s", c->addr.port + 0U, types[c->type].name);
	if (c->related.family) {
		fmt_put(f, " raddr ");
		addr_print_ip(f, &c->related);
		fmt_put(f, " rport %u", c->related.port + 0U);
	}
	if (c->ufrag.n)
		fmt_put(f, " ufrag %.*s", (int)c->ufrag.n,
			(const char *)c->ufrag.p);
}
