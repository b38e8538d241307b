/* report - what a server and a client of natpass tell of themselves (base/report.h).
 */
#include "app/natpass/inner.h"
#include "app/natpass/pass.h"

/* ---- a server ---- */

/* clang-format off */
static const struct report_column server_columns[] = {
	{ "clients", REPORT_COUNT, REPORT_GAUGE, "Connections of clients of natpass" },
	{ "links", REPORT_COUNT, REPORT_GAUGE, "Links between them" },
	{ "links", REPORT_COUNT, REPORT_TOTAL, "Links that have been opened" },
	{ "moved", REPORT_BYTES, REPORT_TOTAL, "Bytes of messages passed on" },
};

static const struct report_column client_columns[] = {
	{ "id", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "address", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "index", REPORT_COUNT, REPORT_SHOWN, NULL },
	{ "transport", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "since", REPORT_MS, REPORT_SHOWN, NULL },
	{ "links", REPORT_COUNT, REPORT_SHOWN, NULL },
	{ "moved", REPORT_BYTES, REPORT_TOTAL, NULL },
};

static const struct report_column link_columns[] = {
	{ "link", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "from", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "to", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "out", REPORT_BYTES, REPORT_TOTAL, NULL },
	{ "in", REPORT_BYTES, REPORT_TOTAL, NULL },
};
/* clang-format on */

static bool server_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct natpass_server *s = of;

	if ((*at)++ > 0)
		return false;
	report_number(row, s->conns.used - s->nknocking);
	report_number(row, s->links.used);
	report_number(row, s->opened);
	report_number(row, s->moved);
	return true;
}

static uint32_t count(const struct list *l)
{
	uint32_t n = 0;

	list_each (at, l)
		n++;
	return n;
}

static bool client_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct natpass_server *s = of;
	const struct pass_conn *c;

	do
		c = slots_next(&s->conns, at);
	while (c && !c->up);
	if (!c)
		return false;
	report_bytes(row, pass_id(c));
	report_addr(row, &c->from);
	report_number(row, c->idx);
	report_text(row, secure_name(&c->tcp));
	report_number(row, (uint64_t)(s->net->loop->now - c->since));
	report_number(row, count(&c->ends));
	report_number(row, c->sent);
	return true;
}

static bool link_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct natpass_server *s = of;
	const struct pass_link *l;

	do
		l = slots_next(&s->links, at);
	while (l && l->closed);
	if (!l)
		return false;
	report_bytes(row, (struct bytes){ l->id, l->id_n });
	for (size_t i = 0; i < COUNT(l->ends); i++)
		report_bytes(row, pass_id(l->ends[i].conn));
	for (size_t i = 0; i < COUNT(l->ends); i++)
		report_number(row, l->ends[i].sent);
	return true;
}

static const struct report_table server_tables[] = {
	{ "totals", "natpass", REPORT_OF(server_columns), REPORT_ONE,
	  server_row },
	{ "clients", NULL, REPORT_OF(client_columns), REPORT_MANY, client_row },
	{ "links", NULL, REPORT_OF(link_columns), REPORT_LONG, link_row },
};

struct report natpass_report(struct natpass_server *s)
{
	return (struct report){ .role = "natpass",
				.name = "",
				.tables = server_tables,
				.n = COUNT(server_tables),
				.of = s };
}

/* ---- a client ---- */

/* clang-format off */
static const struct report_column agent_columns[] = {
	{ "id", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "server", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "up", REPORT_COUNT, REPORT_GAUGE, "1 while it is logged in" },
	{ "links", REPORT_COUNT, REPORT_GAUGE, "Links with other clients" },
};

static const struct report_column vlink_columns[] = {
	{ "link", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "with", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "of", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "state", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "window", REPORT_BYTES, REPORT_SHOWN, NULL },
	{ "kept", REPORT_BYTES, REPORT_SHOWN, NULL },
};
/* clang-format on */

static bool agent_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct agent *a = of;

	if ((*at)++ > 0)
		return false;
	report_bytes(row, agent_id(a));
	report_text(row, a->conf->server);
	report_number(row, trunk_is_up(&a->trunk));
	report_number(row, a->trunk.links.table.used);
	return true;
}

static const char *kind_name(const struct vlink *l)
{
	if (vlink_is(l, VLINK_DGRAMS))
		return "datagrams";
	return l->kind == &vlink_shell ? "shell" : "bytes";
}

static bool vlink_row(const void *of, uint32_t *at, struct report_row *row)
{
	static const char *const names[] = {
#define X(name) #name,
		VLINK_STATES(X)
#undef X
	};
	const struct agent *a = of;
	const struct vlink *l = slots_next(&a->trunk.links.table, at);

	if (!l)
		return false;
	report_bytes(row, vlink_id(l));
	report_bytes(row, vlink_peer(l));
	report_text(row, kind_name(l));
	report_text(row, names[l->state]);
	report_number(row, l->flow.window);
	report_number(row, l->kept.n);
	return true;
}

static const struct report_table agent_tables[] = {
	{ "totals", "natpass_client", REPORT_OF(agent_columns), REPORT_ONE,
	  agent_row },
	{ "links", NULL, REPORT_OF(vlink_columns), REPORT_LONG, vlink_row },
};

struct report agent_report(struct agent *a)
{
	return (struct report){ .role = "natpass client",
				.name = "",
				.tables = agent_tables,
				.n = COUNT(agent_tables),
				.of = a };
}
