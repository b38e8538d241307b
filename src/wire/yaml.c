#include "wire/yaml.h"

void yaml_init(struct yaml *y, struct span text)
{
	*y = (struct yaml){ .at = (char *)text.p, .open = true };
	y->end = y->at + text.n;
}

/* ---- lines ---- */

struct line { /* what is left of one */
	char *p, *end;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct line *l)
{
	while (l->p < l->end && is_blank(*l->p))
		l->p++;
}

static bool is_over(struct line *l)
{
	skip_blanks(l);
	return l->p == l->end || *l->p == '#';
}

static bool are(const struct line *l, const char *text)
{
	struct bytes left = { (const uint8_t *)l->p, (size_t)(l->end - l->p) };

	return bytes_are(left, text);
}

/* The next one that says something; false: there is none. */
static bool read_line(struct yaml *y, struct line *l)
{
	while (y->at < y->end) {
		struct line whole = { y->at, y->at }, rest;

		while (whole.end < y->end && *whole.end != '\n')
			whole.end++;
		y->at = whole.end + (whole.end < y->end);
		y->line++;
		if (whole.end > whole.p && whole.end[-1] == '\r')
			whole.end--;
		*l = rest = whole;
		if (!is_over(&rest) && !(are(&whole, "---") && !y->depth))
			return true;
	}
	return false;
}

/* ---- values ---- */

static const char not_closed[] = "a quote is not closed";

/* What \c stands for; 0: nothing that is known. */
static char escaped(char c)
{
	static const char rows[][2] = { { '"', '"' },
					{ '\\', '\\' },
					{ '/', '/' },
					{ 't', '\t' },
					{ 'n', '\n' } };

	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i][0] == c)
			return rows[i][1];
	return 0;
}

/* Into the place of what has been read; p stands behind the opening one. */
static const char *read_double(struct line *l, char **out)
{
	for (; l->p < l->end && *l->p != '"'; l->p++) {
		char c = *l->p;

		if (c == '\\' && ++l->p < l->end && !(c = escaped(*l->p)))
			return "an escape is none of \\\" \\\\ \\/ \\t \\n";
		if (l->p == l->end)
			return not_closed;
		*(*out)++ = c;
	}
	return l->p < l->end ? NULL : not_closed;
}

static const char *read_single(struct line *l, char **out)
{
	for (; l->p < l->end; *(*out)++ = *l->p++)
		if (*l->p == '\'' && (l->p + 1 == l->end || l->p[1] != '\''))
			return NULL;
		else if (*l->p == '\'')
			l->p++;
	return not_closed;
}

static const char *read_quoted(struct line *l, struct bytes *v)
{
	char quote = *l->p++, *start = l->p, *out = start;
	const char *why =
		quote == '"' ? read_double(l, &out) : read_single(l, &out);

	if (why)
		return why;
	l->p++;
	*v = (struct bytes){ (uint8_t *)start, (size_t)(out - start) };
	return is_over(l) ? NULL : "something follows a quote";
}

/* Up to a comment, without the blanks before it. */
static void read_plain(struct line *l, struct bytes *v)
{
	char *start = l->p, *last = l->p;

	for (; l->p < l->end; l->p++) {
		if (*l->p == '#' && l->p > start && is_blank(l->p[-1]))
			break;
		if (!is_blank(*l->p))
			last = l->p + 1;
	}
	*v = (struct bytes){ (uint8_t *)start, (size_t)(last - start) };
}

static const char *read_value(struct yaml *y, struct line *l)
{
	static const char others[] = "[]{}&*!|>%@`?,";

	y->value = (struct bytes){ NULL, 0 };
	y->open = is_over(l);
	if (y->open)
		return NULL;
	if (*l->p == '"' || *l->p == '\'')
		return read_quoted(l, &y->value);
	if (bytes_have(BYTES(others), (uint8_t)*l->p))
		return "is not of the YAML that natpass uses";
	read_plain(l, &y->value);
	return NULL;
}

/* The key that l begins with; n 0: it begins with a value. */
static struct bytes find_key(const struct line *l)
{
	const char *p = l->p;

	if (*p == '"' || *p == '\'')
		return (struct bytes){ NULL, 0 };
	while (p < l->end && *p != '#' &&
	       !(*p == ':' && (p + 1 == l->end || is_blank(p[1]))))
		p++;
	if (p == l->end || *p == '#')
		return (struct bytes){ NULL, 0 };
	return (struct bytes){ (const uint8_t *)l->p, (size_t)(p - l->p) };
}

/* ---- where it stands ---- */

static struct yaml_level *innermost(struct yaml *y)
{
	return y->depth ? &y->levels[y->depth - 1] : NULL;
}

/* The level at this column, or within what has no value yet. */
static const char *enter(struct yaml *y, size_t column, bool list)
{
	struct yaml_level *in;

	while ((in = innermost(y)) != NULL && in->column > column) {
		y->depth--;
		y->open = false;
	}
	if (in && in->column == column && !in->key.p && !list) {
		y->depth--; /* a list as deep as its key has ended */
		y->open = false;
		in = innermost(y);
	}
	if (in && in->column == column && (!in->key.p) == list)
		return NULL;
	if (!y->open)
		return "stands too deep, or not deep enough";
	if (y->depth == YAML_DEPTH)
		return "is nested too deep";
	in = &y->levels[y->depth++];
	*in = (struct yaml_level){ .item = UINT32_MAX, .column = column };
	return NULL;
}

static const char *read_entry(struct yaml *y, struct line *l)
{
	struct bytes key = find_key(l);
	const char *why;

	if (!key.n && y->depth && !innermost(y)->key.p &&
	    innermost(y)->column < y->column)
		return read_value(y, l);
	if (!key.n)
		return "is no key: value";
	why = enter(y, y->column, false);
	if (why)
		return why;
	innermost(y)->key = key;
	l->p += key.n + 1;
	return read_value(y, l);
}

/* A dash begins an item, on whose line more may follow. */
static const char *read_item(struct yaml *y, struct line *l)
{
	const char *why = enter(y, y->column, true);
	const char *dash = l->p;

	if (why)
		return why;
	innermost(y)->item++;
	l->p++;
	y->open = true;
	if (is_over(l)) {
		y->value = (struct bytes){ NULL, 0 };
		return NULL;
	}
	y->column += (size_t)(l->p - dash);
	if (*l->p == '-' && (l->p + 1 == l->end || is_blank(l->p[1])))
		return "is a list right within a list";
	return read_entry(y, l);
}

int yaml_next(struct yaml *y, const char **why)
{
	struct line l;

	if (!read_line(y, &l))
		return 0;
	y->column = 0;
	for (; l.p < l.end && *l.p == ' '; l.p++)
		y->column++;
	if (*l.p == '\t')
		*why = "is indented by a tab";
	else if (*l.p == '-' && (l.p + 1 == l.end || is_blank(l.p[1])))
		*why = read_item(y, &l);
	else
		*why = read_entry(y, &l);
	return *why ? -NAT_ECONF : 1;
}

bool yaml_is(const struct yaml *y, const char *path)
{
	for (unsigned i = 0; i < y->depth; i++) {
		struct bytes key = y->levels[i].key;

		if (i && *path++ != '.')
			return false;
		if (!key.p)
			key = BYTES("*");
		if (strlen(path) < key.n || memcmp(path, key.p, key.n) != 0)
			return false;
		path += key.n;
	}
	return !*path;
}
