#include "cmd/table.h"
#include "wire/json.h"

enum { COLUMNS = 24, WIDE = 78, CELL = 128 };

/* A table, and what it was before. */
struct table {
	struct fmt *f;
	struct json now;
	struct json_member before; /* the row that was looked at last */
	struct json old;           /* type JSON_NULL: there is none */
	int64_t ms;
	size_t width[COLUMNS];
};

/* ---- values ---- */

static bool ends_with(struct bytes *key, const char *end)
{
	size_t n = strlen(end);

	if (key->n <= n || memcmp(key->p + key->n - n, end, n) != 0)
		return false;
	key->n -= n;
	return true;
}

static void put_amount(struct fmt *f, uint64_t n)
{
	static const char units[] = "\0KMGTPE";
	uint64_t rest = 0;
	unsigned u = 0;

	for (; n >= 1024; u++) {
		rest = n % 1024;
		n /= 1024;
	}
	fmt_put(f, "%llu", (unsigned long long)n);
	if (u > 0 && n < 10)
		fmt_put(f, ".%u", (unsigned)(rest * 10 / 1024));
	if (u > 0)
		fmt_put(f, "%c", units[u]);
}

static void put_time(struct fmt *f, uint64_t ms)
{
	static const struct {
		uint64_t s;
		char name;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	uint64_t s = ms / 1000;
	size_t i = 0;

	while (s < units[i].s && i < COUNT(units) - 1)
		i++;
	fmt_put(f, "%llu%c", (unsigned long long)(s / units[i].s),
		units[i].name);
	if (i < COUNT(units) - 1 && s % units[i].s >= units[i + 1].s)
		fmt_put(f, "%llu%c",
			(unsigned long long)(s % units[i].s / units[i + 1].s),
			units[i + 1].name);
}

/* What others have said is not for the terminal to obey. */
static void put_char(struct fmt *f, uint8_t c)
{
	fmt_put(f, "%c", c < ' ' || c > '~' ? '?' : c);
}

static void put_text(struct fmt *f, const struct json *v)
{
	uint8_t text[CELL];
	struct fmt plain = fmt_to(SPAN(text));

	if (json_string(&plain, v) < 0 && !plain.full)
		return;
	for (size_t i = 0; i < plain.n; i++)
		put_char(f, text[i]);
	if (plain.n == 0)
		fmt_put(f, "-");
}

static uint64_t number(const struct json *v)
{
	uint64_t n;

	return json_uint(v, UINT64_MAX, &n) < 0 ? 0 : n;
}

static void put_value(struct fmt *f, const struct json_member *m)
{
	struct bytes key = m->key;

	if (m->value.type != JSON_NUMBER)
		put_text(f, &m->value);
	else if (ends_with(&key, "_ms"))
		put_time(f, number(&m->value));
	else if (ends_with(&key, "_bytes_total") || ends_with(&key, "_bytes"))
		put_amount(f, number(&m->value));
	else
		fmt_put(f, "%llu", (unsigned long long)number(&m->value));
}

/* Words of a heading; what only goes up is the total of the one before it if that
 * has the same name.
 */
static void put_key(struct fmt *f, struct bytes key, struct bytes former)
{
	if (!ends_with(&key, "_ms") && !ends_with(&key, "_bytes_total") &&
	    !ends_with(&key, "_bytes") && ends_with(&key, "_total") &&
	    bytes_equal(key, former))
		key = BYTES("total");
	for (size_t i = 0; i < key.n; i++)
		put_char(f, key.p[i] == '_' ? ' ' : key.p[i]);
}

static bool find(const struct json *object, struct bytes key, struct json *v)
{
	struct json_member m = { .at = 0 };

	while (object->type == JSON_OBJECT && json_next(object, &m))
		if (bytes_equal(m.key, key)) {
			*v = m.value;
			return true;
		}
	return false;
}

/* ---- rates ---- */

static bool has_rate(struct bytes key)
{
	return ends_with(&key, "_bytes_total");
}

/* Bytes a second since the row of old. */
static void put_rate(const struct table *t, struct fmt *f,
		     const struct json_member *m, const struct json *old)
{
	uint64_t now = number(&m->value);
	struct json was;

	if (t->ms <= 0 || !find(old, m->key, &was) || number(&was) > now)
		fmt_put(f, "-");
	else
		put_amount(f, (now - number(&was)) * 1000 / (uint64_t)t->ms);
}

/* The first two of a row are its name. */
static bool same_row(const struct json *a, const struct json *b)
{
	struct json_member x = { .at = 0 }, y = { .at = 0 };

	for (int i = 0; i < 2; i++)
		if (!json_next(a, &x) || !json_next(b, &y) ||
		    !bytes_equal(x.value.text, y.value.text))
			return false;
	return true;
}

/* Rows keep their order, so that the search goes on where it was. */
static struct json row_before(struct table *t, const struct json *row)
{
	static const struct json none = { .type = JSON_NULL };
	struct json_member at = t->before;

	while (t->old.type == JSON_ARRAY && json_next_value(&t->old, &at)) {
		if (at.value.type != JSON_OBJECT || !same_row(&at.value, row))
			continue;
		t->before = at;
		return at.value;
	}
	return none;
}

/* ---- tables ---- */

/* One of a text and a zero: nothing to see. */
static bool is_dull(const struct json *row)
{
	struct json_member m = { .at = 0 };
	unsigned n = 0;

	while (json_next(row, &m))
		n++;
	return n == 2 && m.value.type == JSON_NUMBER && number(&m.value) == 0;
}

/* Nothing at the end of a line. */
static void end_line(struct fmt *f)
{
	while (f->n > 0 && f->to.p[f->n - 1] == ' ')
		f->n--;
	fmt_put(f, "\n");
}

static void pad(struct fmt *f, size_t n)
{
	while (n-- > 0)
		fmt_put(f, " ");
}

/* Notes the width, or prints: numbers to the right. */
static void put_cell(struct table *t, unsigned column, const struct fmt *cell,
		     bool measures, bool right)
{
	size_t *width = &t->width[column];
	size_t gap = *width > cell->n ? *width - cell->n : 0;

	if (measures) {
		*width += cell->n > *width ? cell->n - *width : 0;
		return;
	}
	pad(t->f, 2 + (right ? gap : 0));
	fmt_bytes(t->f, fmt_done(cell));
	pad(t->f, right ? 0 : gap);
}

/* heading: its keys. */
static void each_cell(struct table *t, const struct json *row, bool measures,
		      bool heading)
{
	struct json old = heading ? t->old : row_before(t, row);
	struct bytes former = { NULL, 0 };
	struct json_member m = { .at = 0 };

	for (unsigned i = 0; i + 1 < COLUMNS && json_next(row, &m); i++) {
		uint8_t text[CELL];
		struct fmt cell = fmt_to(SPAN(text));
		bool right = m.value.type == JSON_NUMBER;

		if (heading)
			put_key(&cell, m.key, former);
		else
			put_value(&cell, &m);
		put_cell(t, i, &cell, measures, right);
		former = m.key;
		if (!has_rate(m.key) || t->old.type != JSON_ARRAY)
			continue;
		cell = fmt_to(SPAN(text));
		if (heading)
			fmt_put(&cell, "/s");
		else
			put_rate(t, &cell, &m, &old);
		put_cell(t, ++i, &cell, measures, right);
	}
}

/* How many were worth it. */
static unsigned each_row(struct table *t, bool measures)
{
	struct json_member m = { .at = 0 };
	unsigned n = 0;

	t->before = (struct json_member){ .at = 0 };
	while (json_next_value(&t->now, &m)) {
		if (m.value.type != JSON_OBJECT || is_dull(&m.value))
			continue;
		if (n++ == 0)
			each_cell(t, &m.value, measures, true);
		if (n == 1 && !measures)
			end_line(t->f);
		each_cell(t, &m.value, measures, false);
		if (!measures)
			end_line(t->f);
	}
	return n;
}

static void put_table(struct table *t, struct bytes name)
{
	if (each_row(t, true) == 0)
		return;
	fmt_put(t->f, "\n  ");
	put_key(t->f, name, (struct bytes){ NULL, 0 });
	fmt_put(t->f, "\n");
	each_row(t, false);
}

/* ---- pairs ---- */

/* "clients 3  services 5", as many as a line holds. */
static void put_pairs(struct table *t)
{
	struct bytes former = { NULL, 0 };
	struct json_member m = { .at = 0 };
	size_t used = WIDE;

	while (json_next(&t->now, &m)) {
		uint8_t text[2 * CELL];
		struct fmt pair = fmt_to(SPAN(text));

		put_key(&pair, m.key, former);
		fmt_put(&pair, " ");
		put_value(&pair, &m);
		if (has_rate(m.key) && t->old.type == JSON_OBJECT) {
			fmt_put(&pair, " (");
			put_rate(t, &pair, &m, &t->old);
			fmt_put(&pair, "/s)");
		}
		if (used + 2 + pair.n > WIDE) {
			fmt_put(t->f, "\n");
			used = 0;
		}
		fmt_put(t->f, "  ");
		fmt_bytes(t->f, fmt_done(&pair));
		used += 2 + pair.n;
		former = m.key;
	}
	fmt_put(t->f, "\n");
}

/* ---- the answer ---- */

static void put_section(struct fmt *f, const struct json *now,
			const struct json *old, int64_t ms)
{
	struct json_member m = { .at = 0 };

	if (json_next(now, &m))
		put_text(f, &m.value);
	if (json_next(now, &m) && m.value.text.n) {
		fmt_put(f, " ");
		put_text(f, &m.value);
	}
	while (json_next(now, &m)) {
		struct table t = { .f = f, .now = m.value, .ms = ms };

		if (!find(old, m.key, &t.old))
			t.old.type = JSON_NULL;
		if (m.value.type == JSON_OBJECT)
			put_pairs(&t);
		else if (m.value.type == JSON_ARRAY)
			put_table(&t, m.key);
	}
}

static bool sections_of(struct json *v, struct bytes text)
{
	struct json whole;

	return json_parse(&whole, text, JSON_DEPTH) == 0 &&
	       find(&whole, BYTES("sections"), v) && v->type == JSON_ARRAY;
}

int table_print(struct fmt *f, struct bytes now, struct bytes before,
		int64_t ms)
{
	struct json all, old_all;
	struct json_member m = { .at = 0 }, old = { .at = 0 };
	bool has_old = before.n > 0 && sections_of(&old_all, before);

	if (!sections_of(&all, now))
		return -NAT_EPROTO;
	while (json_next_value(&all, &m)) {
		if (!has_old || !json_next_value(&old_all, &old))
			old.value.type = JSON_NULL;
		if (m.value.type != JSON_OBJECT)
			return -NAT_EPROTO;
		put_section(f, &m.value, &old.value, ms);
		fmt_put(f, "\n");
	}
	return 0;
}
