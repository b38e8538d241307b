/* report - what the relay tells of itself (base/report.h). Its rows go by index
 * in the tables of slots: who comes or goes meanwhile is missed or not, nobody is
 * told of twice.
 */
#include "app/relay/flow.h"
#include "app/relay/published.h"
#include "app/relay/session.h"
#include "app/relay/visitor.h"
#include "app/relay/web.h"
#include "wire/service.h"

/* clang-format off */
static const struct report_column total_columns[] = {
	{ "clients", REPORT_COUNT, REPORT_GAUGE, "Clients that are logged in" },
	{ "services", REPORT_COUNT, REPORT_GAUGE, "Services that are published" },
	{ "visitors", REPORT_COUNT, REPORT_GAUGE, "Visitors of TCP services now" },
	{ "visitors", REPORT_COUNT, REPORT_TOTAL,
	  "Visitors of all services that have come" },
	{ "flows", REPORT_COUNT, REPORT_GAUGE, "Visitors of UDP services now" },
	{ "parked", REPORT_COUNT, REPORT_GAUGE, "Connections opened ahead" },
	{ "in", REPORT_BYTES, REPORT_TOTAL, "Bytes from visitors to services" },
	{ "out", REPORT_BYTES, REPORT_TOTAL, "Bytes from services to visitors" },
	{ "draining", REPORT_COUNT, REPORT_GAUGE, "1 while nobody new is served" },
};

static const struct report_column admitted_columns[] = {
	{ "what", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "admitted", REPORT_COUNT, REPORT_TOTAL, "What was let in" },
};

static const struct report_column turned_away_columns[] = {
	{ "what", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "turned_away", REPORT_COUNT, REPORT_TOTAL,
	  "What was not let in, or gave way, by the limit that it met" },
};

static const struct report_column tls_columns[] = {
	{ "handshakes", REPORT_COUNT, REPORT_TOTAL, "Handshakes of TLS" },
	{ "resumed", REPORT_COUNT, REPORT_TOTAL, "Those without a certificate" },
	{ "failed", REPORT_COUNT, REPORT_TOTAL, "Handshakes that failed" },
	{ "late", REPORT_COUNT, REPORT_TOTAL,
	  "Those of them that went silent, or gave way" },
};

static const struct report_column listener_columns[] = {
	{ "address", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "for", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "udp", REPORT_TEXT, REPORT_SHOWN, NULL },
};

static const struct report_column web_columns[] = {
	{ "connections", REPORT_COUNT, REPORT_GAUGE,
	  "Connections of HTTP visitors now" },
	{ "shared", REPORT_COUNT, REPORT_GAUGE,
	  "Those that share a connection to their client" },
	{ "requests", REPORT_COUNT, REPORT_TOTAL, "Requests of HTTP" },
};

static const struct report_column client_columns[] = {
	{ "client", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "address", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "transport", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "since", REPORT_MS, REPORT_SHOWN, NULL },
	{ "services", REPORT_COUNT, REPORT_SHOWN, NULL },
	{ "visitors", REPORT_COUNT, REPORT_SHOWN, NULL },
	{ "visits", REPORT_COUNT, REPORT_SHOWN, NULL },
	{ "parked", REPORT_COUNT, REPORT_SHOWN, NULL },
};

static const struct report_column service_columns[] = {
	{ "service", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "client", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "type", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "port", REPORT_COUNT, REPORT_LABEL, NULL },
	{ "state", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "visitors", REPORT_COUNT, REPORT_GAUGE, "Visitors now" },
	{ "visitors", REPORT_COUNT, REPORT_TOTAL, "Visitors that have come" },
	{ "in", REPORT_BYTES, REPORT_TOTAL, "Bytes from visitors" },
	{ "out", REPORT_BYTES, REPORT_TOTAL, "Bytes to visitors" },
	{ "host", REPORT_TEXT, REPORT_SHOWN, NULL },
};

static const struct report_column visitor_columns[] = {
	{ "address", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "service", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "client", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "state", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "since", REPORT_MS, REPORT_SHOWN, NULL },
	{ "in", REPORT_BYTES, REPORT_TOTAL, NULL },
	{ "out", REPORT_BYTES, REPORT_TOTAL, NULL },
	{ "by", REPORT_TEXT, REPORT_SHOWN, NULL },
};

static const struct report_column flow_columns[] = {
	{ "address", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "service", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "client", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "way", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "since", REPORT_MS, REPORT_SHOWN, NULL },
	{ "silent", REPORT_MS, REPORT_SHOWN, NULL },
	{ "in", REPORT_BYTES, REPORT_TOTAL, NULL },
	{ "out", REPORT_BYTES, REPORT_TOTAL, NULL },
};

/* clang-format on */

static uint64_t ago(const struct relay *r, int64_t then)
{
	return (uint64_t)(relay_now(r) - then);
}

/* Visitors note nothing at their services until they leave: that keeps what moves
 * bytes free of it, and costs who asks one look at each.
 */
static void prepare(void *of)
{
	struct relay *r = of;

	r->traffic.tally = r->traffic.closed;
	slots_each (struct published, p, &r->published)
		p.it->tally = p.it->past;
	slots_each (struct visitor, v, &r->visitors) {
		struct traffic t = visitor_moved(v.it);

		traffic_add(&v.it->published->tally, &t);
	}
	slots_each (struct published, p, &r->published)
		traffic_add(&r->traffic.tally, &p.it->tally);
}

static bool total_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct relay *r = of;

	if ((*at)++ > 0)
		return false;
	report_number(row, r->sessions.used);
	report_number(row, r->published.used);
	report_number(row, r->visitors.used);
	report_number(row, r->traffic.tally.visitors);
	report_number(row, r->flows.table.used);
	report_number(row, r->parked.used);
	report_number(row, r->traffic.tally.in);
	report_number(row, r->traffic.tally.out);
	report_number(row, r->draining);
	return true;
}

static bool gate_row(const struct relay *r, bool in, uint32_t *at,
		     struct report_row *row)
{
	while (*at < GATE_COUNTED && gate_lets_in[*at] != in)
		(*at)++;
	if (*at == GATE_COUNTED)
		return false;
	report_text(row, gate_count_names[*at]);
	report_number(row, r->gate.counts[*at]);
	(*at)++;
	return true;
}

static bool admitted_row(const void *of, uint32_t *at, struct report_row *row)
{
	return gate_row(of, true, at, row);
}

static bool turned_away_row(const void *of, uint32_t *at,
			    struct report_row *row)
{
	return gate_row(of, false, at, row);
}

static void put_port(struct report_row *row, const struct relay_port *p)
{
	report_addr(row, &p->listener.at);
	report_put(row, "clients%s%s", p->sealed ? " by TLS" : "",
		   p->shared ? ", https" : "");
	report_text(row, udp_runs(&p->udp) ? "yes" : "no");
}

/* Those of clients, then those of browsers. */
static bool listener_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct relay *r = of;
	uint32_t i = (*at)++;
	const char *speaks;
	struct addr a;

	if (i < r->ports.n) {
		put_port(row, &r->ports.v[i]);
		return true;
	}
	speaks = web_listens(r, i - r->ports.n, &a);
	if (!speaks)
		return false;
	report_addr(row, &a);
	report_text(row, speaks);
	report_text(row, "no");
	return true;
}

static bool web_row(const void *of, uint32_t *at, struct report_row *row)
{
	struct web_counts n;

	if ((*at)++ > 0 || !web_count(of, &n))
		return false;
	report_number(row, n.connections);
	report_number(row, n.shared);
	report_number(row, n.requests);
	return true;
}

static bool client_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct relay *r = of;
	const struct session *s = slots_next(&r->sessions, at);

	if (!s)
		return false;
	report_text(row, s->name);
	report_addr(row, &s->from);
	report_text(row, wsock_name(&s->tcp) ? wsock_name(&s->tcp)
					     : secure_name(&s->tcp));
	report_number(row, ago(r, s->as.since));
	report_number(row, s->n.published);
	report_number(row, s->n.visitors);
	report_number(row, s->visits.n);
	report_number(row, s->parking.n);
	return true;
}

static const char *type_of(const struct published *p)
{
	return p->private ? "private"
			  : service_type((enum fastnat_protocol)p->protocol);
}

/* One that is closed but still visited is none any more. */
static bool service_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct relay *r = of;
	const struct published *p;
	char name[FASTNAT_HOST];
	struct fmt f = fmt_to(SPAN(name));

	do {
		p = slots_next(&r->published, at);
		if (!p)
			return false;
	} while (!published_open_still(p));
	report_text(row, p->name);
	report_text(row, p->owner);
	report_text(row, type_of(p));
	report_number(row, p->route ? web_port_of(p) : p->port);
	report_text(row, p->session ? "open" : "waits");
	report_number(row, p->visitors);
	report_number(row, p->tally.visitors);
	report_number(row, p->tally.in);
	report_number(row, p->tally.out);
	web_print_name(&f, p);
	report_text(row, fmt_text(&f));
	return true;
}

static bool visitor_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct relay *r = of;
	const struct visitor *v = slots_next(&r->visitors, at);
	const struct session *by;
	struct traffic t;

	if (!v)
		return false;
	t = visitor_moved(v);
	by = slots_find(&r->sessions, v->by);
	report_addr(row, &v->from);
	report_text(row, v->published->name);
	report_text(row, v->published->owner);
	report_text(row, v->paired ? "open" : "waits");
	report_number(row, ago(r, v->since));
	report_number(row, t.in);
	report_number(row, t.out);
	report_text(row, by ? by->name : "");
	return true;
}

static bool flow_row(const void *of, uint32_t *at, struct report_row *row)
{
	static const char *const ways[] = { [FLOW_CARRIER] = "datagrams",
					    [FLOW_ASKED] = "waits",
					    [FLOW_LINE] = "connection" };
	const struct relay *r = of;
	const struct flow *f = slots_next(&r->flows.table, at);

	if (!f)
		return false;
	report_addr(row, &f->from);
	report_text(row, f->published->name);
	report_text(row, f->published->owner);
	report_text(row, ways[f->way]);
	report_number(row, ago(r, f->since));
	report_number(row, ago(r, f->last));
	report_number(row, f->in);
	report_number(row, f->out);
	return true;
}

static bool tls_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct relay *r = of;
	struct secure_counts n;

	if ((*at)++ > 0 || !secure_count(r->secure, &n))
		return false;
	report_number(row, n.handshakes);
	report_number(row, n.resumed);
	report_number(row, n.failed);
	report_number(row, n.late);
	return true;
}

static bool memory_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct relay *r = of;
	const struct report_slots rows[] = {
		{ "connections", &r->doors },
		{ "clients", &r->sessions },
		{ "services", &r->published },
		{ "visitors", &r->visitors },
		{ "parked", &r->parked },
		{ "flows", &r->flows.table },
		{ "lines", &r->flows.lines },
		{ "addresses", &r->gate.tally.rows },
	};

	return report_slots(rows, COUNT(rows), at, row);
}

/* clang-format off */
static const struct report_table tables[] = {
	{ "totals", "relay", REPORT_OF(total_columns), REPORT_ONE, total_row },
	{ "admitted", "relay", REPORT_OF(admitted_columns), REPORT_MANY,
	  admitted_row },
	{ "turned_away", "relay", REPORT_OF(turned_away_columns), REPORT_MANY,
	  turned_away_row },
	{ "tls", "relay_tls", REPORT_OF(tls_columns), REPORT_MANY, tls_row },
	{ "web", "relay_web", REPORT_OF(web_columns), REPORT_MANY, web_row },
	{ "listeners", NULL, REPORT_OF(listener_columns), REPORT_MANY,
	  listener_row },
	{ "clients", NULL, REPORT_OF(client_columns), REPORT_MANY, client_row },
	{ "services", "relay_service", REPORT_OF(service_columns), REPORT_MANY,
	  service_row },
	{ "visitors", NULL, REPORT_OF(visitor_columns), REPORT_LONG,
	  visitor_row },
	{ "flows", NULL, REPORT_OF(flow_columns), REPORT_LONG, flow_row },
	{ "memory", "relay_table", REPORT_OF(report_slots_columns), REPORT_MANY,
	  memory_row },
};
/* clang-format on */

struct report relay_report(struct relay *r)
{
	return (struct report){ .role = "relay",
				.name = "",
				.tables = tables,
				.n = COUNT(tables),
				.of = r,
				.prepare = prepare };
}
