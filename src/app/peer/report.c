/* report - what a signed peer tells of itself (base/report.h). */
#include "app/peer/peer.h"

/* clang-format off */
static const struct report_column total_columns[] = {
	{ "peers", REPORT_COUNT, REPORT_GAUGE, "Peers that have said hello of late" },
	{ "sessions", REPORT_COUNT, REPORT_GAUGE, "Introductions and proxy sessions" },
	{ "links", REPORT_COUNT, REPORT_GAUGE, "Peers that data is exchanged with, or is "
	  "expected of" },
	{ "visitors", REPORT_COUNT, REPORT_GAUGE, "Connections to services" },
	{ "signatures", REPORT_COUNT, REPORT_TOTAL, "Signatures that were checked" },
	{ "wrong", REPORT_COUNT, REPORT_TOTAL, "Of them, those that were wrong" },
	{ "nonces", REPORT_COUNT, REPORT_TOTAL, "Nonces given to strangers" },
	{ "passed", REPORT_COUNT, REPORT_TOTAL, "Messages passed on to others" },
};

static const struct report_column introducer_columns[] = {
	{ "name", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "address", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "id", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "state", REPORT_TEXT, REPORT_SHOWN, NULL },
};

static const struct report_column link_columns[] = {
	{ "id", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "address", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "path", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "trip", REPORT_MS, REPORT_SHOWN, NULL },
	{ "age", REPORT_MS, REPORT_SHOWN, NULL },
	{ "silent", REPORT_MS, REPORT_SHOWN, NULL },
};

static const struct report_column peer_columns[] = {
	{ "id", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "address", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "nat", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "silent", REPORT_MS, REPORT_SHOWN, NULL },
};
/* clang-format on */

static void put_id(struct report_row *row, const uint8_t id[CHAIN_ID])
{
	char text[2 * CHAIN_ID];
	struct fmt f = fmt_to(SPAN(text));

	fmt_hex(&f, (struct bytes){ id, CHAIN_ID });
	report_put(row, "%.*s", (int)f.n, text);
}

static bool total_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct peering *p = of;
	const struct node_counts *c = &p->node.counts;

	if ((*at)++ > 0)
		return false;
	report_number(row, p->node.peers.rows.used);
	report_number(row, p->node.sessions.rows.used);
	report_number(row, p->links.rows.used);
	report_number(row, p->links.tables.joints.used);
	report_number(row, c->checked);
	report_number(row, c->wrong);
	report_number(row, c->nonces);
	report_number(row, c->passed);
	return true;
}

static bool introducer_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct peering *p = of;
	const struct contact *d = peering_introducer(p, at);

	if (!d)
		return false;
	report_text(row, d->found ? "found" : d->name);
	report_addr(row, &d->at);
	if (d->known)
		put_id(row, d->id);
	else
		report_text(row, "");
	report_text(row, d->up ? "answers" : "silent");
	return true;
}

static bool link_row(const void *of, uint32_t *at, struct report_row *row)
{
	static const char *const ways[] = { "none", "straight", "proxy" };
	const struct peering *p = of;
	const struct link *k = slots_next(&p->links.rows, at);
	uint64_t now = (uint64_t)p->net->loop->now;

	if (!k)
		return false;
	put_id(row, k->id);
	report_addr(row, k->way == LINK_PROXY ? &k->pass.proxy : &k->at);
	report_text(row, k->assoc.state ? ways[k->way] : "expected");
	report_number(row, rtt_ms(&k->assoc.sctp.rtt));
	report_number(row, k->assoc.state ? now - (uint64_t)k->proved : 0);
	report_number(row, now - (uint64_t)k->seen);
	return true;
}

static bool peer_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct peering *p = of;
	const struct peer *it = slots_next(&p->node.peers.rows, at);

	if (!it)
		return false;
	put_id(row, it->id);
	report_addr(row, &it->at);
	report_text(row, nat_name(it->nat));
	report_number(row, (uint64_t)(p->net->loop->now - it->seen));
	return true;
}

static const struct report_table tables[] = {
	{ "totals", "peer", REPORT_OF(total_columns), REPORT_ONE, total_row },
	{ "introducers", NULL, REPORT_OF(introducer_columns), REPORT_MANY,
	  introducer_row },
	{ "links", NULL, REPORT_OF(link_columns), REPORT_MANY, link_row },
	{ "peers", NULL, REPORT_OF(peer_columns), REPORT_LONG, peer_row },
};

struct report peering_report(struct peering *p)
{
	return (struct report){ "peer", "", tables, COUNT(tables), p, NULL };
}
