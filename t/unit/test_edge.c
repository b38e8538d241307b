#include "unit.h"
#include "wire/edge.h"

/* What each asks for, of a service; fault NULL: it is good. */
static const struct {
	const char *service;
	struct edge_wish wish;
	const char *fault;
} rows[] = {
	{ "tcp:1", { .proxy_protocol = NULL }, NULL },
	{ "tcp:1", { .proxy_protocol = "v1" }, NULL },
	{ "udp:1", { .proxy_protocol = "v2" }, NULL },
	{ "udp:1", { .proxy_protocol = "v1" }, "v1 has no datagrams" },
	{ "tcp:1", { .proxy_protocol = "2" }, "is v1 or v2" },
	{ "tcp:1", { .proxy_protocol = "" }, "is v1 or v2" },
	{ "tcp:1@2", { .group = "web" }, NULL },
	{ "http:1@a", { .group = "web", .group_key = "x y" }, NULL },
	{ "tcp:1@private", { .group = "web" }, "a group shares" },
	{ "tcp:1", { .group = "web" }, "a group shares" },
	{ "tcp:1@2", { .group = "w b" }, "group is not" },
	{ "tcp:1@2", { .group = "" }, "group is not" },
	{ "tcp:1@2", { .group_key = "x" }, "without a group" },
	{ "tcp:1", { .check = "tcp" }, NULL },
	{ "http:1@a", { .check = "http:/" }, NULL },
	{ "http:1@a", { .check = "http:/a?b=%20" }, NULL },
	{ "tcp:1", { .check = "http:" }, "check is tcp" },
	{ "tcp:1", { .check = "http:a" }, "check is tcp" },
	{ "tcp:1", { .check = "http:/a b" }, "check is tcp" },
	{ "tcp:1", { .check = "tcp:/" }, "check is tcp" },
	{ "tcp:1", { .check = "" }, "check is tcp" },
	{ "udp:1", { .check = "tcp" }, "not udp" },
};

static void wishes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct service s;
		const char *why;

		assert_null(service_parse(&s, bytes_of(rows[i].service)));
		why = edge_read(&s, &rows[i].wish);
		if ((why != NULL) != (rows[i].fault != NULL) ||
		    (why && !strstr(why, rows[i].fault)))
			fail_msg("row %zu: %s", i, why ? why : "good");
	}
}

static void usual(void **state)
{
	struct edge_wish w = { .check = "http:/x" };
	struct service s;

	(void)state;
	assert_null(service_parse(&s, BYTES("tcp:1")));
	assert_null(edge_read(&s, &w));
	assert_string_equal(s.edge.check.path, "/x");
	assert_int_equal(s.edge.check.interval, EDGE_INTERVAL);
	assert_int_equal(s.edge.check.timeout, EDGE_TIMEOUT);
	assert_int_equal(s.edge.check.fails, EDGE_FAILS);
	w = (struct edge_wish){ .check = "tcp",
				.check_interval = 1,
				.check_timeout = 2,
				.check_fails = 4 };
	assert_null(edge_read(&s, &w));
	assert_string_equal(s.edge.check.path, "");
	assert_int_equal(s.edge.check.interval, 1);
	assert_int_equal(s.edge.check.timeout, 2);
	assert_int_equal(s.edge.check.fails, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wishes),
		cmocka_unit_test(usual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
