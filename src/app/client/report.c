/* report - what the client tells of itself (base/report.h). */
#include "app/client/inner.h"

/* clang-format off */
static const struct report_column total_columns[] = {
	{ "client", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "up", REPORT_COUNT, REPORT_GAUGE, "1 while it is logged in at a relay" },
	{ "since", REPORT_MS, REPORT_SHOWN, NULL },
	{ "visitors", REPORT_COUNT, REPORT_GAUGE, "Visitors of TCP services now" },
	{ "visitors", REPORT_COUNT, REPORT_TOTAL,
	  "Visitors of all services that have come" },
	{ "flows", REPORT_COUNT, REPORT_GAUGE, "Visitors of UDP services now" },
	{ "visits", REPORT_COUNT, REPORT_GAUGE,
	  "Connections to private services of others now" },
	{ "parked", REPORT_COUNT, REPORT_GAUGE, "Connections opened ahead" },
	{ "logins", REPORT_COUNT, REPORT_TOTAL, "Sessions with a relay begun" },
	{ "losses", REPORT_COUNT, REPORT_TOTAL, "Attempts and sessions that failed" },
	{ "in", REPORT_BYTES, REPORT_TOTAL, "Bytes from visitors to services" },
	{ "out", REPORT_BYTES, REPORT_TOTAL, "Bytes from services to visitors" },
	{ "draining", REPORT_COUNT, REPORT_GAUGE, "1 while nobody new is served" },
};

static const struct report_column turned_away_columns[] = {
	{ "what", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "turned_away", REPORT_COUNT, REPORT_TOTAL,
	  "What was not let in, or gave way, by the limit that it met" },
};

static const struct report_column relay_columns[] = {
	{ "relay", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "state", REPORT_TEXT, REPORT_SHOWN, NULL },
};

static const struct report_column service_columns[] = {
	{ "service", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "type", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "state", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "port", REPORT_COUNT, REPORT_SHOWN, NULL },
	{ "local", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "published", REPORT_COUNT, REPORT_MARK, "1 while visitors may come" },
	{ "visitors", REPORT_COUNT, REPORT_GAUGE, "Visitors now" },
	{ "visitors", REPORT_COUNT, REPORT_TOTAL, "Visitors that have come" },
	{ "in", REPORT_BYTES, REPORT_TOTAL, "Bytes from visitors" },
	{ "out", REPORT_BYTES, REPORT_TOTAL, "Bytes to visitors" },
	{ "host", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "refused", REPORT_TEXT, REPORT_SHOWN, NULL },
};

static const struct report_column visit_columns[] = {
	{ "service", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "address", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "visitors", REPORT_COUNT, REPORT_GAUGE, "Visitors from here now" },
	{ "visitors", REPORT_COUNT, REPORT_TOTAL, "Visitors that have come" },
	{ "failed", REPORT_COUNT, REPORT_TOTAL, "Visitors that did not get there" },
	{ "in", REPORT_BYTES, REPORT_TOTAL, "Bytes from visitors" },
	{ "out", REPORT_BYTES, REPORT_TOTAL, "Bytes to visitors" },
};

static const struct report_column visitor_columns[] = {
	{ "address", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "service", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "state", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "since", REPORT_MS, REPORT_SHOWN, NULL },
	{ "in", REPORT_BYTES, REPORT_TOTAL, NULL },
	{ "out", REPORT_BYTES, REPORT_TOTAL, NULL },
};

static const struct report_column flow_columns[] = {
	{ "address", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "service", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "since", REPORT_MS, REPORT_SHOWN, NULL },
	{ "silent", REPORT_MS, REPORT_SHOWN, NULL },
	{ "in", REPORT_BYTES, REPORT_TOTAL, NULL },
	{ "out", REPORT_BYTES, REPORT_TOTAL, NULL },
};

/* clang-format on */

static uint64_t ago(const struct client *c, int64_t then)
{
	return (uint64_t)(c->net->loop->now - then);
}

static void prepare(void *of)
{
	struct client *c = of;

	slots_each (struct entry, e, &c->entries.table)
		e.it->tally = e.it->past;
	for (uint32_t i = 0; i < c->reaches.n; i++)
		c->reaches.v[i].tally = c->reaches.v[i].past;
	slots_each (struct link, l, &c->links.table) {
		struct traffic t = pair_moved(&l.it->pair);

		traffic_add(&l.it->entry->tally, &t);
	}
	slots_each (struct call, call, &c->reaches.calls) {
		struct traffic t = pair_moved(&call.it->pair);

		traffic_add(&call.it->reach->tally, &t);
	}
}

static struct traffic sum(const struct client *c)
{
	struct traffic all = c->entries.gone;

	slots_each (struct entry, e, &c->entries.table)
		traffic_add(&all, &e.it->tally);
	return all;
}

static bool total_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct client *c = of;
	bool up = control_is_up(&c->control);
	struct traffic t = sum(c);

	if ((*at)++ > 0)
		return false;
	report_bytes(row, identity_name(&c->identity));
	report_number(row, up);
	report_number(row, up ? ago(c, c->control.since) : 0);
	report_number(row, c->links.table.used);
	report_number(row, t.visitors);
	report_number(row, c->udplinks.table.used);
	report_number(row, c->reaches.calls.used);
	report_number(row, c->parks.table.used);
	report_number(row, c->counts.logins);
	report_number(row, c->counts.losses);
	report_number(row, t.in);
	report_number(row, t.out);
	report_number(row, c->draining);
	return true;
}

static bool turned_away_row(const void *of, uint32_t *at,
			    struct report_row *row)
{
	const struct client *c = of;
	const struct {
		const char *what;
		uint64_t n;
	} rows[] = {
		{ "visitors_all", c->counts.visitors },
		{ "flows_displaced", c->counts.flows },
		{ "datagrams_lost", c->lane.lost },
		{ "visits_all", c->counts.calls },
	};

	if (*at == COUNT(rows))
		return false;
	report_text(row, rows[*at].what);
	report_number(row, rows[*at].n);
	(*at)++;
	return true;
}

static bool relay_row(const void *of, uint32_t *at, struct report_row *row)
{
	static const char *const states[] = {
		[CONTROL_DIAL] = "connecting",  [CONTROL_HELLO] = "logging in",
		[CONTROL_LOGIN] = "logging in", [CONTROL_UP] = "up",
		[CONTROL_PLAIN] = "up",         [CONTROL_WAIT] = "waits",
	};
	const struct client *c = of;
	struct relays one = c->control.relays;
	uint8_t text[300];
	struct fmt f = fmt_to(SPAN(text));

	if (*at == one.n)
		return false;
	one.now = (*at)++;
	relays_print(&f, &one);
	report_put(row, "%s", fmt_text(&f));
	report_text(row, one.now == c->control.relays.now
				 ? states[c->control.state]
				 : "");
	return true;
}

static bool service_row(const void *of, uint32_t *at, struct report_row *row)
{
	static const char *const states[] = {
		[ENTRY_WANTED] = "wanted",
		[ENTRY_ASKED] = "asked",
		[ENTRY_PUBLISHED] = "published",
		[ENTRY_REFUSED] = "refused",
	};
	const struct client *c = of;
	const struct entry *e;
	uint8_t text[300];
	struct fmt f = fmt_to(SPAN(text));
	bool up;

	do
		e = slots_next(&c->entries.table, at);
	while (e && e->state == ENTRY_ABSENT);
	if (!e)
		return false;
	up = control_is_up(&c->control) && e->state == ENTRY_PUBLISHED;
	service_print_local(&f, &e->service);
	report_text(row, e->service.name);
	report_text(row, e->service.private
				 ? "private"
				 : service_type(e->service.protocol));
	report_text(row, e->health.down               ? "down"
			 : control_is_up(&c->control) ? states[e->state]
						      : "lost");
	report_number(row, e->port);
	report_put(row, "%s", fmt_text(&f));
	report_number(row, up);
	report_number(row, e->visitors);
	report_number(row, e->tally.visitors);
	report_number(row, e->tally.in);
	report_number(row, e->tally.out);
	report_text(row, e->host);
	report_text(row,
		    e->health.down || e->state == ENTRY_REFUSED ? e->why : "");
	return true;
}

static bool visit_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct client *c = of;
	const struct reach *r = &c->reaches.v[*at];

	if (*at == c->reaches.n)
		return false;
	(*at)++;
	report_put(row, "%.*s/%.*s", (int)r->to.owner.n,
		   (const char *)r->to.owner.p, (int)r->to.service.n,
		   (const char *)r->to.service.p);
	report_addr(row, &r->listener.at);
	report_number(row, r->visitors);
	report_number(row, r->tally.visitors);
	report_number(row, r->failed);
	report_number(row, r->tally.in);
	report_number(row, r->tally.out);
	return true;
}

static bool visitor_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct client *c = of;
	const struct link *l = slots_next(&c->links.table, at);
	struct traffic t;

	if (!l)
		return false;
	t = pair_moved(&l->pair);
	report_addr(row, &l->from);
	report_text(row, l->entry->service.name);
	report_text(row, l->state == LINK_PAIR ? "open" : "waits");
	report_number(row, ago(c, l->since));
	report_number(row, t.in);
	report_number(row, t.out);
	return true;
}

static bool flow_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct client *c = of;
	const struct udplink *f = slots_next(&c->udplinks.table, at);

	if (!f)
		return false;
	report_addr(row, &f->from);
	report_text(row, f->entry->service.name);
	report_number(row, ago(c, f->since));
	report_number(row, ago(c, f->last));
	report_number(row, f->in);
	report_number(row, f->out);
	return true;
}

static bool memory_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct client *c = of;
	const struct report_slots rows[] = {
		{ "visitors", &c->links.table },
		{ "parked", &c->parks.table },
		{ "flows", &c->udplinks.table },
		{ "lines", &c->udplinks.lines },
		{ "visits", &c->reaches.calls },
	};

	return report_slots(rows, COUNT(rows), at, row);
}

/* clang-format off */
static const struct report_table tables[] = {
	{ "totals", "client", REPORT_OF(total_columns), REPORT_ONE, total_row },
	{ "turned_away", "client", REPORT_OF(turned_away_columns), REPORT_MANY,
	  turned_away_row },
	{ "relays", NULL, REPORT_OF(relay_columns), REPORT_MANY, relay_row },
	{ "services", "client_service", REPORT_OF(service_columns), REPORT_MANY,
	  service_row },
	{ "visits", "client_visit", REPORT_OF(visit_columns), REPORT_MANY,
	  visit_row },
	{ "visitors", NULL, REPORT_OF(visitor_columns), REPORT_LONG,
	  visitor_row },
	{ "flows", NULL, REPORT_OF(flow_columns), REPORT_LONG, flow_row },
	{ "memory", "client_table", REPORT_OF(report_slots_columns), REPORT_MANY,
	  memory_row },
};
/* clang-format on */

struct report client_report(struct client *c)
{
	return (struct report){ .role = "client",
				.name = "",
				.tables = tables,
				.n = COUNT(tables),
				.of = c,
				.prepare = prepare };
}
