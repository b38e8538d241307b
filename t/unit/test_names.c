#include "rig.h"
#include "net/bufs.h"
#include "net/names.h"

static const struct net_limits limits = { .memory = 1 << 20 };

static struct rig rig;

static const struct addr v4 = { .family = ADDR_IP4, .ip = { 127, 0, 0, 1 } };
static const struct addr v6 = { .family = ADDR_IP6, .ip = { [15] = 1 } };

static void numbers(void **state)
{
	static const struct {
		const char *text;
		const struct addr *addr;
	} rows[] = { { "127.0.0.1", &v4 }, { "::1", &v6 } };
	struct addr to[4];

	(void)state;
	rig_start(&rig, &limits, 10);
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int most = 1; most <= 4; most++) {
			assert_int_equal(names_find(&rig.net,
						    bytes_of(rows[i].text), 80,
						    to, most),
					 1);
			assert_int_equal(to[0].family, rows[i].addr->family);
			assert_true(addr_same_ip(&to[0], rows[i].addr));
			assert_int_equal(to[0].port, 80);
		}
	}
	rig_stop(&rig);
}

/* Here or there, in any case, and no more than asked for. */
static void localhost(void **state)
{
	static const char *const texts[] = { "localhost", "LOCALHOST",
					     "LocalHost" };
	struct addr to[4];

	(void)state;
	rig_start(&rig, &limits, 10);
	for (size_t i = 0; i < COUNT(texts); i++) {
		for (int most = 1; most <= 4; most++) {
			int n = names_find(&rig.net, bytes_of(texts[i]), 22, to,
					   most);

			assert_in_range(n, 1, most);
			for (int k = 0; k < n; k++) {
				assert_true(addr_same_ip(&to[k], &v4) ||
					    addr_same_ip(&to[k], &v6));
				assert_int_equal(to[k].port, 22);
			}
		}
	}
	rig_stop(&rig);
}

/* Numbers and localhost need no buffer. */
static void without_memory(void **state)
{
	struct buf *held[64];
	struct addr to[4];
	int n = 0;

	(void)state;
	rig_start(&rig, &limits, 10);
	while ((held[n] = bufs_get(&rig.net, POOL_68K, POOL_OUT)))
		n++;
	assert_int_equal(names_find(&rig.net, BYTES("127.0.0.1"), 1, to, 4), 1);
	assert_int_equal(names_find(&rig.net, BYTES("localhost"), 1, to, 4), 2);
	assert_int_equal(names_find(&rig.net, BYTES("localhost"), 1, to, 1), 1);
	while (n > 0)
		bufs_put(&rig.net, held[--n]);
	rig_stop(&rig);
}

static void unknown(void **state)
{
	static const char *const texts[] = { "",      "no.such.host.invalid",
					     "1.2.3", "127.0.0.1.",
					     "local", "localhosts",
					     "#",     "127.0.0.1 localhost",
					     "[::1]", "::1%lo" };
	struct addr to[4];

	(void)state;
	rig_start(&rig, &limits, 10);
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_int_equal(
			names_find(&rig.net, bytes_of(texts[i]), 1, to, 4),
			-NAT_ENAME);
	rig_stop(&rig);
}

static bool finds(const char *name, const char *number)
{
	struct addr to[64], want = { 0 };
	int n = names_find(&rig.net, bytes_of(name), 7, to, 64);

	assert_int_equal(addr_parse_ip(&want, bytes_of(number)), 0);
	for (int i = 0; i < n; i++)
		if (addr_same_ip(&to[i], &want) && to[i].port == 7)
			return true;
	return false;
}

/* Every name of every line of this machine's own file. */
static void hosts_file(void **state)
{
	FILE *file;
	char line[1024], *rest;
	int names = 0;

	(void)state;
	if (access("/etc/hosts", R_OK) < 0)
		skip();
	rig_start(&rig, &limits, 10);
	file = fopen("/etc/hosts", "r");
	while (names < 100 && fgets(line, sizeof line, file)) {
		const char *number, *name;
		struct addr a;

		line[strcspn(line, "#")] = '\0';
		number = strtok_r(line, " \t\r\n", &rest);
		if (!number || addr_parse_ip(&a, bytes_of(number)) < 0)
			continue;
		while ((name = strtok_r(NULL, " \t\r\n", &rest)) != NULL) {
			assert_true(finds(name, number));
			names++;
		}
	}
	fclose(file);
	rig_stop(&rig);
	if (!names)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),        cmocka_unit_test(localhost),
		cmocka_unit_test(without_memory), cmocka_unit_test(unknown),
		cmocka_unit_test(hosts_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
