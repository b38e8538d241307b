/* report - what the signalling server tells of itself (base/report.h). */
#include "app/signal/core.h"

/* clang-format off */
static const struct report_column total_columns[] = {
	{ "hosts", REPORT_COUNT, REPORT_GAUGE, "Hosts that are registered" },
	{ "clients", REPORT_COUNT, REPORT_GAUGE, "Clients that have called a host" },
	{ "connections", REPORT_COUNT, REPORT_GAUGE, "Connections, those too that have "
	  "said nothing" },
};

static const struct report_column event_columns[] = {
	{ "what", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "events", REPORT_COUNT, REPORT_TOTAL, "Messages, by what became of them" },
};

static const struct report_column host_columns[] = {
	{ "id", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "address", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "connected", REPORT_MS, REPORT_SHOWN, NULL },
};
/* clang-format on */

static const char *const names[] = {
#define X(name, text) text,
	SIGNAL_COUNTS(X)
#undef X
};

static bool total_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct signal *s = of;

	if ((*at)++ > 0)
		return false;
	report_number(row, s->who.nhosts);
	report_number(row, s->who.nclients);
	report_number(row, s->who.conns.used);
	return true;
}

static bool event_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct signal *s = of;

	if (*at == SIGNAL_COUNTED)
		return false;
	report_text(row, names[*at]);
	report_number(row, s->counts[*at]);
	(*at)++;
	return true;
}

static bool host_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct signal *s = of;
	const struct signal_conn *c;

	do
		c = slots_next(&s->who.conns, at);
	while (c && c->state != SIGNAL_HOST);
	if (!c)
		return false;
	report_bytes(row, ming_bytes(&c->id));
	report_addr(row, &c->from);
	report_number(row, (uint64_t)(s->net->loop->now - c->since));
	return true;
}

static const struct report_table tables[] = {
	{ "totals", "signal", REPORT_OF(total_columns), REPORT_ONE, total_row },
	{ "events", "signal", REPORT_OF(event_columns), REPORT_MANY,
	  event_row },
	{ "hosts", NULL, REPORT_OF(host_columns), REPORT_LONG, host_row },
};

struct report signal_report(struct signal *s)
{
	return (struct report){ "signal", "", tables, COUNT(tables), s, NULL };
}
