/* report - what the tracker tells of itself (base/report.h). */
#include "app/tracker/core.h"

/* clang-format off */
static const struct report_column total_columns[] = {
	{ "members", REPORT_COUNT, REPORT_GAUGE, "Members that are remembered" },
	{ "groups", REPORT_COUNT, REPORT_GAUGE, "Groups that they are of" },
	{ "trackers", REPORT_COUNT, REPORT_GAUGE, "Other trackers that are known" },
	{ "came", REPORT_COUNT, REPORT_TOTAL, "Registrations that were kept" },
	{ "refused", REPORT_COUNT, REPORT_TOTAL, "Registrations for which there was "
	  "no place" },
	{ "gave_way", REPORT_COUNT, REPORT_TOTAL, "Members that gave way to others" },
	{ "expired", REPORT_COUNT, REPORT_TOTAL, "Members that were silent too long" },
};

static const struct report_column request_columns[] = {
	{ "what", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "requests", REPORT_COUNT, REPORT_TOTAL, "Datagrams, by what they asked" },
};
/* clang-format on */

static const char *const names[] = {
#define X(name, text) text,
	TRACKER_COUNTS(X)
#undef X
};

static bool total_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct tracker *t = of;
	const struct members *m = &t->members;

	if ((*at)++ > 0)
		return false;
	report_number(row, m->rows.used);
	report_number(row, m->groups.used);
	report_number(row, t->others.list.n);
	report_number(row, m->came);
	report_number(row, m->refused);
	report_number(row, m->gave_way);
	report_number(row, m->expired);
	return true;
}

static bool request_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct tracker *t = of;

	if (*at == TRACKER_COUNTED)
		return false;
	report_text(row, names[*at]);
	report_number(row, t->counts[*at]);
	(*at)++;
	return true;
}

static const struct report_table tables[] = {
	{ "totals", "tracker", REPORT_OF(total_columns), REPORT_ONE,
	  total_row },
	{ "requests", "tracker", REPORT_OF(request_columns), REPORT_MANY,
	  request_row },
};

struct report tracker_report(struct tracker *t)
{
	return (struct report){
		.role = "tracker", .tables = tables, .n = COUNT(tables), .of = t
	};
}
