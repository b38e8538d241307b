#include "unit.h"
#include "wire/passrule.h"

static void rules(void **state)
{
	static const struct {
		const char *text, *at, *target, *to;
		uint32_t type;
		uint16_t port, to_port;
	} tab[] = {
		{ "2222:box:127.0.0.1:22", "127.0.0.1", "box", "127.0.0.1",
		  NATPASS_TCP, 2222, 22 },
		{ "tcp:0:box:host:65535", "127.0.0.1", "box", "host",
		  NATPASS_TCP, 0, 65535 },
		{ "udp:5353:a b:[::1]:53", "127.0.0.1", "a b", "::1",
		  NATPASS_UDP, 5353, 53 },
		{ "0.0.0.0:1:b:c:2", "0.0.0.0", "b", "c", NATPASS_TCP, 1, 2 },
		{ "udp:[::]:1:b:[fe80::1]:2", "::", "b", "fe80::1", NATPASS_UDP,
		  1, 2 },
		{ "tcp:udp:1:b:c:2", "udp", "b", "c", NATPASS_TCP, 1, 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct passrule r;
		struct guard g;
		struct bytes in = guard_bytes(&g, bytes_of(tab[i].text));

		assert_int_equal(passrule_parse(&r, in), 0);
		assert_int_equal(r.type, tab[i].type);
		assert_bytes_equal(r.at.host, bytes_of(tab[i].at));
		assert_int_equal(r.at.port, tab[i].port);
		assert_bytes_equal(r.target, bytes_of(tab[i].target));
		assert_bytes_equal(r.to.host, bytes_of(tab[i].to));
		assert_int_equal(r.to.port, tab[i].to_port);
		guard_free(&g);
	}
}

static void faults(void **state)
{
	static const char *const tab[] = {
		"",
		":",
		"22",
		"22:box",
		"22:box:22",
		":::",
		"22::a:1",
		"22:box:a:0",
		"22:box::1",
		"x:b:c:1",
		"22:b:[::1",
		"22:b:]:1",
		"22:b:[]:1",
		"udp:",
		"22:b:c:1x",
		"99999:b:c:1",
		"22:b:[:]c:1",
		"tcp:box:a:1",
	};
	struct passrule r;

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++)
		assert_int_equal(passrule_parse(&r, bytes_of(tab[i])),
				 -NAT_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules),
		cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
