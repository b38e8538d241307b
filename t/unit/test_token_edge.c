#include "unit.h"
#include "wire/token.h"

static void groups(void **state)
{
	static const struct {
		const char *text;
		bool good, web;
	} tab[] = {
		{ "a:b group=web", true, true },
		{ "a:b group=mail,web", true, true },
		{ "a:b group=web2,we", true, false },
		{ "a:b", true, false },
		{ "b group=web", false, true },
		{ "a:b group=", false, false },
		{ "a:b group=web,", false, true },
		{ "a:b group=,web", false, true },
		{ "a:b group=we/b", false, false },
		{ "a:b group=web group=web", false, true },
		{ "a:b ports=1 group=web ports=1", false, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct token_file f;
		struct token_line line;

		token_file_init(&f, bytes_of(tab[i].text));
		assert_true(token_file_next(&f, &line));
		if ((line.fault == NULL) != tab[i].good ||
		    token_gives_group(&line, BYTES("web")) != tab[i].web)
			fail_msg("%s", tab[i].text);
	}
}

static void limits(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint32_t visitors, rate, burst, allow, deny;
	} tab[] = {
		{ "b visitors=7", true, 7, 0, 0, 0, 0 },
		{ "b visitors=0", false, 0, 0, 0, 0, 0 },
		{ "b visitors=65536", false, 0, 0, 0, 0, 0 },
		{ "b visitors=", false, 0, 0, 0, 0, 0 },
		{ "b rate=5", true, 0, 5, 10, 0, 0 },
		{ "b rate=5/1", true, 0, 5, 1, 0, 0 },
		{ "b rate=5/", false, 0, 5, 0, 0, 0 },
		{ "b rate=0/1", false, 0, 0, 0, 0, 0 },
		{ "b rate=5/0", false, 0, 5, 0, 0, 0 },
		{ "b rate=5 rate=6", false, 0, 5, 10, 0, 0 },
		{ "b allow=192.0.2.0/24,::1 deny=192.0.2.1", true, 0, 0, 0, 2,
		  1 },
		{ "b allow=", false, 0, 0, 0, 0, 0 },
		{ "b allow=::1,", false, 0, 0, 0, 1, 0 },
		{ "b deny=192.0.2.1/24", false, 0, 0, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct token_file f;
		struct token_line l;

		token_file_init(&f, bytes_of(tab[i].text));
		assert_true(token_file_next(&f, &l));
		if ((l.fault == NULL) != tab[i].good ||
		    l.rights.limits.visitors != tab[i].visitors ||
		    l.rights.limits.rate.rate != tab[i].rate ||
		    l.rights.limits.rate.burst != tab[i].burst ||
		    l.rights.limits.allow.n != tab[i].allow ||
		    l.rights.limits.deny.n != tab[i].deny)
			fail_msg("%s", tab[i].text);
	}
}

static void speeds(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint32_t in, out, each_in, each_out;
	} tab[] = {
		{ "b bandwidth=512", true, 512, 512, 0, 0 },
		{ "b bandwidth=64K/2M", true, 64 << 10, 2 << 20, 0, 0 },
		{ "b bandwidth=0/1G", true, 0, 1 << 30, 0, 0 },
		{ "b bandwidth_each=3M bandwidth=1/2", true, 1, 2, 3 << 20,
		  3 << 20 },
		{ "b bandwidth=4095M", true, 4095u << 20, 4095u << 20, 0, 0 },
		{ "b bandwidth=4096M", false, 0, 0, 0, 0 },
		{ "b bandwidth=4G", false, 0, 0, 0, 0 },
		{ "b bandwidth=0", false, 0, 0, 0, 0 },
		{ "b bandwidth=0/0", false, 0, 0, 0, 0 },
		{ "b bandwidth=", false, 0, 0, 0, 0 },
		{ "b bandwidth=K", false, 0, 0, 0, 0 },
		{ "b bandwidth=1/", false, 1, 1, 0, 0 },
		{ "b bandwidth=1KM", false, 1 << 10, 1 << 10, 0, 0 },
		{ "b bandwidth=1/2/3", false, 1, 2, 0, 0 },
		{ "b bandwidth_each=1k", false, 0, 0, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct token_file f;
		struct token_line l;
		const struct token_limits *is = &l.rights.limits;

		token_file_init(&f, bytes_of(tab[i].text));
		assert_true(token_file_next(&f, &l));
		if ((l.fault == NULL) != tab[i].good ||
		    (tab[i].good && (is->bandwidth[0] != tab[i].in ||
				     is->bandwidth[1] != tab[i].out ||
				     is->each[0] != tab[i].each_in ||
				     is->each[1] != tab[i].each_out)))
			fail_msg("%s", tab[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups),
		cmocka_unit_test(speeds),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
