#include "wire/admit.h"
#include "base/cur.h"
#include "wire/token.h"

/* The next line that says something; *number counts lines. False at the end. */
static bool next_line(struct cur *c, unsigned *number, struct bytes *line)
{
	while (cur_left(c) > 0) {
		struct cur in = cur_of(cur_until(c, '\n'));
		struct cur at = in;

		++*number;
		*line = cur_word(&at);
		if (line->n == 0 || *line->p == '#')
			continue;
		line->n = (size_t)(in.end - line->p);
		return true;
	}
	return false;
}

/* What stands behind the word key=, or NULL. */
static bool is_word(struct bytes *value, struct bytes word, struct bytes key)
{
	if (word.n < key.n || memcmp(word.p, key.p, key.n) != 0)
		return false;
	*value = (struct bytes){ word.p + key.n, word.n - key.n };
	return true;
}

/* What is wrong with it, or NULL. */
static const char *read_line(struct admit *a, struct bytes line)
{
	struct cur c = cur_of(line);
	struct bytes word, value;

	*a = (struct admit){ .token = cur_word(&c) };
	while ((word = cur_word(&c)).n > 0) {
		struct bytes *to = NULL;

		if (is_word(&value, word, BYTES("host=")))
			to = &a->host;
		else if (is_word(&value, word, BYTES("join=")))
			to = &a->join;
		if (!to)
			return "there is no such word, but host= and join=";
		if (to->p)
			return "a word stands there twice";
		*to = value;
	}
	return NULL;
}

uint32_t admit_check(struct bytes text, bool weak, struct diag *d)
{
	struct cur c = cur_of(text);
	struct bytes at;
	uint32_t n = 0;

	d->line = 0;
	while (next_line(&c, &d->line, &at)) {
		struct admit a;
		const char *why = read_line(&a, at);

		if (!why)
			why = token_fault(a.token, weak);
		if (why)
			diag_put(d, "%s", why);
		n++;
	}
	d->line = 0;
	return n;
}

bool admit_next(struct admit *a, struct bytes text, size_t *at)
{
	struct cur c = cur_of((struct bytes){ text.p + *at, text.n - *at });
	struct bytes line;
	unsigned number = 0;

	if (!next_line(&c, &number, &line))
		return false;
	(void)read_line(a, line);
	*at = (size_t)(c.p - text.p);
	return true;
}

static bool names(struct bytes list, struct bytes id)
{
	struct cur c = cur_of(list);

	while (cur_left(&c) > 0) {
		struct bytes one = cur_until(&c, ',');

		if (bytes_are(one, "*") || bytes_equal(one, id))
			return true;
	}
	return false;
}

static bool is_free(const struct admit *a)
{
	return !a->host.p && !a->join.p;
}

bool admit_hosts(const struct admit *a, struct bytes id)
{
	return is_free(a) || names(a->host, id);
}

bool admit_joins(const struct admit *a, struct bytes id)
{
	return is_free(a) || names(a->join, id);
}
