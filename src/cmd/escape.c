#include "cmd/escape.h"

static enum escape after(uint8_t c)
{
	return c == '\r' || c == '\n' ? ESCAPE_START : ESCAPE_WITHIN;
}

/* What was held and is nothing special goes first. */
size_t escape_pass(enum escape *e, struct span to, struct bytes in,
		   size_t *taken)
{
	size_t n = 0, i = 0;

	while (i < in.n && n < to.n && *e != ESCAPE_LEFT) {
		uint8_t c = in.p[i];
		bool held = *e == ESCAPE_HELD;

		if (held && c != '.' && c != '~') {
			to.p[n++] = '~';
			*e = ESCAPE_WITHIN;
			continue;
		}
		i++;
		if (*e == ESCAPE_START && c == '~') {
			*e = ESCAPE_HELD;
		} else if (held && c == '.') {
			*e = ESCAPE_LEFT;
		} else {
			to.p[n++] = c;
			*e = after(c);
		}
	}
	*taken = i;
	return n;
}
