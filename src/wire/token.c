#include "wire/token.h"
#include "base/cur.h"
#include "wire/target.h"

enum { DIGIT = 1, LOW_HEX = 2, LOW = 4, UP_HEX = 8, UP = 16, MARK = 32 };

static unsigned kind_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return DIGIT;
	if (c >= 'a' && c <= 'z')
		return c <= 'f' ? LOW_HEX : LOW;
	if (c >= 'A' && c <= 'Z')
		return c <= 'F' ? UP_HEX : UP;
	return c == '.' || c == '_' || c == '~' || c == '-' ? MARK : 0;
}

/* The smallest alphabet that holds all kinds in use, in hundredths of a bit. */
static unsigned bits_of(unsigned kinds)
{
	static const struct {
		unsigned kinds, bits;
	} alphabets[] = {
		{ DIGIT, 332 },
		{ DIGIT | LOW_HEX, 400 },
		{ DIGIT | UP_HEX, 400 },
		{ LOW_HEX | LOW, 470 },
		{ UP_HEX | UP, 470 },
		{ DIGIT | LOW_HEX | LOW, 516 },
		{ DIGIT | UP_HEX | UP, 516 },
		{ LOW_HEX | LOW | UP_HEX | UP, 570 },
		{ DIGIT | LOW_HEX | LOW | UP_HEX | UP, 595 },
		{ DIGIT | LOW_HEX | LOW | UP_HEX | UP | MARK, 604 },
	};
	size_t i = 0;

	while (kinds & ~alphabets[i].kinds)
		i++;
	return alphabets[i].bits;
}

const char *token_fault(struct bytes token, bool weak)
{
	unsigned kinds = 0, length = 0;

	if (token.n < TOKEN_MIN)
		return "shorter than 16 characters";
	if (token.n > TOKEN_MAX)
		return "longer than 128 characters";
	for (size_t i = 0; i < token.n; i++) {
		unsigned kind = kind_of(token.p[i]);

		if (kind == 0)
			return "a character is none of A-Z a-z 0-9 . _ ~ -";
		kinds |= kind;
		length += i == 0 || token.p[i] != token.p[i - 1];
	}
	if (!weak && length * bits_of(kinds) < TOKEN_BITS * 100)
		return "too easy to guess: make one with nat keygen --token";
	return NULL;
}

void token_file_init(struct token_file *f, struct bytes text)
{
	*f = (struct token_file){ text, 0 };
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* What stands before the next blank, which is consumed. */
static struct bytes until_blank(struct cur *c)
{
	struct bytes b = { c->p, 0 };

	while (cur_left(c) && !is_blank(*c->p)) {
		c->p++;
		b.n++;
	}
	if (cur_left(c))
		c->p++;
	return b;
}

/* Blanks at the end are left to until_blank. */
static struct bytes strip(struct bytes line)
{
	while (line.n > 0 && is_blank(*line.p)) {
		line.p++;
		line.n--;
	}
	return line;
}

/* ---- words ---- */

static bool read_range(struct cur *c, struct opt_ports *to)
{
	uint32_t lo, hi;

	if (!cur_number(c, UINT16_MAX, &lo))
		return false;
	hi = lo;
	if (cur_eat(c, '-') && !cur_number(c, UINT16_MAX, &hi))
		return false;
	*to = (struct opt_ports){ (uint16_t)lo, (uint16_t)hi };
	return lo > 0 && lo <= hi;
}

static bool read_ports(struct token_line *l, struct bytes value)
{
	struct token_rights *r = &l->rights;
	struct cur c = cur_of(value);

	do {
		if (r->nports == TOKEN_PORTS ||
		    !read_range(&c, &r->ports[r->nports++]))
			return false;
	} while (cur_eat(&c, ','));
	return cur_left(&c) == 0;
}

static bool read_services(struct token_line *l, struct bytes value)
{
	struct token_rights *r = &l->rights;
	struct cur c = cur_of(value);

	return cur_number(&c, TOKEN_SERVICES, &r->services) &&
	       r->services > 0 && cur_left(&c) == 0;
}

static bool read_visit(struct token_line *l, struct bytes value)
{
	l->visit = value;
	return l->name.n && targets_good(value);
}

/* The table of words. */
static const struct token_word words[] = {
	{ "ports", read_ports,
	  "is not at most 16 ports and LO-HI, with commas between" },
	{ "services", read_services, "is not 1 to 65535" },
	{ "visit", read_visit,
	  "is not OWNER/SERVICE,... with * for any, for a name:token" },
	{ NULL, NULL, NULL },
};
static const char unknown[] =
	"there is no such word, but ports, services, visit, group, visitors, "
	"allow, deny and rate";

/* *bit goes up by one for each that it is not. NULL: it is none of them. */
static const struct token_word *find_word(const struct token_word *w,
					  struct bytes key, unsigned *bit)
{
	for (; w->key; w++, *bit <<= 1)
		if (bytes_are(key, w->key))
			return w;
	return NULL;
}

/* *met: a bit for each word of the line. NULL, or what is wrong. */
static const char *read_word(struct token_line *out, struct bytes key,
			     struct bytes value, unsigned *met)
{
	unsigned bit = 1;
	const struct token_word *w = find_word(words, key, &bit);

	if (!w)
		w = find_word(token_edge_words, key, &bit);
	if (!w)
		return unknown;
	if (*met & bit)
		return "stands there twice";
	*met |= bit;
	return w->read(out, value) ? NULL : w->fault;
}

static void read_words(struct token_line *out, struct cur *c)
{
	unsigned met = 0;

	while (cur_left(c) && !out->fault) {
		struct bytes word = until_blank(c);
		struct cur in = cur_of(word);
		struct bytes key = cur_until(&in, '=');

		if (word.n == 0)
			continue;
		if (key.n == word.n) { /* it may be a secret: not to be shown */
			out->word.n = 0;
			out->fault = "a word behind the token has no =";
			return;
		}
		out->fault = read_word(
			out, key, (struct bytes){ in.p, cur_left(&in) }, &met);
		out->word = key;
	}
}

bool token_gives_port(const struct token_rights *r, uint16_t port)
{
	bool gives = r->nports == 0;

	for (uint32_t i = 0; i < r->nports && !gives; i++)
		gives = port >= r->ports[i].lo && port <= r->ports[i].hi;
	return gives;
}

void token_print_ports(struct fmt *f, const struct token_rights *r)
{
	for (uint32_t i = 0; i < r->nports; i++) {
		struct opt_ports p = r->ports[i];

		fmt_put(f, "%s%u", i ? "," : "", p.lo);
		if (p.hi != p.lo)
			fmt_put(f, "-%u", p.hi);
	}
}

/* ---- lines ---- */

/* A name that is empty is none: the colon stays in the token, which is then
 * refused for it.
 */
static void split(struct token_line *out, struct bytes line)
{
	struct cur rest = cur_of(line);
	struct bytes first = until_blank(&rest);
	struct cur c = cur_of(first);

	out->name = cur_until(&c, ':');
	if (out->name.n == 0 || out->name.n == first.n) {
		out->name.n = 0;
		out->token = first;
	} else {
		out->token = (struct bytes){ c.p, cur_left(&c) };
	}
	read_words(out, &rest);
}

bool token_file_next(struct token_file *f, struct token_line *out)
{
	while (f->rest.n > 0) {
		struct cur c = cur_of(f->rest);
		struct bytes line = strip(cur_until(&c, '\n'));

		f->rest = (struct bytes){ c.p, cur_left(&c) };
		f->number++;
		if (line.n == 0 || *line.p == '#')
			continue;
		*out = (struct token_line){ .number = f->number };
		split(out, line);
		return true;
	}
	return false;
}
