#include "wire/token.h"
#include "base/cur.h"

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

static struct bytes strip_cr(struct bytes line)
{
	while (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* A name that is empty is none: the colon stays in the token, which is then
 * refused for it.
 */
static void split(struct token_line *out, struct bytes line)
{
	struct cur c = cur_of(line);

	out->name = cur_until(&c, ':');
	if (out->name.n == 0 || out->name.n == line.n) {
		out->name.n = 0;
		out->token = line;
	} else {
		out->token = (struct bytes){ c.p, cur_left(&c) };
	}
}

bool token_file_next(struct token_file *f, struct token_line *out)
{
	while (f->rest.n > 0) {
		struct cur c = cur_of(f->rest);
		struct bytes line = strip_cr(cur_until(&c, '\n'));

		f->rest = (struct bytes){ c.p, cur_left(&c) };
		f->number++;
		if (line.n == 0 || *line.p == '#')
			continue;
		out->number = f->number;
		split(out, line);
		return true;
	}
	return false;
}
