/* relayed: an address on a TURN server of its own on the loopback (turnd.h), by UDP and
 * by TCP: one that refuses, sends on, forgets, dies, or is not there. Time is skipped
 * when nobody says anything.
 */
#include "rig.h"
#include "turnd.h"
#include "net/relayed.h"

enum { BOTH = 2 }; /* transports that a test is for: by UDP, by TCP */

static struct rig rig;
static struct turnd servers[2];
static struct relayed_server server;
static struct relayed_room room;
static struct turnd_names names;
static char text[64];
static uint8_t tried;
static int64_t step; /* ms that are skipped at once */

static struct owner {
	struct relayed relayed;
	unsigned readies, overs, heard;
	int err;
	struct addr from;
	char data[32];
} owner;

/* ---- the owner ---- */

static void ready(struct relayed *r)
{
	assert_ptr_equal(r, &owner.relayed);
	owner.readies++;
	rig.loop.quit = true;
}

static void heard(struct relayed *r, const struct addr *from, struct span data)
{
	assert_ptr_equal(r, &owner.relayed);
	assert_true(data.n < sizeof owner.data);
	owner.heard++;
	owner.from = *from;
	memcpy(owner.data, data.p, data.n);
	owner.data[data.n] = '\0';
	rig.loop.quit = true;
}

static void over(struct relayed *r, int err)
{
	owner.overs++;
	owner.err = err;
	relayed_stop(r);
	rig.loop.quit = true;
}

static const struct relayed_ops ops = { ready, heard, over };

/* Until so many of those were told. When nobody says anything time is skipped: a machine
 * that is slow must not look like a server that is.
 */
static void until(const unsigned *count, unsigned n)
{
	for (int i = 0; i < 1000 && *count < n; i++) {
		unsigned before = servers[0].heard + servers[1].heard;

		rig_run(&rig, 5 * unit_slow());
		if (!rig.late || servers[0].heard + servers[1].heard != before)
			continue;
		rig_clock.skipped += step;
		rig_turns(&rig, 1);
	}
	assert_int_equal(*count, n);
}

/* ---- life ---- */

static void start(void)
{
	static const struct net_limits limits = { .memory = 1 << 20,
						  .resolv_conf = names.conf };

	rig_start(&rig, &limits, 0);
	for (unsigned i = 0; i < COUNT(servers); i++) {
		turnd_init(&servers[i]);
		servers[i].echoes = true;
		turnd_open(&servers[i], &rig.loop);
	}
	owner = (struct owner){ .err = 0 };
	step = 500;
	tried = 0;
}

static void call_at(const char *host, bool tcp, const char *password)
{
	const struct relayed_ask ask = { .ops = &ops,
					 .server = &server,
					 .room = &room,
					 .tried = tried,
					 .user = turnd_user.name,
					 .password = bytes_of(password) };
	struct fmt f = fmt_to(SPAN(text));

	fmt_put(&f, "turn:%s:%u%s", host, (unsigned)servers[0].at.port,
		tcp ? "?transport=tcp" : "");
	server.text = fmt_text(&f);
	assert_int_equal(turnuri_parse(&server.uri, bytes_of(server.text)), 0);
	owner = (struct owner){ .err = 0 };
	relayed_start(&owner.relayed, &rig.net, &ask);
}

static void call(bool tcp)
{
	call_at("127.0.0.1", tcp, "p");
}

static void connect_by(bool tcp)
{
	call(tcp);
	until(&owner.readies, 1);
	assert_int_equal(owner.overs, 0);
}

static void stop(void)
{
	if (!owner.overs)
		relayed_stop(&owner.relayed);
	rig_turns(&rig, 20);
	for (unsigned i = 0; i < COUNT(servers); i++)
		turnd_close(&servers[i]);
	rig_stop(&rig);
}

static struct addr peer_at(uint8_t last)
{
	return (struct addr){ .family = ADDR_IP4,
			      .port = 9,
			      .ip = { 198, 51, 100, last } };
}

static void exchange(uint8_t last, const char *word)
{
	struct addr peer = peer_at(last);
	unsigned before = owner.heard;

	relayed_send(&owner.relayed, &peer, bytes_of(word));
	until(&owner.heard, before + 1);
	assert_string_equal(owner.data, word);
	assert_memory_equal(owner.from.ip, peer.ip, 4);
}

/* ---- tests ---- */

/* Data both ways, by permission and by a channel; at the end it is given back. */
static void goes(void **state)
{
	struct addr peer = peer_at(7);

	(void)state;
	for (int tcp = 0; tcp < BOTH; tcp++) {
		start();
		connect_by(tcp);
		assert_int_equal(owner.relayed.turn.relayed.port, 50000);
		exchange(7, "by permission");
		assert_int_equal(servers[0].asked[STUN_PERMISSION], 1);
		assert_false(servers[0].channel);
		relayed_bind(&owner.relayed, &peer);
		for (int i = 0; i < 100 && !servers[0].channel; i++)
			exchange(7, "by channel");
		assert_true(servers[0].channel);
		assert_int_equal(servers[0].asked[STUN_REFRESH], 0);
		stop();
		assert_int_equal(servers[0].asked[STUN_REFRESH], 1);
		assert_int_equal(servers[0].asked_lifetime, 0);
	}
}

/* What it says no by is what the owner hears; a wrong password is one. */
static void refused(void **state)
{
	static const struct {
		uint16_t error;
		int err;
		const char *password;
	} rows[] = {
		{ STUN_FORBIDDEN, -NAT_EACCESS, "p" },
		{ STUN_MISMATCH, -NAT_EAGAIN, "p" },
		{ STUN_QUOTA, -NAT_ELIMIT, "p" },
		{ STUN_FULL, -NAT_ELIMIT, "p" },
		{ 500, -NAT_EPROTO, "p" },
		{ 0, -NAT_EAUTH, "q" },
	};

	(void)state;
	for (int tcp = 0; tcp < BOTH; tcp++) {
		start();
		for (size_t i = 0; i < COUNT(rows); i++) {
			servers[0].error = rows[i].error;
			call_at("127.0.0.1", tcp, rows[i].password);
			until(&owner.overs, 1);
			assert_int_equal(owner.err, rows[i].err);
			assert_int_equal(owner.readies, 0);
		}
		servers[0].error = 0;
		connect_by(tcp);
		servers[0].error = STUN_FULL; /* no reason to ask anew now */
		servers[0].only = STUN_REFRESH;
		relayed_doubt(&owner.relayed);
		until(&owner.overs, 1);
		assert_int_equal(owner.err, -NAT_ELIMIT);
		stop();
	}
}

/* Both are refused: then IPv4 alone is asked for, then IPv6, each from another port. */
static void one_family(void **state)
{
	static const struct {
		uint16_t apart, error;
		unsigned asked;
		int err; /* 0: it gives one of IPv4 */
	} rows[] = {
		{ STUN_FAMILY, 0, 4, 0 },
		{ STUN_FULL, 0, 4, 0 },
		{ STUN_QUOTA, 0, 2, -NAT_ELIMIT },
		{ STUN_FAMILY, STUN_FAMILY, 6, -NAT_ENOTSUP },
		{ STUN_FULL, STUN_FULL, 4, -NAT_ELIMIT },
	};

	(void)state;
	for (unsigned i = 0; i < BOTH * COUNT(rows); i++) {
		unsigned tcp = i % BOTH, row = i / BOTH;
		uint16_t first;

		start();
		servers[0].apart = rows[row].apart;
		servers[0].error = rows[row].error;
		call(tcp);
		for (int n = 0; n < 200 && !servers[0].asked[3]; n++)
			rig_turns(&rig, 1);
		first = servers[0].from.port;
		until(rows[row].err ? &owner.overs : &owner.readies, 1);
		assert_int_equal(owner.err, rows[row].err);
		assert_int_equal(servers[0].asked[STUN_ALLOCATE],
				 rows[row].asked);
		assert_true(tcp || rows[row].asked == 2 ||
			    servers[0].from.port != first);
		if (rows[row].asked == 6)
			assert_int_equal(servers[0].got.family, 2U << 24);
		stop();
	}
}

static void sends_on(unsigned from, const struct addr *to)
{
	servers[from].error = STUN_TRY_ALTERNATE;
	servers[from].alternate = *to;
}

/* Sent on to another server, once. */
static void sent_on(void **state)
{
	(void)state;
	for (int tcp = 0; tcp < BOTH; tcp++) {
		start();
		sends_on(0, &servers[1].at);
		connect_by(tcp);
		assert_int_equal(servers[1].given, 1);
		exchange(7, "over there");
		relayed_stop(&owner.relayed);
		servers[1].apart = STUN_FAMILY; /* and asked for one there */
		connect_by(tcp);
		assert_int_equal(servers[1].given, 2);
		assert_int_equal(servers[1].asked[STUN_ALLOCATE], 6);
		relayed_stop(&owner.relayed);
		sends_on(1, &servers[0].at);
		call(tcp);
		until(&owner.overs, 1);
		assert_int_equal(owner.err, -NAT_EPROTO);
		stop();
	}
}

/* Sent where there is no way to: it is over, and that is told. */
static void sent_nowhere(void **state)
{
	static const struct addr nowhere = { .family = ADDR_IP6,
					     .port = 3478,
					     .ip = { 0xfe, 0x80 } };

	(void)state;
	for (int tcp = 0; tcp < BOTH; tcp++) {
		start();
		sends_on(0, &nowhere);
		call(tcp);
		until(&owner.overs, 1);
		assert_true(owner.err < 0);
		stop();
	}
}

/* A nonce that is stale costs one more request, of a peer too. */
static void stale(void **state)
{
	(void)state;
	for (int tcp = 0; tcp < BOTH; tcp++) {
		start();
		connect_by(tcp);
		servers[0].nonce = "n2";
		exchange(7, "one");
		for (int i = 0;
		     i < 100 && owner.relayed.turn.peers[0].task.method; i++)
			rig_run(&rig, 5);
		assert_int_equal(servers[0].asked[STUN_PERMISSION], 2);
		servers[0].nonce = "n3";
		relayed_doubt(&owner.relayed);
		until(&servers[0].asked[STUN_REFRESH], 2);
		exchange(8, "two");
		assert_int_equal(owner.overs, 0);
		stop();
	}
}

/* The server ends the allocation while nothing is wrong: data goes nowhere, and it is
 * noticed when there is doubt, or else with the next Refresh, or the next permission.
 */
static void is_forgotten(void **state)
{
	(void)state;
	for (int i = 0; i < 3 * BOTH; i++) {
		int64_t skipped;

		start();
		connect_by(i % BOTH);
		if (i / BOTH == 1)
			exchange(7, "a permission");
		servers[0].forgot = true;
		step = 5000;
		skipped = rig_clock.skipped;
		if (i / BOTH == 2)
			relayed_doubt(&owner.relayed);
		until(&owner.overs, 1);
		assert_int_equal(owner.err, -NAT_EAGAIN);
		skipped = rig_clock.skipped - skipped;
		assert_in_range(skipped, 0,
				i / BOTH == 0   ? 560000
				: i / BOTH == 1 ? 260000
						: 0);
		stop();
	}
}

/* Nobody is there, which is told at once, or nobody any more, for which a port that is
 * closed is reason to ask.
 */
static void is_gone(void **state)
{
	struct addr peer = peer_at(7);
	int64_t skipped;

	(void)state;
	start();
	turnd_close(&servers[0]);
	skipped = rig_clock.skipped;
	call(false);
	until(&owner.overs, 1);
	assert_int_equal(owner.err, -NAT_EREFUSED);
	assert_in_range(rig_clock.skipped - skipped, 0, 1000);
	turnd_open(&servers[0], &rig.loop);
	connect_by(false);
	exchange(7, "here");
	turnd_close(&servers[0]);
	skipped = rig_clock.skipped;
	relayed_send(&owner.relayed, &peer, BYTES("there?"));
	until(&owner.overs, 1);
	assert_int_equal(owner.err, -NAT_ETIMEOUT);
	assert_in_range(rig_clock.skipped - skipped, 0, 30000);
	stop();
}

/* One that begins anew knows nothing of us, and says so when it is asked. */
static void begins_anew(void **state)
{
	struct addr peer = peer_at(7);

	(void)state;
	start();
	connect_by(false);
	exchange(7, "here");
	turnd_close(&servers[0]);
	relayed_send(&owner.relayed, &peer, BYTES("there?"));
	rig_turns(&rig, 10);
	turnd_open(&servers[0], &rig.loop);
	until(&owner.overs, 1);
	assert_int_equal(owner.err, -NAT_EAGAIN);
	stop();
}

/* A connection that is refused, is lost in mid-session, or is not of TURN. */
static void connections(void **state)
{
	(void)state;
	start();
	turnd_close(&servers[0]);
	call(true);
	until(&owner.overs, 1);
	assert_int_equal(owner.err, -NAT_EREFUSED);
	turnd_open(&servers[0], &rig.loop);
	for (int i = 0; i < 3; i++) {
		connect_by(true);
		if (i < 2)
			turnd_hang_up(&servers[0], i);
		else
			assert_int_equal(sock_send(servers[0].stream.fd,
						   BYTES("SSH-2.0-x\r\n")),
					 11);
		until(&owner.overs, 1);
		assert_int_equal(owner.err, i == 0   ? -NAT_ECLOSED
					    : i == 1 ? -NAT_ERESET
						     : -NAT_EPROTO);
	}
	stop();
}

/* A deaf one is given up, whatever it is asked by. */
static void deaf(void **state)
{
	(void)state;
	for (int tcp = 0; tcp < BOTH; tcp++) {
		start();
		servers[0].deaf = true;
		call(tcp);
		until(&owner.overs, 1);
		assert_int_equal(owner.err, -NAT_ETIMEOUT);
		assert_int_equal(servers[0].asked[STUN_ALLOCATE], tcp ? 1 : 8);
		stop();
	}
}

/* Stopped at any moment before there is an address. */
static void stopped(void **state)
{
	(void)state;
	for (int i = 0; i < 12 * BOTH; i++) {
		start();
		call(i % BOTH);
		rig_turns(&rig, i / BOTH);
		stop();
	}
}

/* ---- names ---- */

/* A server by its name: by the first of its addresses that there is a way to, of IPv6
 * here; the next time, where nobody was at that, by another. A name that is none is told.
 */
static void named(void **state)
{
	(void)state;
	for (int tcp = 0; tcp < BOTH; tcp++) {
		turnd_names_open(&names);
		start();
		rig.fds--;
		turnd_names_start(&names, &rig.loop);
		call_at("nobody.test", tcp, "p");
		until(&owner.overs, 1);
		assert_int_equal(owner.err, -NAT_ENAME);
		names.six = "fe80::";
		call_at("nowhere.test", tcp, "p");
		until(&owner.readies, 1);
		relayed_stop(&owner.relayed);
		names.six = "::1";
		tried = 1;
		call_at("elsewhere.test", tcp, "p");
		until(&owner.readies, 1);
		assert_int_equal(owner.overs, 0);
		turnd_names_close(&names);
		stop();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes),         cmocka_unit_test(refused),
		cmocka_unit_test(one_family),   cmocka_unit_test(sent_on),
		cmocka_unit_test(sent_nowhere), cmocka_unit_test(stale),
		cmocka_unit_test(is_forgotten), cmocka_unit_test(is_gone),
		cmocka_unit_test(begins_anew),  cmocka_unit_test(connections),
		cmocka_unit_test(deaf),         cmocka_unit_test(stopped),
		cmocka_unit_test(named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
