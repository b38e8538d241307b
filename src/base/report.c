#include "base/report.h"
#include <assert.h>

static struct report_value *next(struct report_row *row)
{
	assert(row->n < REPORT_COLUMNS);
	return &row->v[row->n++];
}

void report_number(struct report_row *row, uint64_t n)
{
	next(row)->number = n;
}

void report_bytes(struct report_row *row, struct bytes text)
{
	next(row)->text = text;
}

void report_text(struct report_row *row, const char *text)
{
	report_bytes(row, bytes_of(text));
}

/* What has been printed behind the first n bytes. */
static void printed(struct report_row *row, size_t n)
{
	report_bytes(row, (struct bytes){ row->text + n, row->room.n - n });
}

void report_addr(struct report_row *row, const struct addr *a)
{
	size_t n = row->room.n;

	if (a->family != ADDR_NONE)
		addr_print(&row->room, a);
	printed(row, n);
}

void report_put(struct report_row *row, const char *form, ...)
{
	size_t n = row->room.n;
	va_list ap;

	va_start(ap, form);
	fmt_vput(&row->room, form, ap);
	va_end(ap);
	printed(row, n);
}

bool report_next(const struct report_table *t, const void *of, uint32_t *at,
		 struct report_row *row)
{
	row->n = 0;
	row->room = fmt_to(SPAN(row->text));
	if (!t->row(of, at, row))
		return false;
	assert(row->n == t->n);
	return true;
}

/* clang-format off */
const struct report_column report_slots_columns[4] = {
	{ "table", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "used", REPORT_COUNT, REPORT_GAUGE, "Entries in use" },
	{ "limit", REPORT_COUNT, REPORT_GAUGE, "Most entries" },
	{ "memory", REPORT_BYTES, REPORT_GAUGE, "Memory that they have touched" },
};
/* clang-format on */

bool report_slots(const struct report_slots *v, uint32_t n, uint32_t *at,
		  struct report_row *row)
{
	if (*at == n)
		return false;
	v += (*at)++;
	report_text(row, v->name);
	report_number(row, v->slots->used);
	report_number(row, v->slots->limit);
	report_number(row, slots_touched(v->slots));
	return true;
}
