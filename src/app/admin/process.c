#include "app/admin/process.h"

/* clang-format off */
static const struct report_column build_columns[] = {
	{ "version", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "info", REPORT_COUNT, REPORT_MARK, "Which nat this is" },
};

static const struct report_column total_columns[] = {
	{ "uptime", REPORT_MS, REPORT_GAUGE, "How long it has been running" },
	{ "sockets", REPORT_COUNT, REPORT_GAUGE, "Descriptors waited for" },
	{ "pipes", REPORT_COUNT, REPORT_GAUGE, "Pipes open, of two descriptors each" },
	{ "descriptors_limit", REPORT_COUNT, REPORT_GAUGE,
	  "Most descriptors that the system allows" },
	{ "buffers", REPORT_BYTES, REPORT_GAUGE, "Memory of buffers in use" },
	{ "buffers_limit", REPORT_BYTES, REPORT_GAUGE, "Most of it" },
	{ "datagrams_lost", REPORT_COUNT, REPORT_TOTAL,
	  "Datagrams that the system did not take" },
};

static const struct report_column buffer_columns[] = {
	{ "size", REPORT_COUNT, REPORT_LABEL, NULL },
	{ "used", REPORT_COUNT, REPORT_GAUGE, "Buffers of a size that hold bytes" },
};

static const struct report_column error_columns[] = {
	{ "error", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "errors", REPORT_COUNT, REPORT_TOTAL, "What connections ended by" },
};
/* clang-format on */

static bool build_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct process *p = of;

	if ((*at)++ > 0)
		return false;
	report_text(row, p->version);
	report_number(row, 1);
	return true;
}

static bool total_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct process *p = of;
	const struct net *net = p->net;
	const struct pool *pool = &net->bufs.pool;

	if ((*at)++ > 0)
		return false;
	report_number(row, (uint64_t)(net->loop->now - p->since));
	report_number(row, net->loop->watched);
	report_number(row, net->pipes.open);
	report_number(row, (uint64_t)p->most_fds);
	report_number(row, (uint64_t)pool->taken * POOL_SLAB);
	report_number(row, (uint64_t)pool->nslabs * POOL_SLAB);
	report_number(row, net->outbox.lost);
	return true;
}

static bool buffer_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct process *p = of;
	uint32_t class = *at;

	if (class == POOL_CLASSES)
		return false;
	(*at)++;
	report_number(row, pool_class_size((enum pool_class) class));
	report_number(row, p->net->bufs.pool.used[class]);
	return true;
}

static bool error_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct process *p = of;
	int err = (int)++*at;

	if (err >= NAT_ERR_END)
		return false;
	report_text(row, err_name(-err));
	report_number(row, p->net->errors[err]);
	return true;
}

/* clang-format off */
static const struct report_table tables[] = {
	{ "build", "build", REPORT_OF(build_columns), REPORT_ONE, build_row },
	{ "totals", "process", REPORT_OF(total_columns), REPORT_ONE, total_row },
	{ "buffers", "buffers", REPORT_OF(buffer_columns), REPORT_MANY,
	  buffer_row },
	{ "errors", "process", REPORT_OF(error_columns), REPORT_MANY, error_row },
};
/* clang-format on */

struct report process_report(struct process *p)
{
	return (struct report){ .role = "process",
				.name = "",
				.tables = tables,
				.n = COUNT(tables),
				.of = p };
}
