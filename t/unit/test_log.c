#include "unit.h"
#include "base/cur.h"
#include "base/log.h"

struct sink {
	struct log log;
	uint8_t line[LOG_LINE];
	size_t n;
	int level; /* -1: nothing was said */
};

static void keep(struct log *log, enum log_level level, struct bytes line)
{
	struct sink *s = container_of(log, struct sink, log);

	assert_true(line.n <= LOG_LINE);
	memcpy(s->line, line.p, line.n);
	s->n = line.n;
	s->level = (int)level;
}

static struct sink fresh(enum log_level most)
{
	return (struct sink){ .log = { keep, most }, .level = -1 };
}

static struct bytes said(const struct sink *s)
{
	return (struct bytes){ s->line, s->n };
}

static void lines_of_every_level(void **state)
{
	struct sink s = fresh(LOG_DEBUG);

	(void)state;
	log_err(&s.log, "loop", "gone");
	assert_bytes_equal(said(&s), BYTES("err loop: gone"));
	log_warn(&s.log, "relay 17", "slow ms=%u", 12U);
	assert_bytes_equal(said(&s), BYTES("warn relay 17: slow ms=12"));
	log_info(&s.log, "client", "%s=%d", "left", -1);
	assert_bytes_equal(said(&s), BYTES("info client: left=-1"));
	log_debug(&s.log, "tcp", "100%%");
	assert_bytes_equal(said(&s), BYTES("debug tcp: 100%"));
}

static void no_more_than_asked_for(void **state)
{
	(void)state;
	for (int most = LOG_ERR; most <= LOG_DEBUG; most++)
		for (int level = LOG_ERR; level <= LOG_DEBUG; level++) {
			struct sink s = fresh((enum log_level)most);

			log_put(&s.log, (enum log_level)level, "x", "y");
			assert_int_equal(s.level, level <= most ? level : -1);
		}
}

static void bare_lines(void **state)
{
	struct sink s = fresh(LOG_ERR);

	(void)state;
	log_say(&s.log, "relay: ready on %s", "[::]:8888");
	assert_bytes_equal(said(&s), BYTES("relay: ready on [::]:8888"));
	assert_int_equal(s.level, LOG_INFO);
}

static void long_lines_are_cut(void **state)
{
	struct sink s = fresh(LOG_INFO);
	char text[2 * LOG_LINE];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = 0;
	log_info(&s.log, "who", "%s", text);
	assert_int_equal(s.n, LOG_LINE);
	assert_memory_equal(s.line, "info who: xxx", 13);
	assert_memory_equal(s.line + 10, text, LOG_LINE - 10);
	log_say(&s.log, "%s", text);
	assert_memory_equal(s.line, text, LOG_LINE);
}

static void one_line_stays_one(void **state)
{
	struct sink s = fresh(LOG_INFO);

	(void)state;
	log_info(&s.log, "a\nb", "%s", "c\r\nerr d\t\x1b[0m\x7f\xc3\xa9");
	assert_bytes_equal(said(&s), BYTES("info a?b: c??err d??[0m?\xc3\xa9"));
	log_say(&s.log, "a%cb", 0);
	assert_bytes_equal(said(&s), BYTES("a?b"));
}

/* Is it said at that time? *unsaid: how many before it were not, as it tells. */
static bool may(struct sink *s, struct log_rate *r, int64_t now,
		uint32_t *unsaid)
{
	struct cur c;

	*unsaid = 0;
	s->level = -1;
	log_seldom(&s->log, log_at(r, now), "x", "%s", "y");
	if (s->level < 0)
		return false;
	assert_int_equal(s->level, LOG_WARN);
	c = cur_of(said(s));
	assert_bytes_equal(cur_bytes(&c, 9), BYTES("warn x: y"));
	if (cur_left(&c) == 0)
		return true;
	assert_bytes_equal(cur_bytes(&c, 6), BYTES(" (and "));
	assert_true(cur_number(&c, UINT32_MAX, unsaid) && *unsaid > 0);
	assert_bytes_equal(cur_bytes(&c, cur_left(&c)), BYTES(" such before)"));
	return true;
}

static void five_in_ten_seconds(void **state)
{
	/* At what time, is it said, and how many went unsaid before. */
	static const struct {
		int64_t now;
		bool may;
		uint32_t unsaid;
	} rows[] = {
		{ 3, true, 0 },      { 3, true, 0 },     { 500, true, 0 },
		{ 10001, true, 0 },  { 10002, true, 0 }, { 10002, false, 0 },
		{ 10002, false, 0 }, { 10003, true, 2 }, { 10003, true, 0 },
		{ 20002, true, 0 },  { 20003, true, 0 }, { 20004, true, 0 },
		{ 20004, true, 0 },  { 20004, true, 0 }, { 20005, true, 0 },
		{ 30002, false, 0 }, { 90000, true, 1 }, { 90001, true, 0 },
	};
	struct sink s = fresh(LOG_INFO);
	struct log_rate r = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t unsaid = 77;

		assert_int_equal(may(&s, &r, rows[i].now, &unsaid),
				 rows[i].may);
		assert_int_equal(unsaid, rows[i].unsaid);
	}
}

/* Nothing is lost count of, and no window says more than its burst. */
static void all_are_counted(void **state)
{
	struct sink s = fresh(LOG_INFO);
	struct log_rate r = { 0 };
	uint64_t seed = 5;
	uint32_t asked = 0, told = 0, in_window = 0;
	int64_t now = -100000, since = now;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		uint32_t unsaid;

		now += unit_rand(&seed) % 3000;
		asked++;
		if (now - since >= 10000) {
			since = now;
			in_window = 0;
		}
		if (may(&s, &r, now, &unsaid)) {
			told += 1 + unsaid;
			assert_true(++in_window <= LOG_BURST);
		}
	}
	assert_int_equal(asked, told + r.unsaid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_every_level),
		cmocka_unit_test(no_more_than_asked_for),
		cmocka_unit_test(bare_lines),
		cmocka_unit_test(long_lines_are_cut),
		cmocka_unit_test(one_line_stays_one),
		cmocka_unit_test(five_in_ten_seconds),
		cmocka_unit_test(all_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
