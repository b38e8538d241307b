/* redis: a connection to a server that this test plays, word by word: greeted and
 * refused, silent, gone, and in pieces.
 */
#include "rig.h"
#include "net/redis.h"

static const struct net_limits limits = { .memory = 1 << 20 };
static struct rig rig;
static struct redis redis;
static struct redisurl url;
static int listener, server = -1;

/* What the owner has heard. */
static struct {
	int ups, downs, n;
	char why[RESP_LINE + 1], text[8192];
	bool loses; /* at the first token */
} heard;

static void up(struct redis *r)
{
	(void)r;
	heard.ups++;
}

static void down(struct redis *r, const char *why)
{
	(void)r;
	heard.downs++;
	snprintf(heard.why, sizeof heard.why, "%s", why);
}

/* As "KIND.TAG:text " and, of one that is not the last, "...". */
static void note(struct redis *r, struct redis_ask ask,
		 const struct resp *token, bool last)
{
	heard.n +=
		snprintf(heard.text + heard.n,
			 sizeof heard.text - (size_t)heard.n, "%d.%u:%.*s%s ",
			 ask.kind, (unsigned)ask.tag, (int)token->text.n,
			 (const char *)token->text.p, last ? "" : "...");
	if (heard.loses)
		redis_lose(r, "enough");
}

static const struct redis_ops ops = { up, down, note };

/* ---- the server's part ---- */

static void take_client(void)
{
	struct addr from;

	for (int i = 0; i < 200 && server < 0; i++) {
		rig_turns(&rig, 2);
		server = sock_accept(listener, &from);
	}
	assert_true(server >= 0);
}

static void serve(const char *text)
{
	assert_int_equal(write(server, text, strlen(text)),
			 (ssize_t)strlen(text));
	for (int i = 0; i < 5; i++)
		rig_turns(&rig, 5);
}

static void wants(const char *text)
{
	char got[4096];
	size_t n = 0;

	for (int i = 0; i < 200 && n < strlen(text); i++) {
		ssize_t k =
			recv(server, got + n, sizeof got - 1 - n, MSG_DONTWAIT);

		n += k > 0 ? (size_t)k : 0;
		rig_turns(&rig, 2);
	}
	got[n] = '\0';
	assert_string_equal(got, text);
}

static void leave(void)
{
	close(server);
	server = -1;
}

/* ---- life ---- */

static void begin(const char *who)
{
	struct addr at;
	char text[128];

	rig_start(&rig, &limits, 100000);
	memset(&heard, 0, sizeof heard);
	memset(&redis, 0, sizeof redis);
	listener = rig_listen(&at);
	fcntl(listener, F_SETFL, O_NONBLOCK);
	snprintf(text, sizeof text, "redis://%s127.0.0.1:%d/3", who, at.port);
	assert_int_equal(redisurl_parse(&url, bytes_of(text)), 0);
	redis_start(&redis, &rig.net, &url, &ops);
	take_client();
}

static void begin_up(void)
{
	begin("");
	wants("*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n*1\r\n$4\r\nPING\r\n");
	serve("+OK\r\n+PONG\r\n");
	assert_int_equal(redis.state, REDIS_UP);
}

static void end(void)
{
	redis_stop(&redis);
	if (server >= 0)
		leave();
	close(listener);
	rig_stop(&rig);
}

static void skip_ms(int64_t ms)
{
	rig_clock.skipped += ms;
	rig_turns(&rig, 10);
}

static int ask(unsigned tag)
{
	struct bytes word = BYTES("X");

	return redis_ask(&redis, (struct redis_ask){ 7, tag }, &word, 1);
}

/* ---- tests ---- */

static void greeted(void **state)
{
	(void)state;
	begin("me:pw@");
	wants("*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$2\r\npw\r\n"
	      "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n*1\r\n$4\r\nPING\r\n");
	assert_int_equal(ask(1), -NAT_EAGAIN);
	serve("+OK\r\n+OK\r\n");
	assert_int_equal(heard.ups, 0);
	assert_int_equal(redis_room(&redis), 0);
	serve("+PONG\r\n");
	assert_int_equal(heard.ups, 1);
	assert_int_equal(redis_room(&redis), REDIS_ASKS);
	end();
}

/* What refuses is dialled again, and is not there until it says PONG. */
static void refused_at_first(void **state)
{
	static const char *const no[] = {
		"-LOADING Redis is loading the dataset in memory",
		"-NOAUTH Authentication required.",
		"-ERR DB index is out of range",
	};

	(void)state;
	begin("");
	for (int i = 0; i < (int)COUNT(no); i++) {
		serve(no[i]);
		serve("\r\n+OK\r\n");
		assert_int_equal(heard.downs, i + 1);
		assert_string_equal(heard.why, no[i] + 1);
		assert_int_equal(redis.state, REDIS_DOWN);
		leave();
		skip_ms(5000);
		take_client();
	}
	serve("+OK\r\n+PONG\r\n");
	assert_int_equal(heard.ups, 1);
	end();
}

static void answers_in_order(void **state)
{
	static const char all[] =
		":1\r\n*3\r\n$1\r\na\r\n*2\r\n+b\r\n$-1\r\n:2\r\n*0\r\n"
		"-ERR c\r\n*3\r\n$7\r\nmessage\r\n$1\r\nd\r\n$1\r\ne\r\n";
	static const char told[] = "7.1:1 7.2:3... 7.2:a... 7.2:2... 7.2:b... "
				   "7.2:... 7.2:2 7.3:0 7.4:ERR c "
				   "0.0:3... 0.0:message... 0.0:d... 0.0:e ";

	(void)state;
	for (int pieces = 0; pieces < 2; pieces++) {
		begin_up();
		for (unsigned tag = 1; tag < 5; tag++)
			assert_int_equal(ask(tag), 0);
		for (size_t i = 0; pieces && i < sizeof all - 1; i++) {
			assert_int_equal(write(server, all + i, 1), 1);
			rig_turns(&rig, 3);
		}
		serve(pieces ? "" : all);
		assert_string_equal(heard.text, told);
		assert_int_equal(redis_room(&redis), REDIS_ASKS);
		end();
	}
}

static void silent(void **state)
{
	(void)state;
	begin_up();
	skip_ms(REDIS_PATIENCE + 1000);
	assert_int_equal(heard.downs, 0); /* nothing was asked */
	assert_int_equal(ask(1), 0);
	skip_ms(REDIS_PATIENCE - 100);
	assert_int_equal(heard.downs, 0);
	skip_ms(1000);
	assert_string_equal(heard.why, "it does not answer");
	end();
}

/* One who is not asked for long is asked whether he is there. */
static void idle(void **state)
{
	(void)state;
	begin_up();
	skip_ms(REDIS_PING + 1000);
	wants("*1\r\n$4\r\nPING\r\n");
	serve("+PONG\r\n");
	skip_ms(REDIS_PATIENCE);
	assert_int_equal(heard.downs, 0);
	assert_int_equal(heard.ups, 1);
	end();
}

static void bounded(void **state)
{
	(void)state;
	begin_up();
	for (unsigned i = 0; i < REDIS_ASKS; i++)
		assert_int_equal(ask(i), 0);
	assert_int_equal(ask(0), -NAT_EAGAIN);
	assert_int_equal(redis_room(&redis), 0);
	serve("+first\r\n");
	assert_string_equal(heard.text, "7.0:first ");
	assert_int_equal(ask(0), 0);
	end();
}

static void no_redis_or_gone(void **state)
{
	static const struct {
		const char *says, *why;
	} rows[] = {
		{ "HTTP/1.1 400 Bad Request\r\n",
		  "the other side broke the protocol" },
		{ "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
		  "the other side broke the protocol" },
		{ "$20000\r\n", "too large for the space set aside" },
		{ NULL, "closed by the other side" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin_up();
		if (rows[i].says)
			serve(rows[i].says);
		else
			leave();
		rig_turns(&rig, 20);
		assert_string_equal(heard.why, rows[i].why);
		assert_int_equal(heard.downs, 1);
		end();
	}
}

/* Given up in the middle of what is heard: not a word more. */
static void owner_loses(void **state)
{
	(void)state;
	begin_up();
	assert_int_equal(ask(1), 0);
	heard.loses = true;
	serve("*2\r\n+a\r\n+b\r\n");
	assert_string_equal(heard.text, "7.1:2... ");
	assert_string_equal(heard.why, "enough");
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(greeted),
		cmocka_unit_test(refused_at_first),
		cmocka_unit_test(answers_in_order),
		cmocka_unit_test(silent),
		cmocka_unit_test(idle),
		cmocka_unit_test(bounded),
		cmocka_unit_test(no_redis_or_gone),
		cmocka_unit_test(owner_loses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
