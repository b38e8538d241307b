#include "app/admin/print.h"
#include "wire/json.h"

static void next_table(struct print_at *at)
{
	at->table++;
	at->row = at->column = 0;
	at->begun = false;
}

static void next_section(struct print_at *at)
{
	*at = (struct print_at){ .section = at->section + 1,
				 .detail = at->detail };
}

/* ---- JSON ---- */

static void put_value(struct fmt *f, const struct report_column *c,
		      const struct report_value *v)
{
	static const char *const units[] = {
		[REPORT_TEXT] = "",
		[REPORT_COUNT] = "",
		[REPORT_BYTES] = "_bytes",
		[REPORT_MS] = "_ms",
	};

	fmt_put(f, "\"%s%s%s\":", c->name, units[c->unit],
		c->use == REPORT_TOTAL ? "_total" : "");
	if (c->unit == REPORT_TEXT)
		json_put_string(f, v->text);
	else
		fmt_put(f, "%llu", (unsigned long long)v->number);
}

static void put_row(struct fmt *f, const struct report_table *t,
		    const struct report_row *row)
{
	const char *before = "{";

	for (uint32_t i = 0; i < t->n; i++) {
		if (t->columns[i].use == REPORT_MARK)
			continue;
		fmt_put(f, "%s", before);
		put_value(f, &t->columns[i], &row->v[i]);
		before = ",";
	}
	fmt_put(f, "}");
}

/* A row, or the end of the table. */
static void step_table(struct fmt *f, const struct report *r,
		       struct print_at *at)
{
	const struct report_table *t = &r->tables[at->table];
	struct report_row row;
	bool more = report_next(t, r->of, &at->row, &row);
	bool one = t->kind == REPORT_ONE;

	if (!at->begun)
		fmt_put(f, ",\"%s\":%s", t->name, one ? "" : "[");
	else if (more)
		fmt_put(f, ",");
	at->begun = true;
	if (more)
		put_row(f, t, &row);
	if (!one && !more)
		fmt_put(f, "]");
	if (one || !more)
		next_table(at);
}

static void put_head(struct fmt *f, const struct report *r, bool first)
{
	fmt_put(f, "%s{\"role\":", first ? "{\"sections\":[" : ",");
	json_put_string(f, bytes_of(r->role));
	fmt_put(f, ",\"name\":");
	json_put_string(f, bytes_of(r->name));
}

bool print_json(struct fmt *f, const struct reports *rs, struct print_at *at)
{
	const struct report *r = &rs->v[at->section];

	if (at->over)
		return false;
	if (at->section == rs->n) {
		fmt_put(f, "]}\n");
		at->over = true;
	} else if (!at->headed) {
		put_head(f, r, at->section == 0);
		at->headed = true;
	} else if (at->table == r->n) {
		fmt_put(f, "}");
		next_section(at);
	} else if (r->tables[at->table].kind == REPORT_LONG && !at->detail) {
		next_table(at);
	} else {
		step_table(f, r, at);
	}
	return true;
}

/* ---- metrics ---- */

/* Its metrics have been said along with those of a section before it. */
static bool is_said(const struct reports *rs, uint32_t section)
{
	uint32_t i = 0;

	while (rs->v[i].tables != rs->v[section].tables)
		i++;
	return i < section;
}

static bool has_twin(const struct reports *rs, uint32_t section)
{
	for (uint32_t i = 0; i < rs->n; i++)
		if (i != section && rs->v[i].tables == rs->v[section].tables)
			return true;
	return false;
}

static void put_name(struct fmt *f, const struct report_table *t,
		     const struct report_column *c)
{
	static const char *const units[] = {
		[REPORT_COUNT] = "",
		[REPORT_BYTES] = "_bytes",
		[REPORT_MS] = "_seconds",
	};

	fmt_put(f, "nat_%s_%s%s%s", t->metric, c->name, units[c->unit],
		c->use == REPORT_TOTAL ? "_total" : "");
}

static void put_heading(struct fmt *f, const struct report_table *t,
			const struct report_column *c)
{
	fmt_put(f, "# HELP ");
	put_name(f, t, c);
	fmt_put(f, " %s.\n# TYPE ", c->help);
	put_name(f, t, c);
	fmt_put(f, " %s\n", c->use == REPORT_TOTAL ? "counter" : "gauge");
}

static void put_label(struct fmt *f, const char *name, struct bytes value,
		      bool first)
{
	fmt_put(f, "%s%s=\"", first ? "{" : ",", name);
	for (size_t i = 0; i < value.n; i++) {
		char c = (char)value.p[i];

		if (c == '"' || c == '\\')
			fmt_put(f, "\\");
		fmt_put(f, "%c", c >= ' ' && c < 0x7f ? c : '?');
	}
	fmt_put(f, "\"");
}

/* Which section it is of, where there are several alike, and what names the
 * row.
 */
static void put_labels(struct fmt *f, const struct reports *rs,
		       const struct print_at *at, const struct report_row *row)
{
	const struct report *r = &rs->v[at->of];
	const struct report_table *t = &r->tables[at->table];
	bool first = true;

	if (has_twin(rs, at->of)) {
		uint8_t text[12];
		struct fmt n = fmt_to(SPAN(text));

		fmt_put(&n, "%u", (unsigned)at->of);
		put_label(f, "section",
			  *r->name ? bytes_of(r->name) : fmt_done(&n), true);
		first = false;
	}
	for (uint32_t i = 0; i < t->n; i++) {
		const struct report_column *c = &t->columns[i];

		if (c->use != REPORT_LABEL)
			continue;
		if (c->unit == REPORT_TEXT) {
			put_label(f, c->name, row->v[i].text, first);
		} else {
			fmt_put(f, "%s%s=\"%llu\"", first ? "{" : ",", c->name,
				(unsigned long long)row->v[i].number);
		}
		first = false;
	}
	fmt_put(f, first ? "" : "}");
}

static void put_sample(struct fmt *f, const struct reports *rs,
		       const struct print_at *at, const struct report_row *row)
{
	const struct report_table *t = &rs->v[at->of].tables[at->table];
	const struct report_column *c = &t->columns[at->column];
	uint64_t n = row->v[at->column].number;

	put_name(f, t, c);
	put_labels(f, rs, at, row);
	if (c->unit == REPORT_MS)
		fmt_put(f, " %llu.%03u\n", (unsigned long long)(n / 1000),
			(unsigned)(n % 1000));
	else
		fmt_put(f, " %llu\n", (unsigned long long)n);
}

/* A sample, or on to the rows of the next section that has such a table. */
static void step_metric(struct fmt *f, const struct reports *rs,
			struct print_at *at)
{
	const struct report *r = &rs->v[at->of];
	struct report_row row;

	if (at->of == rs->n) {
		at->column++;
		at->begun = false;
	} else if (r->tables == rs->v[at->section].tables &&
		   report_next(&r->tables[at->table], r->of, &at->row, &row)) {
		put_sample(f, rs, at, &row);
	} else {
		at->of++;
		at->row = 0;
	}
}

bool print_metrics(struct fmt *f, const struct reports *rs, struct print_at *at)
{
	const struct report *r = &rs->v[at->section];
	const struct report_table *t;

	if (at->section == rs->n)
		return false;
	t = &r->tables[at->table];
	if (at->table == r->n || is_said(rs, at->section)) {
		next_section(at);
	} else if (at->column == t->n || !t->metric) {
		next_table(at);
	} else if (t->columns[at->column].use < REPORT_GAUGE) {
		at->column++;
	} else if (!at->begun) {
		put_heading(f, t, &t->columns[at->column]);
		at->of = at->section;
		at->row = 0;
		at->begun = true;
	} else {
		step_metric(f, rs, at);
	}
	return true;
}
