/* flow: datagrams by channels from a join to a host's service: whose is whose, what is
 * idle, what finds no room, who gives way, and what a peer may do.
 */
#include "ties_pair.h"
#include <netinet/in.h>

enum { SENDERS = 4, IDLE = 100000, LESS = IDLE - 20000 /* ms */ };

static struct p2p_service wanted;
static struct udp port;      /* of the join */
static int service = -1;     /* a socket, as are */
static int senders[SENDERS]; /* -1: not yet */
static uint8_t big[DGRAM_MOST], got[DGRAM_ROOM];

static struct ties *join_ties(void)
{
	return &ties_pair.ties[JOIN];
}

static void come(struct udp *u)
{
	flow_hear(join_ties(), u, &wanted);
}

static int bind_at(uint16_t number)
{
	const struct addr at = { .family = ADDR_IP4,
				 .ip = { 127, 0, 0, 1 },
				 .port = number };
	int fd = dgram_bind(&at);

	assert_true(fd >= 0);
	return fd;
}

static void start(uint32_t most)
{
	struct addr at;

	ties_pair_start(most, true);
	ties_pair.tables[JOIN].udp_idle = IDLE;
	ties_pair.tables[HOST].udp_idle = IDLE;
	wanted = ties_pair.service;
	service = bind_at(0);
	assert_int_equal(sock_here(service, &at), 0);
	ties_pair.service.at.port = at.port;
	assert_int_equal(udp_bind(&port, &chan_pair.rig.net, BYTES("127.0.0.1"),
				  0, come),
			 0);
	for (int i = 0; i < SENDERS; i++)
		senders[i] = -1;
}

static void stop(void)
{
	for (int i = 0; i < SENDERS; i++)
		if (senders[i] >= 0)
			sock_close(senders[i], false);
	if (service >= 0)
		sock_close(service, false);
	ties_end(join_ties());
	udp_stop(&port);
	ties_pair_stop();
}

/* So many ms without a word. */
static void wait(int ms)
{
	rig_clock.skipped += ms;
	chan_pair_pass(10);
}

/* ---- who sends ---- */

static void say_n(int who, size_t n)
{
	if (senders[who] < 0)
		senders[who] = dgram_connect(&port.at, NULL);
	assert_int_equal(send(senders[who], big, n, 0), n);
	chan_pair_pass(10);
}

static void say(int who, const char *text)
{
	memcpy(big, text, strlen(text));
	say_n(who, strlen(text));
}

/* At fd; -1: nothing. from: NULL, or who has sent it. */
static long heard(int fd, struct sockaddr_in *from)
{
	socklen_t n = sizeof *from;
	struct sockaddr *sa = (struct sockaddr *)(void *)from;

	chan_pair_pass(10);
	return recvfrom(fd, got, sizeof got, 0, sa, from ? &n : NULL);
}

static void answer(const struct sockaddr_in *to, const char *text)
{
	assert_int_equal(sendto(service, text, strlen(text), 0,
				(const struct sockaddr *)(const void *)to,
				sizeof *to),
			 strlen(text));
	chan_pair_pass(10);
}

/* ---- how it goes ---- */

/* Each sender is somebody else at the service, and has its own answers; in the end it
 * is told what there was.
 */
static void each_its_own(void **state)
{
	struct sockaddr_in from[2];

	(void)state;
	start(4);
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 2; i++) {
			say(i, i ? "two" : "one");
			assert_int_equal(heard(service, &from[i]), 3);
			assert_memory_equal(got, i ? "two" : "one", 3);
		}
	ties_pair_are(2, 2);
	assert_int_not_equal(from[0].sin_port, from[1].sin_port);
	answer(&from[1], "to two");
	answer(&from[0], "to one!");
	assert_int_equal(heard(senders[0], NULL), 7);
	assert_int_equal(heard(senders[1], NULL), 6);
	assert_int_equal(heard(senders[1], NULL), -1);
	flow_end_all(join_ties());
	chan_pair_pass(10);
	ties_pair_are(0, 0);
	ties_pair_said(JOIN, "info join: 127.0.0.1:");
	ties_pair_said(JOIN, " to web ended in=6 out=6 seconds=0 "
			     "reason=\"closed by the other side\"");
	ties_pair_said(HOST, "info host: other to web ended in=6 out=6 "
			     "seconds=0 reason=\"done\"");
	assert_string_equal(ties_pair.noted[JOIN], "");
	stop();
}

/* Of any length, both ways; an empty one is one. */
static void sizes(void **state)
{
	static const size_t rows[] = { 0, 1, 1160, 1161, 16385, DGRAM_MOST };
	struct sockaddr_in from;

	(void)state;
	start(4);
	for (size_t i = 0; i < sizeof big; i++)
		big[i] = (uint8_t)(i * 7);
	for (size_t i = 0; i < COUNT(rows); i++) {
		say_n(0, rows[i]);
		assert_int_equal(heard(service, &from), rows[i]);
		assert_memory_equal(got, big, rows[i]);
		assert_int_equal(sendto(service, big, rows[i], 0,
					(struct sockaddr *)(void *)&from,
					sizeof from),
				 rows[i]);
		assert_int_equal(heard(senders[0], NULL), rows[i]);
		assert_memory_equal(got, big, rows[i]);
	}
	ties_pair_are(1, 1);
	stop();
}

/* ---- time ---- */

/* A join's ends when neither has said anything for so long, and with it the host's. */
static void idle(void **state)
{
	struct sockaddr_in from;

	(void)state;
	start(4);
	ties_pair.tables[HOST].udp_idle = 9 * IDLE;
	say(0, "hello");
	assert_int_equal(heard(service, &from), 5);
	wait(LESS);
	answer(&from, "welcome"); /* either way counts */
	wait(LESS);
	say(0, "again");
	wait(LESS);
	ties_pair_are(1, 1);
	wait(IDLE);
	ties_pair_are(0, 0);
	ties_pair_said(JOIN, "in=10 out=7 seconds=");
	ties_pair_said(JOIN, "reason=\"idle\"");
	ties_pair_said(HOST, "in=10 out=7 seconds=");
	ties_pair_said(HOST, "reason=\"done\"");
	say(0, "anew");
	ties_pair_are(1, 1);
	stop();
}

/* A host's lets its socket go, and no more: what comes next opens another one. */
static void host_is_idle(void **state)
{
	struct sockaddr_in from[2];
	int fds;

	(void)state;
	start(4);
	ties_pair.tables[JOIN].udp_idle = 9 * IDLE;
	say(0, "hello");
	assert_int_equal(heard(service, &from[0]), 5);
	fds = rig_fds();
	wait(IDLE);
	ties_pair_are(1, 1);
	assert_int_equal(rig_fds(), fds - 1);
	wait(IDLE);
	ties_pair_are(1, 1);
	say(0, "again");
	assert_int_equal(heard(service, &from[1]), 5);
	assert_int_equal(rig_fds(), fds);
	answer(&from[1], "welcome");
	assert_int_equal(heard(senders[0], NULL), 7);
	ties_pair_are(1, 1);
	stop();
}

/* ---- too many ---- */

/* The one that was silent longest gives way; its next datagram begins anew. */
static void gives_way(void **state)
{
	(void)state;
	start(3);
	for (int i = 0; i < 3; i++)
		say(i, "hello");
	say(0, "I speak");
	say(3, "I am new");
	ties_pair_are(3, 3);
	ties_pair_said(JOIN, "in=5 out=0 seconds=0 "
			     "reason=\"gave way to another\"");
	ties_pair_said(HOST, "in=5 out=0 seconds=0 reason=\"done\"");
	say(0, "I, too");
	ties_pair_said(JOIN, "in=5 "); /* nobody else has gone */
	say(1, "here again");          /* so 2 is gone now, */
	say(3, "not I");
	say(2, "back"); /* and 0 */
	ties_pair_said(JOIN, "in=18 out=0");
	ties_pair_are(3, 3);
	stop();
}

/* A host has so many of one peer: others are refused, and try again. */
static void too_many_of_one(void **state)
{
	(void)state;
	start(4);
	ties_pair.ties[HOST].most = 1;
	say(0, "hello");
	say(1, "I, too");
	chan_pair_pass(10);
	ties_pair_are(1, 1);
	assert_int_equal(ties_pair.turned_away, 1);
	ties_pair_said(JOIN, "in=6 out=0 seconds=0 reason=\"done\"");
	flow_end_all(join_ties());
	chan_pair_pass(10);
	say(1, "I, too");
	ties_pair_are(1, 1);
	ties_pair.ties[JOIN].most = 1;
	say(2, "no");
	ties_pair_are(1, 1);
	ties_pair_noted(JOIN, ": too many at once: web");
	stop();
}

static void wake(struct waker *w, unsigned what)
{
	(void)w, (void)what;
}

/* A channel that the other one opens, for our service. */
static void call_from_there(struct chan *c, struct waker *up)
{
	const struct dcep_open o = { .type = DCEP_TIMES | DCEP_UNORDERED,
				     .protocol = BYTES("web") };

	assert_true(chan_open(c, &chan_pair.ends[HOST].assoc, &o, up));
	chan_pair_pass(10);
}

/* Of peers each is a host and a join at once: those who use our service do not give way
 * to who sends here. What is sent then is lost.
 */
static void callers_stay(void **state)
{
	struct waker up = { wake };
	struct chan calls[2];

	(void)state;
	start(2);
	for (int i = 0; i < 2; i++) {
		call_from_there(&calls[i], &up);
		assert_true(chan_say(&calls[i], BYTES("hello")));
		chan_pair_pass(10);
	}
	ties_pair_are(2, 0);
	say(0, "hello");
	ties_pair_are(2, 0);
	stream_stop(&calls[0].stream, false);
	chan_pair_pass(10);
	ties_pair_are(1, 0);
	say(0, "hello");
	ties_pair_are(2, 1);
	say(1, "the other gives way");
	ties_pair_said(JOIN, "in=5 out=0 seconds=0 "
			     "reason=\"gave way to another\"");
	stream_stop(&calls[1].stream, false);
	stop();
}

/* ---- what is lost ---- */

/* What a network has no room for, either, is lost and counted. */
static void no_room(void **state)
{
	(void)state;
	start(4);
	say(0, "hello");
	chan_pair.cut = true;
	for (int i = 0; i < 40; i++)
		say_n(0, DGRAM_MOST);
	ties_pair_are(1, 1);
	assert_string_equal(ties_pair.noted[JOIN], "");
	chan_pair.cut = false;
	flow_end_all(join_ties());
	ties_pair_noted(JOIN, " datagrams found no room");
	stop();
}

/* Of a peer: a message longer than any datagram. */
static void too_long(void **state)
{
	static uint8_t long_one[SCTP_MESSAGE];
	struct waker up = { wake };
	struct chan call;

	(void)state;
	start(4);
	call_from_there(&call, &up);
	assert_true(chan_say(&call, bytes_in(SPAN(long_one))));
	chan_pair_pass(20);
	assert_true(chan_say(&call, BYTES("shorter")));
	assert_int_equal(heard(service, NULL), 7);
	assert_int_equal(heard(service, NULL), -1);
	stream_stop(&call.stream, false);
	chan_pair_pass(10);
	ties_pair_are(0, 0);
	ties_pair_said(JOIN, "other to web ended in=7 out=0");
	ties_pair_noted(JOIN, " 1 datagrams found no room");
	stop();
}

/* ---- who is not there ---- */

/* The host knows no such service: each datagram asks again. */
static void refused(void **state)
{
	(void)state;
	start(4);
	ties_pair.refuses = true;
	say(0, "hello");
	ties_pair_are(0, 0);
	ties_pair_said(JOIN, "in=5 out=0 seconds=0 reason=\"done\"");
	ties_pair.refuses = false;
	say(0, "hello");
	ties_pair_are(1, 1);
	assert_int_equal(heard(service, NULL), 5);
	stop();
}

/* Nobody is at the service's port for a while: that ends nothing. */
static void service_goes(void **state)
{
	(void)state;
	start(4);
	say(0, "hello");
	sock_close(service, false);
	say(0, "anybody?");
	say(0, "anybody?");
	ties_pair_are(1, 1);
	service = bind_at(ties_pair.service.at.port);
	say(0, "there you are");
	assert_int_equal(heard(service, NULL), 13);
	stop();
}

/* Its name is none: the channel ends with that word. */
static void no_such_name(void **state)
{
	(void)state;
	start(4);
	ties_pair.service.at.host = BYTES("no..name");
	say(0, "hello");
	ties_pair_are(0, 0);
	ties_pair_said(HOST, "in=0 out=0 seconds=0 reason=\"name not found\"");
	ties_pair_said(JOIN, "reason=\"done\"");
	ties_pair.service.at.host = BYTES("255.255.255.255"); /* no way */
	say(0, "hello");
	ties_pair_are(0, 0);
	stop();
}

/* What comes while its name is looked up waits, and may end before that. */
static void looked_up(void **state)
{
	(void)state;
	start(4);
	senders[0] = dgram_connect(&port.at, NULL);
	assert_int_equal(send(senders[0], "hello", 5, 0), 5);
	while (ties_pair.ties[HOST].n == 0)
		rig_turns(&chan_pair.rig, 1);
	ties_end(&ties_pair.ties[HOST]);
	chan_pair_pass(10);
	ties_pair_are(0, 0);
	assert_int_equal(heard(service, NULL), -1);
	stop();
}

/* ---- ends from elsewhere ---- */

static void peer_goes(void **state)
{
	(void)state;
	start(4);
	say(0, "hello");
	say(1, "hello");
	assoc_stop(&chan_pair.ends[HOST].assoc);
	chan_pair_pass(10);
	ties_pair_are(0, 0);
	ties_pair_said(JOIN, "closed by the other side");
	ties_pair_said(HOST, "closed by the other side");
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_its_own),
		cmocka_unit_test(sizes),
		cmocka_unit_test(idle),
		cmocka_unit_test(host_is_idle),
		cmocka_unit_test(gives_way),
		cmocka_unit_test(too_many_of_one),
		cmocka_unit_test(callers_stay),
		cmocka_unit_test(no_room),
		cmocka_unit_test(too_long),
		cmocka_unit_test(refused),
		cmocka_unit_test(service_goes),
		cmocka_unit_test(no_such_name),
		cmocka_unit_test(looked_up),
		cmocka_unit_test(peer_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
