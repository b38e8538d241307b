#include "wire/passfile.h"
#include "base/cur.h"

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

/* What is wrong with it, or NULL. */
static const char *read_line(struct passfile_line *out, struct bytes line)
{
	struct cur c = cur_of(line);
	struct bytes first = cur_word(&c), word;
	struct cur in = cur_of(first);

	*out = (struct passfile_line){ .id = cur_until(&in, ':') };
	if (out->id.n == first.n) {
		out->secret = first;
		out->id.p = NULL;
	} else {
		out->secret = (struct bytes){ in.p, cur_left(&in) };
	}
	while ((word = cur_word(&c)).n > 0) {
		if (word.n < 5 || memcmp(word.p, "open=", 5) != 0)
			return "there is no such word, but open=";
		if (out->open.p)
			return "open stands there twice";
		out->open = (struct bytes){ word.p + 5, word.n - 5 };
	}
	return out->id.p && out->id.n > NATPASS_ID
		       ? "the id is longer than 128 bytes"
		       : natpass_secret_fault(out->secret);
}

static bool is_type(struct bytes word)
{
	bool is = bytes_are(word, "*");

	for (size_t i = 0; i < NATPASS_TYPES && !is; i++)
		is = bytes_are(word, natpass_type_names[i]);
	return is;
}

static bool opens_good(struct bytes open)
{
	struct cur c = cur_of(open);

	while (cur_left(&c) > 0) {
		struct cur one = cur_of(cur_until(&c, ','));

		if (!is_type(cur_until(&one, '@')))
			return false;
	}
	return true;
}

uint32_t passfile_check(struct bytes text, struct diag *d)
{
	struct cur c = cur_of(text);
	struct bytes at;
	uint32_t n = 0;

	d->line = 0;
	while (next_line(&c, &d->line, &at)) {
		struct passfile_line line;
		const char *why = read_line(&line, at);

		if (!why && !opens_good(line.open))
			why = "open is not TYPE@ID,... with TYPE one of tcp "
			      "udp shell vnc bench code *";
		if (why)
			diag_put(d, "%s", why);
		n++;
	}
	d->line = 0;
	return n;
}

bool passfile_find(struct passfile_line *line, struct bytes text,
		   struct bytes id)
{
	struct cur c = cur_of(text);
	struct bytes at;
	unsigned number = 0;
	bool found = false;

	while (next_line(&c, &number, &at)) {
		struct passfile_line one;

		if (read_line(&one, at))
			continue;
		if (one.id.p && bytes_equal(one.id, id)) {
			*line = one;
			return true;
		}
		if (!one.id.p && !found) {
			*line = one;
			found = true;
		}
	}
	return found;
}

static bool covers(struct bytes word, struct bytes what)
{
	return word.n == 0 || bytes_are(word, "*") || bytes_equal(word, what);
}

bool passfile_opens(const struct passfile_line *line, uint32_t type,
		    struct bytes id)
{
	struct bytes name =
		bytes_of(type < NATPASS_TYPES ? natpass_type_names[type] : "?");
	struct cur c = cur_of(line->open);

	if (!line->open.p)
		return true;
	while (cur_left(&c) > 0) {
		struct cur one = cur_of(cur_until(&c, ','));
		struct bytes kind = cur_until(&one, '@');
		struct bytes who = { one.p, cur_left(&one) };

		if (kind.n > 0 && covers(kind, name) && covers(who, id))
			return true;
	}
	return false;
}
