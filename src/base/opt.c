#include "base/opt.h"
#include "base/cur.h"
#include "base/value.h"
#include <assert.h>

enum {
	SHOWN = 80, /* most bytes of a user's text in a complaint */
	LEFT = 27   /* columns of --help before the sentences */
};

const struct opt *opt_next(const struct opt *row)
{
	row++;
	return row->name || !row->arg ? row : (const void *)row->arg;
}

/* ---- complaints ---- */

void diag_put(struct diag *d, const char *form, ...)
{
	char line[512];
	struct fmt f = fmt_to(SPAN(line));
	va_list ap;

	fmt_put(&f, "%s:", d->where);
	if (d->line)
		fmt_put(&f, "%u:", d->line);
	fmt_put(&f, " ");
	va_start(ap, form);
	fmt_vput(&f, form, ap);
	va_end(ap);
	fmt_text(&f);
	for (char *p = line; *p; p++)
		if ((uint8_t)*p < 0x20 || *p == 0x7f)
			*p = '?';
	d->count++;
	d->say(d, line);
}

void opt_key(struct fmt *f, const char *name)
{
	for (; *name; name++)
		fmt_put(f, "%c", *name == '-' ? '_' : *name);
}

int diag_option(struct diag *d, const char *name, const char *text)
{
	char word[64];
	struct fmt f = fmt_to(SPAN(word));

	if (d->line)
		opt_key(&f, name);
	else
		fmt_put(&f, "--%s", name);
	diag_put(d, "%s: %s", fmt_text(&f), text);
	return d->line ? -NAT_ECONF : -NAT_EUSAGE;
}

/* ---- one value into one row ---- */

/* A value on its way: which row, of which settings, from where. */
struct entry {
	const struct opt *row;
	void *conf;
	enum opt_from from;
	bool whole; /* it is all of a list, not one more of it */
	struct diag *d;
};

static int refuse(const struct entry *e, const char *value, const char *why)
{
	char text[256];
	struct fmt f = fmt_to(SPAN(text));

	if (!*value)
		value = "''";
	if (!(e->row->flags & OPT_SECRET))
		fmt_put(&f, "%.*s ", (int)min_size(strlen(value), SHOWN),
			value);
	fmt_put(&f, "%s", why);
	if (why == VALUE_OUTSIDE) {
		fmt_put(&f, " ");
		value_print_bounds(&f, e->row);
	}
	return diag_option(e->d, e->row->name, fmt_text(&f));
}

static int set_value(const struct entry *e, const char *value)
{
	void *to = (char *)e->conf + e->row->at;
	struct opt_list *list = e->row->flags & OPT_LIST ? to : NULL;
	uint32_t n = 0; /* of the list that stay */
	const char *why;

	if (list) {
		if (!e->whole && list->from == e->from)
			n = list->n;
		if (n == OPT_LIST_MAX)
			return refuse(e, value, "is more than the list holds");
		to = &list->v[n];
	}
	why = value_read(e->row, value, to);
	if (why)
		return refuse(e, value, why);
	if (list) {
		list->from = e->from;
		list->n = n + 1;
	}
	return 0;
}

void opt_defaults(const struct opt *tab, void *conf)
{
	for (; tab->name; tab = opt_next(tab)) {
		struct entry e = { .row = tab, .conf = conf, .whole = true };
		int rc = tab->def ? set_value(&e, tab->def) : 0;

		assert(rc == 0);
		(void)rc;
	}
}

/* ---- the command line ---- */

/* Goes through argv, moving options to before the arguments. */
struct walk {
	const struct opt *tab;
	char **argv;
	int argc, first, at; /* first argument met; next word to look at */
	char *letters;       /* what is left of a word like -vvl, or NULL */
	struct diag *d;
};

struct found {
	const struct opt *row;
	char *value; /* NULL: none was given, and none is needed */
};

static const struct opt *find_name(const struct opt *tab, struct bytes name)
{
	for (; tab->name; tab = opt_next(tab))
		if (bytes_are(name, tab->name))
			return tab;
	return NULL;
}

static const struct opt *find_letter(const struct opt *tab, char letter)
{
	for (; tab->name; tab = opt_next(tab))
		if (letter && tab->letter == letter)
			return tab;
	return NULL;
}

static bool needs_value(const struct opt *o)
{
	return o->type != OPT_FLAG && o->type != OPT_COUNT;
}

/* The next word, which belongs to the options: it moves before the arguments. */
static char *take_word(struct walk *w)
{
	char *word = w->argv[w->at];

	memmove(w->argv + w->first + 1, w->argv + w->first,
		(size_t)(w->at - w->first) * sizeof *w->argv);
	w->argv[w->first++] = word;
	w->at++;
	return word;
}

static int take_value(struct walk *w, struct found *found)
{
	if (found->value || !needs_value(found->row))
		return 1;
	if (w->at >= w->argc)
		return diag_option(w->d, found->row->name, "needs a value");
	found->value = take_word(w);
	return 1;
}

static int long_option(struct walk *w, char *word, struct found *found)
{
	struct cur c = cur_of(bytes_of(word + 2));
	struct bytes name = cur_until(&c, '=');

	found->row = find_name(w->tab, name);
	found->value = word[2 + name.n] ? word + 3 + name.n : NULL;
	if (!found->row) { /* not the value, which may be a secret */
		diag_put(w->d, "--%.*s: no such option",
			 (int)min_size(name.n, SHOWN), word + 2);
		return -NAT_EUSAGE;
	}
	return take_value(w, found);
}

static int short_option(struct walk *w, struct found *found)
{
	char *at = w->letters;

	w->letters = at[1] ? at + 1 : NULL;
	found->row = find_letter(w->tab, *at);
	found->value = NULL;
	if (!found->row) {
		diag_put(w->d, "-%c: no such option", *at);
		return -NAT_EUSAGE;
	}
	if (needs_value(found->row)) {
		found->value = w->letters;
		w->letters = NULL;
	}
	return take_value(w, found);
}

/* 1 with the next option, 0 at the end of them, or -NAT_EUSAGE. */
static int next_option(struct walk *w, struct found *found)
{
	char *word;

	if (w->letters)
		return short_option(w, found);
	while (w->at < w->argc &&
	       (w->argv[w->at][0] != '-' || !w->argv[w->at][1]))
		w->at++;
	if (w->at >= w->argc)
		return 0;
	word = take_word(w);
	if (strcmp(word, "--") == 0)
		return 0;
	if (word[1] == '-')
		return long_option(w, word, found);
	w->letters = word + 1;
	return short_option(w, found);
}

static int set_option(const struct entry *e, const char *value)
{
	uint32_t *count;

	if (value || e->row->type != OPT_COUNT)
		return set_value(e, value ? value : "1");
	count = (void *)((char *)e->conf + e->row->at);
	if (*count < value_most(e->row))
		++*count;
	return 0;
}

int opt_args(const struct opt *tab, void *conf, int argc, char **argv,
	     struct diag *d)
{
	struct walk w = { tab, argv, argc, 1, 1, NULL, d };
	struct found found;
	int rc;

	while ((rc = next_option(&w, &found)) > 0) {
		struct entry e = { .row = found.row, .conf = conf, .d = d };

		e.from = OPT_BY_LINE;
		rc = set_option(&e, found.value);
		if (rc < 0)
			return rc;
	}
	return rc < 0 ? rc : w.first;
}

void opt_wipe(const struct opt *tab, int argc, char **argv)
{
	struct walk w = { tab, argv, argc, 1, 1, NULL, NULL };
	struct found found;

	while (next_option(&w, &found) > 0)
		if ((found.row->flags & OPT_SECRET) && found.value)
			memset(found.value, 'x', strlen(found.value));
}

/* ---- the config file ---- */

static bool is_key(const char *key, const char *name)
{
	for (; *key && *name; key++, name++)
		if (*key != (*name == '-' ? '_' : *name))
			return false;
	return *key == *name;
}

int opt_file(const struct opt *tab, void *conf, const struct opt_line *line,
	     struct diag *d)
{
	struct entry e = { .conf = conf, .from = OPT_BY_FILE, .d = d };

	while (tab->name && !is_key(line->name, tab->name))
		tab = opt_next(tab);
	e.row = tab;
	e.whole = !line->list;
	if (!tab->name)
		diag_put(d, "%.*s: no such option",
			 (int)min_size(strlen(line->name), SHOWN), line->name);
	else if (tab->flags & OPT_LINE)
		diag_put(d, "%s: only on the command line", line->name);
	else if (line->list && !(tab->flags & OPT_LIST))
		diag_put(d, "%s: has one value: write option, not list",
			 line->name);
	else
		return set_value(&e, line->value) < 0 ? -NAT_ECONF : 0;
	return -NAT_ECONF;
}

/* ---- --help and the dump ---- */

static void put_spaces(struct fmt *f, size_t n)
{
	while (n--)
		fmt_put(f, " ");
}

/* In its column, below what begins at start if that is too long. */
static void put_sentence(struct fmt *f, size_t start, const char *text)
{
	if (f->n - start + 2 > LEFT) {
		fmt_put(f, "\n");
		start = f->n;
	}
	put_spaces(f, LEFT - (f->n - start));
	fmt_put(f, "%s", text);
}

void opt_help(const struct opt *tab, struct fmt *f)
{
	for (; tab->name; tab = opt_next(tab)) {
		size_t start = f->n;

		if (tab->letter)
			fmt_put(f, "  -%c, --%s", tab->letter, tab->name);
		else
			fmt_put(f, "      --%s", tab->name);
		if (tab->arg)
			fmt_put(f, " %s", tab->arg);
		if (*tab->help)
			put_sentence(f, start, tab->help);
		if (tab->flags & OPT_LIST)
			fmt_put(f, "; may be repeated");
		if (tab->def && needs_value(tab))
			fmt_put(f, " (%s)", tab->def);
		fmt_put(f, "\n");
	}
}

static void dump_line(const struct opt *o, const void *value, struct fmt *f)
{
	fmt_put(f, "\t%s ", o->flags & OPT_LIST ? "list" : "option");
	opt_key(f, o->name);
	fmt_put(f, " ");
	value_print(f, o, value);
	fmt_put(f, "\n");
}

static void dump_row(const struct opt *o, const void *value, bool secrets,
		     struct fmt *f)
{
	if (o->flags & OPT_LIST) {
		const struct opt_list *list = value;

		for (uint32_t i = 0; i < list->n; i++)
			dump_line(o, &list->v[i], f);
	} else if (value_is_text(o) && !*(const char *const *)value) {
		return;
	} else if ((o->flags & OPT_SECRET) && !secrets) {
		fmt_put(f, "\t# option ");
		opt_key(f, o->name);
		fmt_put(f, " hidden\n");
	} else {
		dump_line(o, value, f);
	}
}

void opt_dump(const struct opt *tab, const void *conf, bool secrets,
	      struct fmt *f)
{
	for (; tab->name; tab = opt_next(tab))
		if (!(tab->flags & OPT_LINE))
			dump_row(tab, (const char *)conf + tab->at, secrets, f);
}
