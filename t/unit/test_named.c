/* named: names of the link, asked for on the loopback, with a responder of its own in
 * the group; or nobody answers, and strangers give more than is asked for.
 */
#include "rig.h"
#include "net/named.h"
#include "net/ways.h"
#include "os/group.h"
#include <netinet/in.h>

enum { PORT = 4711 };

static const uint8_t own[] = { 192, 0, 2, 77 };

static struct rig rig;
static struct paths paths;
static struct ways ways;
static struct udp responder;
static const struct net_limits limits = { 1 << 20, 4, 65536, NULL };
static struct candidate got;
static unsigned asked, found, stray;
static bool deaf, by_group;

/* ---- a responder ---- */

static void answer(struct udp *u, const struct datagram *q)
{
	static uint8_t room[512];
	static const uint8_t head[] = { 0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0 };
	static const uint8_t rest[] = {
		0, 0, DNS_A, 0x80, 1, 0, 0, 0, 9, 0, 4
	};
	struct fmt f = fmt_to(SPAN(room));
	const struct udp_to to = { by_group ? &mdns_groups[0] : q->peer, NULL };
	size_t n = 0;

	while (q->data.p[12 + n])
		n += q->data.p[12 + n] + 1U;
	fmt_bytes(&f, (struct bytes){ head, sizeof head });
	fmt_bytes(&f, (struct bytes){ q->data.p + 12, n });
	fmt_bytes(&f, (struct bytes){ rest, sizeof rest });
	fmt_bytes(&f, (struct bytes){ own, sizeof own });
	udp_send(u, &to, BYTES(""), fmt_done(&f));
	udp_flush(u->net);
}

static void hear(struct udp *u)
{
	struct datagram d;

	while (udp_next(u, &d)) {
		bool question = d.data.n > 12 && !(d.data.p[2] & 0x80);

		asked += question && d.peer->ip[0] == 127;
		if (question && !deaf)
			answer(u, &d);
	}
}

/* ---- who asks ---- */

static void take(struct ways *w, const struct candidate *c)
{
	assert_ptr_equal(w, &ways);
	got = *c;
	found++;
	rig.loop.quit = true;
}

static void pass_over(struct ways *w, unsigned base, const struct addr *from,
		      struct span data)
{
	(void)w, (void)base, (void)from, (void)data;
	stray++;
}

static void ask(const char *line)
{
	struct candidate c;

	assert_int_equal(candidate_parse(&c, bytes_of(line)), 0);
	named_ask(&paths.named, &ways, &c);
}

static void up(struct ways *w, unsigned base, enum ice_type type,
	       const struct addr *at)
{
	(void)w, (void)base, (void)type, (void)at;
}

static void gathered(struct ways *w)
{
	(void)w;
}

static const struct ways_ops ops = {
	.up = up, .named = take, .gathered = gathered, .heard = pass_over
};

static void begin(void)
{
	const struct ways_ask how = {
		.ops = &ops,
		.first = { .family = ADDR_IP4, .ip = { 127, 0, 0, 1 } },
	};
	int fd = group_open(&mdns_groups[0]);

	assert_true(fd >= 0);
	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, how.first.ip, 4) < 0) {
		sock_close(fd, false);
		skip(); /* an emulator that does not know it */
	}
	asked = found = stray = 0;
	deaf = by_group = false;
	rig_start(&rig, &limits, 0);
	rig.fds--;
	assert_int_equal(group_join(fd, &mdns_groups[0], &how.first), 0);
	assert_int_equal(group_join(fd, &mdns_groups[0], &how.first),
			 -NAT_EINUSE);
	assert_int_equal(udp_take(&responder, &rig.net, fd, hear), 0);
	paths = (struct paths){ .net = &rig.net, .direct = true };
	named_init(&paths.named, &rig.net);
	ways = (struct ways){ .paths = NULL };
	assert_int_equal(ways_start(&ways, &paths, &how), 0);
}

static void end(void)
{
	ways_stop(&ways);
	assert_false(udp_runs(&paths.named.group));
	udp_stop(&responder);
	rig_stop(&rig);
}

/* ---- tests ---- */

#define LINE(name) \
	"candidate:1 1 udp 2113937151 " name " 4711 typ host ufrag abcd"

/* The candidate comes with its address and all that it said, whether that was told
 * to all or to us alone; who asks is none of ICE's business.
 */
static void told(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		begin();
		by_group = i;
		ask(LINE("3f1c.local"));
		rig_run(&rig, 5000);
		assert_int_equal(found, 1);
		assert_int_equal(got.addr.port, PORT);
		assert_memory_equal(got.addr.ip, own, sizeof own);
		assert_int_equal(got.priority, 2113937151);
		assert_int_equal(got.type, ICE_HOST);
		assert_int_equal(stray, 0);
		assert_false(udp_runs(&paths.named.group));
		end();
	}
}

/* Nobody knows it: asked for MDNS_TRIES times, then forgotten. */
static void nobody_knows(void **state)
{
	(void)state;
	begin();
	deaf = true;
	ask(LINE("3f1c.local"));
	for (int i = 0; i < 200 && udp_runs(&paths.named.group); i++) {
		rig_clock.skipped += 100;
		rig_run(&rig, 5);
	}
	rig_run(&rig, 5);
	assert_int_equal(asked, MDNS_TRIES);
	assert_int_equal(found, 0);
	assert_false(udp_runs(&paths.named.group));
	end();
}

static void ask_often(bool forgotten)
{
	for (int i = 0; i < 3 * NAMED_EACH; i++) {
		ask(LINE("3f1c.local"));
		rig_run(&rig, 1);
		if (forgotten)
			named_forget(&paths.named, &ways);
	}
}

/* What is no name of the link, and more than a peer may have asked for. */
static void strangers(void **state)
{
	(void)state;
	begin();
	deaf = true;
	ask(LINE("www.example"));
	assert_false(udp_runs(&paths.named.group));
	ask_often(false);
	assert_int_equal(ways.names_asked, NAMED_ONCE);
	named_forget(&paths.named, &ways);
	ask_often(true);
	assert_int_equal(ways.names_asked, NAMED_EACH);
	assert_true(asked <= NAMED_EACH + NAMED_ONCE * MDNS_TRIES);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told),
		cmocka_unit_test(nobody_knows),
		cmocka_unit_test(strangers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
