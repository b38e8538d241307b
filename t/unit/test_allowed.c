#include "unit.h"
#include "wire/allowed.h"

static void faults(void **state)
{
	static const struct {
		const char *list, *why;
	} tab[] = {
		{ "shell", NULL },
		{ "shell,bench,tcp,udp:*:53", NULL },
		{ "tcp:127.0.0.1:22", NULL },
		{ "tcp:[::1]:22,udp:a.b:1-65535", NULL },
		{ "tcp:*:*", NULL },
		{ "", "is no type: tcp, udp, shell, bench" },
		{ "shell,,bench", "is no type: tcp, udp, shell, bench" },
		{ "ftp", "is no type: tcp, udp, shell, bench" },
		{ "shell:a:1", "has no host" },
		{ "tcp:22", "is not TYPE:HOST:PORT: tcp:127.0.0.1:22" },
		{ "tcp:", "is not TYPE:HOST:PORT: tcp:127.0.0.1:22" },
		{ "tcp:a:0", "is not TYPE:HOST:PORT: tcp:127.0.0.1:22" },
		{ "tcp:a:9-1", "is not TYPE:HOST:PORT: tcp:127.0.0.1:22" },
		{ "tcp:a:1x", "is not TYPE:HOST:PORT: tcp:127.0.0.1:22" },
		{ "tcp:a:65536", "is not TYPE:HOST:PORT: tcp:127.0.0.1:22" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		const char *why = allowed_fault(bytes_of(tab[i].list));

		assert_int_equal(!why, !tab[i].why);
		if (why)
			assert_string_equal(why, tab[i].why);
	}
}

static bool lets(const char *list, uint32_t type, const char *host,
		 uint32_t port)
{
	struct natpass_request ask = {
		.type = type,
		.told = host ? NATPASS_CADDR : 0,
		.addr = { bytes_of(host ? host : ""), port },
	};
	struct guard g;
	bool has = allowed_has(guard_bytes(&g, bytes_of(list)), &ask);

	guard_free(&g);
	return has;
}

static void lists(void **state)
{
	static const char list[] = "tcp:127.0.0.1:22,tcp:[::1]:80-90,shell,"
				   "udp:Box.lan:*";

	(void)state;
	assert_true(lets(list, NATPASS_TCP, "127.0.0.1", 22));
	assert_false(lets(list, NATPASS_TCP, "127.0.0.1", 23));
	assert_false(lets(list, NATPASS_TCP, "127.0.0.10", 22));
	assert_false(lets(list, NATPASS_TCP, "127.0.0", 22));
	assert_false(lets(list, NATPASS_UDP, "127.0.0.1", 22));
	assert_true(lets(list, NATPASS_TCP, "::1", 80));
	assert_true(lets(list, NATPASS_TCP, "::1", 90));
	assert_false(lets(list, NATPASS_TCP, "::1", 91));
	assert_true(lets(list, NATPASS_UDP, "bOX.LAN", 1));
	assert_false(lets(list, NATPASS_UDP, "box.lan", 0));
	assert_true(lets(list, NATPASS_SHELL, NULL, 0));
	assert_false(lets(list, NATPASS_BENCH, NULL, 0));
	assert_false(lets(list, 77, NULL, 0));
	assert_false(lets("", NATPASS_SHELL, NULL, 0));
	assert_true(lets("tcp", NATPASS_TCP, "anywhere", 1));
	assert_false(lets("tcp", NATPASS_TCP, NULL, 0));
	assert_false(lets("tcp", NATPASS_TCP, "", 1));
	assert_false(lets("tcp", NATPASS_TCP, "a", 65536 + 22));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults),
		cmocka_unit_test(lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
