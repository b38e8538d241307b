/* udp and dgram: two sockets on one loop, in trains and one by one. */
#include "rig.h"
#include "net/udp.h"

static const struct net_limits limits = { .memory = 1 << 20 };

enum { MOST = 4096 };

struct end {
	struct udp udp;
	size_t n[MOST]; /* the length of each that came */
	uint8_t first[MOST];
	int count, stop_at;
	struct addr peer, here;
};

static struct rig rig;
static struct end one, two;

static void come(struct udp *u)
{
	struct end *e = container_of(u, struct end, udp);
	struct datagram d;

	while (udp_next(u, &d)) {
		e->n[e->count] = d.data.n;
		e->first[e->count++] = d.data.n ? d.data.p[0] : 0;
		e->peer = *d.peer;
		e->here = *d.here;
		assert_true(e->count < MOST);
	}
	if (e->count >= e->stop_at)
		rig.loop.quit = true;
}

static void start(void)
{
	rig_start(&rig, &limits, 2000);
	memset(&one, 0, sizeof one);
	memset(&two, 0, sizeof two);
	assert_int_equal(
		udp_bind(&one.udp, &rig.net, BYTES("127.0.0.1"), 0, come), 0);
	assert_int_equal(udp_connect(&two.udp, &rig.net, &one.udp.at, come), 0);
}

static void stop(void)
{
	udp_stop(&one.udp);
	udp_stop(&two.udp);
	rig_stop(&rig);
}

static void say(struct udp *u, const struct addr *to, size_t n, uint8_t with)
{
	static uint8_t body[DGRAM_MOST];
	const struct udp_to where = { to, NULL };
	uint8_t head[UDP_HEAD];
	size_t h = min_size(n, UDP_HEAD);

	memset(head, with, sizeof head);
	memset(body, with, sizeof body);
	udp_send(u, &where, (struct bytes){ head, h },
		 (struct bytes){ body, n - h });
	udp_flush(&rig.net);
}

static void sizes(void **state)
{
	static const size_t rows[] = { 0,    1,    15,   16,    17,
				       1400, 1472, 9000, 65000, DGRAM_MOST };

	(void)state;
	start();
	for (size_t i = 0; i < COUNT(rows); i++) {
		one.stop_at = (int)i + 1;
		say(&two.udp, NULL, rows[i], (uint8_t)i);
		rig_run(&rig, 2000);
		assert_int_equal(one.count, i + 1);
		assert_int_equal(one.n[i], rows[i]);
		assert_int_equal(one.first[i], rows[i] ? i : 0);
		assert_int_equal(one.peer.port, two.udp.at.port);
	}
	assert_int_equal(two.udp.lost, 0);
	stop();
}

/* Many of changing sizes, queued before they leave, arrive as they were. */
static void queued(void **state)
{
	static const struct udp_to peer = { NULL, NULL };
	static const size_t rows[] = { 100, 100, 100, 40, 100, 0,   0,
				       7,   7,   7,   7,  9,   1400 };
	uint8_t body[1400];
	int sent = 0;

	(void)state;
	start();
	memset(body, 'x', sizeof body);
	for (int round = 0; round < 12; round++) {
		for (size_t i = 0; i < COUNT(rows); i++, sent++) {
			uint8_t head[1] = { (uint8_t)sent };
			size_t h = rows[i] ? 1 : 0;

			udp_send(&two.udp, &peer, (struct bytes){ head, h },
				 (struct bytes){ body, rows[i] - h });
		}
	}
	udp_flush(&rig.net);
	one.stop_at = sent;
	rig_run(&rig, 2000);
	assert_int_equal(one.count, sent);
	for (int i = 0; i < sent; i++) {
		size_t n = rows[(size_t)i % COUNT(rows)];

		assert_int_equal(one.n[i], n);
		assert_int_equal(one.first[i], n ? (uint8_t)i : 0);
	}
	stop();
}

/* The answer leaves from the address that was asked. */
static void from_here(void **state)
{
	struct addr to = { .family = ADDR_IP4, .ip = { 127, 0, 0, 9 } };
	struct udp_to back;
	struct end any = { .stop_at = 1 }, asks = { .stop_at = 1 };

	(void)state;
	rig_start(&rig, &limits, 2000);
	assert_int_equal(udp_bind(&any.udp, &rig.net, BYTES(""), 0, come), 0);
	to.port = any.udp.at.port;
	assert_int_equal(udp_connect(&asks.udp, &rig.net, &to, come), 0);
	say(&asks.udp, NULL, 5, 1);
	rig_run(&rig, 2000);
	assert_int_equal(any.count, 1);
	back = (struct udp_to){ &any.peer, &any.here };
	udp_send(&any.udp, &back, BYTES(""), BYTES("answer"));
	udp_flush(&rig.net);
	rig_run(&rig, 2000);
	/* a connected socket takes it from no other address */
	assert_int_equal(asks.count, 1);
	udp_stop(&any.udp);
	udp_stop(&asks.udp);
	rig_stop(&rig);
}

static void refused(void **state)
{
	(void)state;
	start();
	udp_stop(&one.udp);
	say(&two.udp, NULL, 5, 1);
	two.stop_at = 0;
	rig_run(&rig, 2000);
	assert_int_equal(two.count, 0);
	assert_int_equal(two.udp.err, -NAT_EREFUSED);
	stop();
}

/* What the system does not take is lost, and counted. */
static void too_large(void **state)
{
	static const struct udp_to peer = { NULL, NULL };
	static uint8_t body[DGRAM_MOST + 1];

	(void)state;
	start();
	udp_send(&two.udp, &peer, BYTES(""), BYTES("well"));
	udp_send(&two.udp, &peer, BYTES(""), bytes_in(SPAN(body)));
	udp_flush(&rig.net);
	assert_int_equal(two.udp.lost, 1);
	assert_int_equal(rig.net.outbox.lost, 1);
	stop();
}

/* A turn takes a bounded batch; the rest comes in the next ones. */
static void flood(void **state)
{
	static const struct udp_to peer = { NULL, NULL };
	enum { ALL = 1000 };

	(void)state;
	start();
	for (int i = 0; i < ALL; i++)
		udp_send(&two.udp, &peer, BYTES(""),
			 i % 2 ? BYTES("odd") : BYTES("evens"));
	udp_flush(&rig.net);
	one.stop_at = ALL - (int)two.udp.lost;
	rig_run(&rig, 2000);
	assert_int_equal(one.count, one.stop_at);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),     cmocka_unit_test(queued),
		cmocka_unit_test(from_here), cmocka_unit_test(refused),
		cmocka_unit_test(flood),     cmocka_unit_test(too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
