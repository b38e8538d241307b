/* ways: sockets at addresses of the loopback that come and go as the test says, and
 * relays at a TURN server of its own (turnd.h) that is lost, and is there again.
 */
#include "rig.h"
#include "turnd.h"
#include "net/ways.h"
#include "os/ifaces.h"

enum { RELAY = WAYS_HOSTS, OTHER = WAYS_ALL };

static struct rig rig;
static struct turnd server;
static struct turnd_names names;
static struct paths *paths;
static struct ways ways;

/* ---- stands in for os/ifaces.c ---- */

static struct {
	struct addr v[WAYS_HOSTS + 2];
	unsigned n;
} own;

int ifaces_list(struct addr *to, unsigned most)
{
	unsigned n = own.n < most ? own.n : most;

	memcpy(to, own.v, n * sizeof *to);
	return (int)n;
}

bool ifaces_has(const struct addr *a)
{
	(void)a;
	return true;
}

static struct addr host_at(unsigned last)
{
	return (struct addr){ .family = ADDR_IP4,
			      .ip = { 127, 0, 0, (uint8_t)last } };
}

static void have(unsigned n, const uint8_t *last)
{
	own.n = n;
	for (unsigned i = 0; i < n; i++)
		own.v[i] = host_at(last[i]);
}
#define HAVE(...) \
	have(sizeof((const uint8_t[]){ __VA_ARGS__ }), \
	     (const uint8_t[]){ __VA_ARGS__ })

/* ---- what is told ---- */

static struct {
	struct addr at[WAYS_BASES]; /* ADDR_NONE: down */
	uint8_t type[WAYS_BASES];
	unsigned ups, downs, gathered, stuns, heard;
	struct addr stun, from;
	unsigned base;
	char data[32];
} told;

static void up(struct ways *w, unsigned base, enum ice_type type,
	       const struct addr *at)
{
	(void)w;
	assert_true(base < WAYS_BASES);
	assert_int_equal(told.at[base].family, ADDR_NONE);
	told.at[base] = *at;
	told.type[base] = (uint8_t)type;
	told.ups++;
}

static void down(struct ways *w, unsigned base)
{
	(void)w;
	told.downs += told.at[base].family != ADDR_NONE;
	told.at[base].family = ADDR_NONE;
	rig.loop.quit = true;
}

static void stun(struct ways *w, const struct addr *at)
{
	(void)w;
	told.stun = *at;
	told.stuns++;
}

static void gathered(struct ways *w)
{
	(void)w;
	told.gathered++;
	rig.loop.quit = true;
}

static void heard(struct ways *w, unsigned base, const struct addr *from,
		  struct span data)
{
	(void)w;
	told.base = base;
	told.from = *from;
	assert_true(data.n < sizeof told.data);
	memcpy(told.data, data.p, data.n);
	told.data[data.n] = '\0';
	told.heard++;
	rig.loop.quit = true;
}

static const struct ways_ops ops = { .up = up,
				     .down = down,
				     .stun = stun,
				     .gathered = gathered,
				     .heard = heard };

/* ---- life ---- */

static struct paths_conf conf;
static char uri[64];
static const char *password;

static void open_all(void)
{
	static const struct net_limits limits = { .memory = 1 << 20,
						  .resolv_conf = names.conf };

	rig_start(&rig, &limits, 0);
	turnd_init(&server);
	server.echoes = true;
	turnd_open(&server, &rig.loop);
	memset(&told, 0, sizeof told);
	memset(&conf, 0, sizeof conf);
	password = "p";
	own.n = 0;
}

static void use_relay_by(const char *host, const char *transport)
{
	struct fmt f = fmt_to(SPAN(uri));

	fmt_put(&f, "turn:%s:%u%s", host, (unsigned)server.at.port, transport);
	conf.turn.n = 1;
	conf.turn.v[0] = fmt_text(&f);
	conf.turn_user = "u";
}

static void use_relay(void)
{
	use_relay_by("127.0.0.1", "");
}

static int begin_at(const struct addr *first, const struct addr *stun_at)
{
	struct diag d = { .count = 0 };
	struct ways_ask ask = { .ops = &ops };

	if (first)
		ask.first = *first;
	if (stun_at)
		ask.stun = *stun_at;
	conf.turn_password = password;
	assert_int_equal(paths_start(&paths, &rig.net, &conf, 1, &d), 0);
	memset(&ways, 0, sizeof ways);
	return ways_start(&ways, paths, &ask);
}

static void begin(void)
{
	assert_int_equal(begin_at(NULL, NULL), 0);
}

static void end(void)
{
	ways_stop(&ways);
	rig_turns(&rig, 20);
	paths_stop(paths);
	turnd_close(&server);
	rig_stop(&rig);
}

/* Until it is so, at most; time is skipped when nobody says anything. */
static void pass(int64_t ms, const unsigned *count, unsigned n)
{
	int64_t last = rig.loop.now + ms;

	while (rig.loop.now < last && *count < n) {
		unsigned before = server.heard;

		rig_run(&rig, 5 * unit_slow());
		if (!rig.late || server.heard != before)
			continue;
		rig_clock.skipped += 250;
		rig_turns(&rig, 1);
	}
}

static void until(const unsigned *count, unsigned n)
{
	pass(60000, count, n);
	assert_true(*count >= n);
}

/* It is as if addresses were the same as before, if there is no first one. */
static bool look(void)
{
	const struct addr none = { .family = ADDR_NONE };

	return ways_look(&ways, &none);
}

static void exchange(unsigned base, const char *peer)
{
	struct addr to;
	unsigned before = told.heard;

	assert_int_equal(addr_parse(&to, bytes_of(peer)), 0);
	ways_send(&ways, base, &to, BYTES("hello"));
	paths_flush(paths);
	until(&told.heard, before + 1);
	assert_int_equal(told.base, base);
	assert_string_equal(told.data, "hello");
	assert_int_equal(told.from.port, to.port);
}

/* ---- addresses ---- */

/* Each has a socket, which goes with it; its number is another's then. */
static void addresses(void **state)
{
	int fds;

	(void)state;
	open_all();
	HAVE(2);
	begin();
	fds = rig_fds();
	assert_int_equal(told.ups, 1);
	assert_int_equal(told.type[0], ICE_HOST);
	assert_int_equal(told.at[0].ip[3], 2);
	until(&told.gathered, 1);
	assert_false(look());
	HAVE(3, 2);
	assert_true(look());
	assert_int_equal(told.at[1].ip[3], 3);
	assert_int_equal(rig_fds(), fds + 1);
	HAVE(3);
	assert_true(look());
	assert_int_equal(told.at[0].family, ADDR_NONE);
	assert_int_equal(rig_fds(), fds);
	HAVE(4, 3);
	assert_true(look());
	assert_int_equal(told.at[0].ip[3], 4);
	assert_int_equal(told.at[1].ip[3], 3);
	assert_int_equal(told.downs, 1);
	until(&told.gathered, 2);
	end();
}

/* The one that is good in any case comes first, and is not taken twice; more than
 * there are places for are left out, until a place is free.
 */
static void most(void **state)
{
	const struct addr first = host_at(7);

	(void)state;
	open_all();
	HAVE(2, 3, 7, 4, 5, 6);
	assert_int_equal(begin_at(&first, NULL), 0);
	assert_int_equal(told.at[0].ip[3], 7);
	assert_int_equal(told.ups, 4); /* one of five was the first again */
	HAVE(2, 3, 4, 5, 6);
	assert_true(ways_look(&ways, &first));
	assert_int_equal(told.ups, WAYS_HOSTS);
	assert_int_equal(told.downs, 0);
	HAVE(8, 3, 4, 5, 6);
	assert_true(ways_look(&ways, &first));
	assert_int_equal(told.ups, WAYS_HOSTS + 1);
	assert_int_equal(told.downs, 1);
	end();
}

/* An address that cannot be had is no reason to be without the others. */
static void not_ours(void **state)
{
	(void)state;
	open_all();
	HAVE(2, 3);
	own.v[0] = (struct addr){ .family = ADDR_IP4, .ip = { 192, 0, 2, 99 } };
	begin();
	assert_int_equal(told.ups, 1);
	assert_int_equal(told.at[0].ip[3], 3);
	end();
}

static void between_sockets(void **state)
{
	(void)state;
	open_all();
	HAVE(2, 3);
	begin();
	ways_send(&ways, 0, &told.at[1], BYTES("hello"));
	ways_send(&ways, 3, &told.at[1], BYTES("nobody has that"));
	paths_flush(paths);
	until(&told.heard, 1);
	assert_int_equal(told.base, 1);
	assert_string_equal(told.data, "hello");
	assert_int_equal(told.from.port, told.at[0].port);
	end();
}

/* ---- which are wanted ---- */

static void none_at_all(void **state)
{
	(void)state;
	open_all();
	assert_int_equal(begin_at(NULL, NULL), -NAT_EADDR);
	end();
}

static void only(void **state)
{
	static const struct addr stun_at = { .family = ADDR_IP4,
					     .port = 3478,
					     .ip = { 192, 0, 2, 1 } };

	(void)state;
	for (int i = 0; i < 3; i++) {
		static const char *const words[] = { NULL, "relay", "direct" };

		open_all();
		HAVE(2);
		use_relay();
		conf.only = words[i];
		assert_int_equal(begin_at(NULL, &stun_at), 0);
		until(&told.gathered, 1);
		assert_int_equal(told.at[0].family != ADDR_NONE, i != 1);
		assert_int_equal(told.stuns, i != 1);
		assert_int_equal(told.at[RELAY].family != ADDR_NONE, i != 2);
		assert_int_equal(server.given, i != 2);
		HAVE(2, 3);
		assert_int_equal(look(), i != 1);
		end();
	}
}

/* Of settings, or who signals where they say nothing; a name that is none is no
 * reason to wait.
 */
static void stun_servers(void **state)
{
	static const struct addr signal = { .family = ADDR_IP4,
					    .port = 8888,
					    .ip = { 192, 0, 2, 1 } };

	(void)state;
	open_all();
	HAVE(2);
	assert_int_equal(begin_at(NULL, &signal), 0);
	assert_int_equal(told.stun.port, 8888);
	end();
	open_all();
	HAVE(2);
	conf.stun.n = 3;
	conf.stun.v[0] = "192.0.2.5:99";
	conf.stun.v[1] = "no..name";
	conf.stun.v[2] = "192.0.2.6";
	assert_int_equal(begin_at(NULL, &signal), 0);
	assert_int_equal(told.gathered, 0);
	until(&told.gathered, 1);
	assert_int_equal(told.stuns, 2);
	assert_int_equal(told.stun.port, told.stun.ip[3] == 5 ? 99 : 3478);
	end();
}

/* ---- relays ---- */

static void explained(const struct ways *w, const char *what)
{
	char text[128];
	struct fmt f = fmt_to(SPAN(text));

	ways_explain(w, &f);
	fmt_text(&f);
	if (what)
		assert_non_null(strstr(text, what));
	else
		assert_string_equal(text, "");
}

/* Told of when it is there, which is what gathering waits for. */
static void relay(void **state)
{
	(void)state;
	open_all();
	HAVE(2);
	use_relay();
	begin();
	assert_int_equal(told.gathered, 0);
	until(&told.gathered, 1);
	assert_int_equal(told.type[RELAY], ICE_RELAY);
	assert_int_equal(told.at[RELAY].port, 50000);
	assert_int_equal(told.at[OTHER].family, ADDR_NONE);
	assert_string_equal(ways_name(&ways, RELAY), uri);
	explained(&ways, NULL);
	exchange(RELAY, "198.51.100.7:9");
	ways_favour(&ways, RELAY, &told.from);
	for (int i = 0; i < 100 && !server.channel; i++)
		exchange(RELAY, "198.51.100.7:9");
	assert_true(server.channel);
	assert_false(look());
	end();
	assert_int_equal(server.asked_lifetime, 0);
}

/* An address of each family at one server: two numbers, and each peer by its own. */
static void two_families(void **state)
{
	(void)state;
	open_all();
	use_relay();
	server.two = true;
	begin();
	until(&told.gathered, 1);
	assert_int_equal(told.at[RELAY].family, ADDR_IP4);
	assert_int_equal(told.at[OTHER].family, ADDR_IP6);
	assert_string_equal(ways_name(&ways, OTHER), uri);
	exchange(RELAY, "198.51.100.7:9");
	exchange(OTHER, "[2001:db8::7]:9");
	server.forgot = true;
	ways_doubt(&ways);
	until(&told.downs, 2);
	until(&told.ups, 4);
	assert_int_equal(told.at[RELAY].port, 50001);
	assert_int_equal(told.at[OTHER].port, 50001);
	assert_int_equal(server.given, 2);
	end();
}

/* The server has forgotten us: when there is doubt that is noticed, told, and another
 * address asked for, from another port. The same when it is gone for a while.
 */
static void lost(void **state)
{
	uint16_t port;

	(void)state;
	for (int i = 0; i < 2; i++) {
		open_all();
		HAVE(2);
		use_relay();
		begin();
		until(&told.gathered, 1);
		port = server.from.port;
		if (i)
			turnd_close(&server);
		server.forgot = true;
		look();
		until(&told.downs, 1);
		explained(&ways, i ? "timed out" : "not now");
		if (i) {
			pass(20000, &told.ups, 3);
			assert_int_equal(told.ups, 2);
			turnd_open(&server, &rig.loop);
		}
		until(&told.ups, 3);
		assert_int_equal(told.at[RELAY].port, 50001);
		assert_true(server.from.port != port);
		explained(&ways, NULL);
		exchange(RELAY, "198.51.100.7:9");
		end();
	}
}

/* A server that begins anew is away for a while: nobody has said no, so it is asked
 * again soon.
 */
static void away(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		open_all();
		HAVE(2);
		use_relay_by("127.0.0.1", i ? "?transport=tcp" : "");
		turnd_close(&server);
		begin();
		until(&told.gathered, 1);
		explained(&ways, "connection refused");
		turnd_open(&server, &rig.loop);
		pass(5000, &told.ups, 2);
		assert_int_equal(told.ups, 2);
		end();
	}
}

/* Nobody is at the first address of its name: the next time another is tried. */
static void by_name(void **state)
{
	(void)state;
	turnd_names_open(&names);
	open_all();
	rig.fds--;
	turnd_names_start(&names, &rig.loop);
	names.six = "::1";
	HAVE(2);
	use_relay_by("elsewhere.test", "");
	begin();
	until(&told.ups, 2);
	assert_int_equal(server.given, 1);
	turnd_names_close(&names);
	end();
}

/* One that has said no is asked again half a minute later, not before. */
static void refused(void **state)
{
	unsigned asked;

	(void)state;
	open_all();
	HAVE(2);
	use_relay();
	password = "q";
	begin();
	until(&told.gathered, 1);
	explained(&ways, "wrong token");
	assert_int_equal(told.ups, 1);
	asked = server.asked[STUN_ALLOCATE];
	pass(29000, &told.ups, 2);
	assert_int_equal(server.asked[STUN_ALLOCATE], asked);
	pass(9000, &told.ups, 2);
	assert_true(server.asked[STUN_ALLOCATE] > asked);
	end();
}

/* Another peer has all the places: none for us, which is told, until that one goes. */
static void no_place(void **state)
{
	static struct ways second;
	const struct ways_ask ask = { .ops = &ops };

	(void)state;
	open_all();
	use_relay();
	conf.only = "relay";
	begin();
	until(&told.gathered, 1);
	memset(&second, 0, sizeof second);
	assert_int_equal(ways_start(&second, paths, &ask), 0);
	until(&told.gathered, 2);
	explained(&second, "a limit is reached");
	assert_int_equal(told.ups, 1);
	ways_stop(&ways);
	told.at[RELAY].family = ADDR_NONE;
	assert_false(ways_look(&second, &ask.first));
	until(&told.ups, 2);
	explained(&second, NULL);
	ways_stop(&second);
	memset(&ways, 0, sizeof ways);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(most),
		cmocka_unit_test(not_ours),
		cmocka_unit_test(between_sockets),
		cmocka_unit_test(none_at_all),
		cmocka_unit_test(only),
		cmocka_unit_test(stun_servers),
		cmocka_unit_test(relay),
		cmocka_unit_test(two_families),
		cmocka_unit_test(lost),
		cmocka_unit_test(away),
		cmocka_unit_test(by_name),
		cmocka_unit_test(refused),
		cmocka_unit_test(no_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
