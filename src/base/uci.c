#include "base/uci.h"

void uci_init(struct uci *u, struct span text)
{
	u->at = (char *)text.p;
	u->end = u->at + text.n;
	u->number = 0;
}

void uci_quote(struct fmt *f, struct bytes value)
{
	fmt_put(f, "'");
	for (size_t i = 0; i < value.n; i++) {
		struct bytes one = { value.p + i, 1 };

		fmt_bytes(f, value.p[i] == '\'' ? BYTES("'\\''") : one);
	}
	fmt_put(f, "'");
}

/* One line's words, unquoted where they stand: what is written never passes
 * what is read, and each word's NUL falls on a byte that has been read.
 */
struct words {
	char *in, *out, *end; /* end: the line's, which may be written to */
};

/* A piece in quotes; in stands behind the opening one. */
static const char *read_quoted(struct words *w, char quote)
{
	for (; w->in < w->end; *w->out++ = *w->in++) {
		if (*w->in == quote) {
			w->in++;
			return NULL;
		}
		if (quote == '"' && *w->in == '\\' && ++w->in == w->end)
			break;
	}
	return "a quote is not closed";
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* A word that begins at in, not empty. */
static const char *read_word(struct words *w)
{
	const char *why = NULL;

	while (w->in < w->end && !is_space(*w->in) && !why) {
		char c = *w->in++;

		if (c == '\'' || c == '"')
			why = read_quoted(w, c);
		else if (c != '\\')
			*w->out++ = c;
		else if (w->in < w->end)
			*w->out++ = *w->in++;
		else
			why = "nothing follows the backslash";
	}
	return why;
}

enum { WORDS = 4 }; /* one more than any line has */

/* The words of a line; *n of them, at most WORDS. */
static const char *read_words(struct words *w, char *word[WORDS], unsigned *n)
{
	*n = 0;
	for (;;) {
		const char *why;

		while (w->in < w->end && is_space(*w->in))
			w->in++;
		if (w->in == w->end || *w->in == '#' || *n == WORDS)
			return NULL;
		w->out = w->in;
		word[(*n)++] = w->out;
		why = read_word(w);
		if (why)
			return why;
		/* The byte behind the word has been read, or ends the line. */
		if (w->in < w->end)
			w->in++;
		*w->out = '\0';
	}
}

static const struct {
	const char *word;
	enum uci_kind kind;
	unsigned least, most; /* words, with the first */
	const char *why;
} kinds[] = {
	{ "config", UCI_CONFIG, 2, 3, "config wants a type, and maybe a name" },
	{ "option", UCI_OPTION, 3, 3, "option wants a name and a value" },
	{ "list", UCI_LIST, 3, 3, "list wants a name and a value" },
	{ "package", UCI_END, 2, 2, "package wants a name" },
};

static const char *understand(char *const word[WORDS], unsigned n,
			      struct uci_line *out)
{
	size_t i = 0;

	while (i < COUNT(kinds) && strcmp(word[0], kinds[i].word))
		i++;
	if (i == COUNT(kinds))
		return "expected config, option or list";
	if (n < kinds[i].least || n > kinds[i].most || !*word[1])
		return kinds[i].why;
	out->kind = kinds[i].kind;
	out->name = word[1];
	out->value = n > 2 ? word[2] : "";
	return NULL;
}

/* Takes a line off the input, its end and control characters checked. */
static const char *next_line(struct uci *u, struct words *w)
{
	const char *why = NULL;

	w->in = w->end = u->at;
	while (w->end < u->end && *w->end != '\n')
		w->end++;
	u->at = w->end < u->end ? w->end + 1 : w->end;
	u->number++;
	if (w->end > w->in && w->end[-1] == '\r')
		w->end--;
	for (const char *p = w->in; p < w->end; p++)
		if (((uint8_t)*p < 0x20 && *p != '\t') || *p == 0x7f)
			why = "a control character";
	return why;
}

int uci_next(struct uci *u, struct uci_line *out, const char **why)
{
	*out = (struct uci_line){ .kind = UCI_END };
	while (u->at < u->end && out->kind == UCI_END) {
		struct words w;
		char *word[WORDS];
		unsigned n = 0;

		*why = next_line(u, &w);
		out->number = u->number;
		if (!*why)
			*why = read_words(&w, word, &n);
		if (!*why && n > 0)
			*why = understand(word, n, out);
		if (*why)
			return -NAT_ECONF;
	}
	return 0;
}
