/* joint: connections of TCP, and standard input and output, by channels from a join to
 * a host's service: how each of them ends, who is refused, how many there are.
 */
#include "ties_pair.h"

static int door; /* of the service */

static void start(uint32_t most)
{
	struct addr at;

	ties_pair_start(most, false);
	door = rig_listen(&at);
	ties_pair.service.at.port = at.port;
}

static void stop(void)
{
	sock_close(door, false);
	ties_pair_stop();
}

/* A visitor of the join's: its end of the connection. */
static int visit(void)
{
	struct addr from;
	int ends[2];

	rig_tcp(ends, 0);
	assert_int_equal(sock_there(ends[1], &from), 0);
	joint_call(&ties_pair.ties[JOIN], ends[1], &from, BYTES("web"));
	return ends[0];
}

/* The service's end of the next one. */
static int served(void)
{
	struct addr from;

	chan_pair_pass(30);
	return sock_accept(door, &from);
}

static long hears(int fd)
{
	char room[64];

	chan_pair_pass(30);
	return sock_recv(fd, SPAN(room));
}

static void says(int from, int to, const char *text)
{
	char room[64];

	assert_int_equal(sock_send(from, bytes_of(text)), strlen(text));
	chan_pair_pass(30);
	assert_int_equal(read(to, room, sizeof room), strlen(text));
	assert_memory_equal(room, text, strlen(text));
}

/* ---- how it goes ---- */

/* Both ways, each of which ends apart; what is told of it in the end. */
static void both_ways(void **state)
{
	int visitor, service;

	(void)state;
	start(4);
	visitor = visit();
	service = served();
	assert_true(service >= 0);
	ties_pair_are(1, 1);
	says(visitor, service, "hello");
	says(service, visitor, "welcome");
	sock_finish(visitor);
	assert_int_equal(hears(service), 0);
	says(service, visitor, " and more");
	ties_pair_are(1, 1);
	sock_finish(service);
	assert_int_equal(hears(visitor), 0);
	ties_pair_are(0, 0);
	ties_pair_said(JOIN, " to web ended in=5 out=16 seconds=0 "
			     "reason=\"done\"");
	ties_pair_said(JOIN, "info join: 127.0.0.1:");
	ties_pair_said(HOST, "info host: other to web ended in=5 out=16 "
			     "seconds=0 reason=\"done\"");
	sock_close(visitor, false);
	sock_close(service, false);
	stop();
}

/* Who ends first, and how: that is what the other side sees. A reset ends both ways at
 * once, however much is still said.
 */
static void ends(void **state)
{
	static const struct {
		bool service, reset;
		long seen;
		const char *join, *host;
	} rows[] = {
		{ false, false, 0, "done", "done" },
		{ true, false, 0, "done", "done" },
		{ false, true, -NAT_ERESET, "reset", "reset" },
		{ true, true, -NAT_ERESET, "reset", "reset" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int fds[2], first = rows[i].service;

		start(4);
		fds[0] = visit();
		fds[1] = served();
		says(fds[0], fds[1], "hello");
		says(fds[1], fds[0], "welcome");
		if (rows[i].reset)
			sock_close(fds[first], true);
		else
			sock_finish(fds[first]);
		assert_int_equal(hears(fds[!first]), rows[i].seen);
		ties_pair_are(!rows[i].reset, !rows[i].reset);
		if (!rows[i].reset) {
			says(fds[!first], fds[first], "to the last");
			sock_close(fds[first], false);
		}
		sock_close(fds[!first], false);
		chan_pair_pass(30);
		ties_pair_are(0, 0);
		ties_pair_said(JOIN, rows[i].join);
		ties_pair_said(HOST, rows[i].host);
		stop();
	}
}

/* The visitor says all that he has to say. */
static void ask_all(int *visitor, int *service)
{
	start(4);
	*visitor = visit();
	*service = served();
	says(*visitor, *service, "give me");
	sock_finish(*visitor);
	assert_int_equal(hears(*service), 0);
}

/* Half closed, then cut off: what has come must not look like all of it. */
static void cut_off(void **state)
{
	int visitor, service;

	(void)state;
	ask_all(&visitor, &service);
	says(service, visitor, "a part");
	sock_close(service, true);
	assert_int_equal(hears(visitor), -NAT_ERESET);
	ties_pair_are(0, 0);
	sock_close(visitor, false);
	stop();
}

/* Who has said his last and then hangs up: the service does not go on for nobody. */
static void hangs_up(void **state)
{
	int visitor, service;

	(void)state;
	ask_all(&visitor, &service);
	sock_close(visitor, true);
	assert_int_equal(sock_send(service, BYTES("here it is")), 10);
	chan_pair_pass(50);
	ties_pair_are(0, 0);
	ties_pair_said(HOST, "reset");
	assert_true(sock_send(service, BYTES("and more")) < 0);
	sock_close(service, false);
	stop();
}

/* ---- who is refused ---- */

static void is_refused(int visitor, const char *why)
{
	assert_int_equal(hears(visitor), -NAT_ERESET);
	ties_pair_are(0, 0);
	ties_pair_said(JOIN, why);
	sock_close(visitor, false);
}

/* The host knows no such service, or has too many of that peer's; or there is nobody at
 * the service's port. Who has said nothing yet, and all there is, sees an end.
 */
static void refused(void **state)
{
	int visitor;

	(void)state;
	start(4);
	ties_pair.refuses = true;
	is_refused(visit(), "connection refused");
	visitor = visit();
	assert_int_equal(sock_send(visitor, BYTES("hello")), 5);
	is_refused(visitor, "connection refused");
	visitor = visit();
	sock_finish(visitor);
	assert_int_equal(hears(visitor), 0);
	ties_pair_said(JOIN, "done");
	sock_close(visitor, false);
	ties_pair.refuses = false;

	sock_close(door, false);
	is_refused(visit(), "connection refused");
	ties_pair_said(HOST, "other to web ended in=0 out=0 seconds=0 "
			     "reason=\"connection refused\"");
	door = sock_spare();
	stop();
}

/* A host's of one peer, then those of the join, for whom no channel is opened. */
static void too_many(void **state)
{
	int visitors[3], service;

	(void)state;
	start(2);
	ties_pair.ties[HOST].most = 1;
	visitors[0] = visit();
	service = served();
	assert_true(service >= 0);
	visitors[1] = visit();
	assert_int_equal(hears(visitors[1]), -NAT_ERESET);
	assert_int_equal(ties_pair.turned_away, 1);
	ties_pair_are(1, 1);
	sock_close(visitors[1], false);

	chan_pair.cut = true;
	visitors[1] = visit();
	visitors[2] = visit();
	assert_int_equal(hears(visitors[2]), -NAT_ERESET);
	ties_pair_noted(JOIN, "warn join: 127.0.0.1:");
	ties_pair_noted(JOIN, ": too many at once: web");
	assert_int_equal(hears(visitors[1]), -NAT_EAGAIN);
	ties_pair_are(2, 1);
	chan_pair.cut = false;
	says(visitors[0], service, "still here");
	for (int i = 0; i < 3; i++)
		sock_close(visitors[i], false);
	sock_close(service, false);
	stop();
}

/* ---- ends from elsewhere ---- */

/* All of a peer's, in whatever state: while it is dialled, open, half closed. */
static void all_end(void **state)
{
	int visitors[3], services[2];

	(void)state;
	start(4);
	visitors[0] = visit();
	services[0] = served();
	visitors[1] = visit();
	services[1] = served();
	sock_finish(visitors[1]);
	assert_int_equal(hears(services[1]), 0);
	visitors[2] = visit();
	while (ties_pair.ties[HOST].n < 3)
		rig_turns(&chan_pair.rig, 1);
	ties_end(&ties_pair.ties[HOST]);
	assert_int_equal(ties_pair.ties[HOST].n, 0);
	ties_pair_said(HOST, "reason=\"closed by the other side\"");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(hears(visitors[i]), -NAT_ERESET);
		sock_close(visitors[i], false);
	}
	assert_int_equal(hears(services[0]), -NAT_ERESET);
	assert_true(sock_send(services[1], BYTES("anybody?")) < 0);
	sock_close(services[0], false);
	sock_close(services[1], false);
	ties_pair_are(0, 0);
	stop();
}

/* The association is over, at the other side too. */
static void peer_goes(void **state)
{
	int visitor, service;

	(void)state;
	start(4);
	visitor = visit();
	service = served();
	assoc_stop(&chan_pair.ends[HOST].assoc);
	assert_int_equal(hears(visitor), -NAT_ERESET);
	assert_int_equal(hears(service), -NAT_ERESET);
	ties_pair_are(0, 0);
	ties_pair_said(JOIN, "closed by the other side");
	ties_pair_said(HOST, "closed by the other side");
	sock_close(visitor, false);
	sock_close(service, false);
	stop();
}

/* What the other side may not say ends the connection that it is said of, and no other. */
static void misbehaves(void **state)
{
	const struct sctp_message how = { .ppid = 99 };
	struct assoc *other = &chan_pair.ends[HOST].assoc;
	int visitors[2], services[2];
	const struct joint *first;

	(void)state;
	start(4);
	for (int i = 0; i < 2; i++) {
		visitors[i] = visit();
		services[i] = served();
	}
	first = container_of(ties_pair.ties[JOIN].joints.next, struct joint,
			     node);
	assert_int_equal(sctp_send(&other->sctp, first->chan.sid, BYTES("x"),
				   &how, assoc_now(other)),
			 0);
	assoc_due(other);
	assert_int_equal(hears(visitors[0]), -NAT_ERESET);
	assert_int_equal(hears(services[0]), -NAT_ERESET);
	ties_pair_said(JOIN, "protocol");
	ties_pair_are(1, 1);
	says(visitors[1], services[1], "still here");
	for (int i = 0; i < 2; i++) {
		sock_close(visitors[i], false);
		sock_close(services[i], false);
	}
	stop();
}

/* ---- what is told ---- */

/* A name of a peer's is cut; an address stands for who came from there. */
static void told(void **state)
{
	struct ties t = { .of = &ties_pair.tables[JOIN] };
	struct tie_end e = {
		.service = BYTES("web"), .in = UINT64_MAX, .out = 1, .why = "x"
	};
	char who[60];

	(void)state;
	start(1);
	memset(who, 'w', sizeof who);
	t.who = (struct bytes){ (const uint8_t *)who, sizeof who };
	e.since = chan_pair.rig.loop.now - 61999;
	ties_say(&t, &e);
	assert_string_equal(ties_pair.said[JOIN],
			    "info join: "
			    "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww to web "
			    "ended in=18446744073709551615 out=1 seconds=61 "
			    "reason=\"x\"");
	assert_int_equal(addr_parse(&e.from, BYTES("[2001:db8::1]:7")), 0);
	ties_say(&t, &e);
	ties_pair_said(JOIN, "info join: [2001:db8::1]:7 to web ended");
	stop();
}

/* ---- standard input and output ---- */

static struct tie_stdio ours;
static int outcome, times, kept[2], in, out;

static void left(struct tie_stdio *s, int err)
{
	assert_ptr_equal(s, &ours);
	outcome = err;
	times++;
}

static void put(int fd, int as)
{
	assert_int_equal(dup2(fd, as), as);
	close(fd);
}

static void start_stdio(void)
{
	int to[2], from[2];

	start(1);
	for (int i = 0; i < 2; i++)
		kept[i] = dup(i);
	assert_int_equal(pipe(to) | pipe(from), 0);
	put(to[0], 0);
	put(from[1], 1);
	in = to[1];
	out = from[0];
	times = 0;
	ours.left = left;
	assert_true(joint_stdio(&ties_pair.ties[JOIN], &ours, BYTES("web")));
}

static void stop_stdio(int with)
{
	for (int i = 0; i < 2; i++)
		put(kept[i], i);
	close(out);
	assert_int_equal(times, 1);
	assert_int_equal(outcome, with);
	ties_pair_are(0, 0);
	stop();
}

/* It ends as the service does; it is one of those that are counted. */
static void by_stdio(void **state)
{
	char room[8];
	int service;

	(void)state;
	start_stdio();
	service = served();
	assert_false(joint_stdio(&ties_pair.ties[JOIN], &ours, BYTES("web")));
	assert_int_equal(write(in, "hello", 5), 5);
	assert_int_equal(hears(service), 5);
	says(service, out, "x");
	close(in);
	assert_int_equal(hears(service), 0);
	assert_int_equal(times, 0);
	sock_close(service, false);
	chan_pair_pass(30);
	assert_int_equal(read(out, room, sizeof room), 0);
	ties_pair_said(JOIN, "join: other to web ended in=5 out=1");
	stop_stdio(0);
}

static void stdio_is_refused(void **state)
{
	(void)state;
	start_stdio();
	ties_pair.refuses = true;
	chan_pair_pass(30);
	close(in);
	stop_stdio(-NAT_EREFUSED);
}

static void stdio_is_cut_off(void **state)
{
	int service;

	(void)state;
	start_stdio();
	service = served();
	sock_close(service, true);
	chan_pair_pass(30);
	close(in);
	stop_stdio(-NAT_ERESET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(ends),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(hangs_up),
		cmocka_unit_test(refused),
		cmocka_unit_test(too_many),
		cmocka_unit_test(all_end),
		cmocka_unit_test(peer_goes),
		cmocka_unit_test(misbehaves),
		cmocka_unit_test(told),
		cmocka_unit_test(by_stdio),
		cmocka_unit_test(stdio_is_refused),
		cmocka_unit_test(stdio_is_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
