#include "unit.h"
#include "wire/token.h"

enum { GOOD, WEAK, WRONG };

static void faults(void **state)
{
	static const struct {
		const char *token;
		int want;
	} tab[] = {
		{ "", WRONG },
		{ "0a1b2c3d4e5f6g7", WRONG },   /* 15 */
		{ "0a1b2c3d4e5f6g7h", GOOD },   /* 16 x 5.16 */
		{ "qwertyuiopasdfgh", WEAK },   /* 16 x 4.70 */
		{ "qwertyuiopasdfghj", WEAK },  /* 17 x 4.70 = 79.9 */
		{ "qwertyuiopasdfghjk", GOOD }, /* 18 x 4.70 */
		{ "QWERTYUIOPASDFGHJ", WEAK },
		{ "QWERTYUIOPASDFGHJK", GOOD },
		{ "QWERTYUIOPASDFG1", GOOD },
		{ "0123456789abcdef012", WEAK },  /* 19 x 4 */
		{ "0123456789abcdef0123", GOOD }, /* 20 x 4 */
		{ "0123456789ABCDEF012", WEAK },
		{ "0123456789ABCDEF0123", GOOD },
		{ "0123456789abcdefABC", GOOD },      /* 62 */
		{ "012345678901234567890123", WEAK }, /* 24 x 3.32 */
		{ "0123456789012345678901234", GOOD },
		{ "qwertyuiopASDF", WRONG },
		{ "qwertyuiopASDFGH", GOOD }, /* 16 x 5.70 */
		{ "._~-._~-._~-._~-", GOOD }, /* 16 x 6.04 */
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", WEAK },
		{ "0123456789abcdef012222222222", WEAK }, /* 19 + runs */
		{ "0123456789abcdef01233", GOOD },
		{ "0123456789abcdef 123", WRONG },
		{ "0123456789abcdef:123", WRONG },
		{ "0123456789abcdef/123", WRONG },
		{ "0123456789abcdef\xc3\xa9"
		  "123",
		  WRONG },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct guard g;
		struct bytes token = guard_bytes(&g, bytes_of(tab[i].token));
		const char *hard = token_fault(token, false);
		const char *soft = token_fault(token, true);

		if ((hard == NULL) != (tab[i].want == GOOD) ||
		    (soft == NULL) != (tab[i].want != WRONG))
			fail_msg("%s", tab[i].token);
		if (tab[i].want == WEAK)
			assert_non_null(strstr(hard, "nat keygen --token"));
		guard_free(&g);
	}
}

static void lengths(void **state)
{
	uint8_t text[TOKEN_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t)('a' + i % 26);
	for (size_t n = 0; n <= sizeof text; n++) {
		bool good = n >= TOKEN_MIN && n <= TOKEN_MAX;

		assert_int_equal(token_fault((struct bytes){ text, n }, true) ==
					 NULL,
				 good);
	}
}

static void alphabet(void **state)
{
	uint8_t text[TOKEN_MIN] = "abcdefghijklmnop";

	(void)state;
	for (int c = 0; c < 256; c++) {
		bool good = c != 0 && strchr("abcdefghijklmnopqrstuvwxyz"
					     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					     "0123456789._~-",
					     c) != NULL;

		text[9] = (uint8_t)c;
		assert_int_equal(
			token_fault((struct bytes){ text, 16 }, true) == NULL,
			good);
	}
}

struct line {
	const char *name, *token;
	unsigned number;
};

static void check_file(struct bytes text, const struct line *want)
{
	struct guard g;
	struct token_file f;
	struct token_line line;

	token_file_init(&f, guard_bytes(&g, text));
	for (; want->token != NULL; want++) {
		assert_true(token_file_next(&f, &line));
		assert_bytes_equal(line.name, bytes_of(want->name));
		assert_bytes_equal(line.token, bytes_of(want->token));
		assert_int_equal(line.number, want->number);
	}
	assert_false(token_file_next(&f, &line));
	assert_false(token_file_next(&f, &line));
	guard_free(&g);
}

static void visits(void **state)
{
	static const struct {
		const char *text, *visit, *fault; /* fault: of what */
	} tab[] = {
		{ "a:b", "", NULL },
		{ "a:b \t\r", "", NULL },
		{ "a:b visit=x/y", "x/y", NULL },
		{ "a:b \t visit=x/y,*/z\t\r", "x/y,*/z", NULL },
		{ "b visit=x/y", "x/y", "for a name:token" },
		{ "a:b visit=", "", "OWNER/SERVICE" },
		{ "a:b visit=x", "x", "OWNER/SERVICE" },
		{ "a:b visits=x/y", "", "no such word" },
		{ "a:b visit=x/y visit=x/y", "x/y", "twice" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct token_file f;
		struct token_line line;

		token_file_init(&f, bytes_of(tab[i].text));
		assert_true(token_file_next(&f, &line));
		assert_bytes_equal(line.token, BYTES("b"));
		assert_bytes_equal(line.visit, bytes_of(tab[i].visit));
		assert_int_equal(line.fault == NULL, tab[i].fault == NULL);
		if (tab[i].fault)
			assert_non_null(strstr(line.fault, tab[i].fault));
	}
}

static void files(void **state)
{
	static const struct {
		const char *text;
		struct line want[6];
	} tab[] = {
		{ "", { { NULL, NULL, 0 } } },
		{ "\n\r\n\n", { { NULL, NULL, 0 } } },
		{ "# none", { { NULL, NULL, 0 } } },
		{ "abc", { { "", "abc", 1 } } },
		{ "abc\r\r\n", { { "", "abc", 1 } } },
		{ "# who\n\none\r\nbox:two\n#x:y\n\rrest\r",
		  { { "", "one", 3 },
		    { "box", "two", 4 },
		    { "", "rest", 6 } } },
		{ "a:b:c\n:d\ne:\nf#g\n h",
		  { { "a", "b:c", 1 },
		    { "", ":d", 2 },
		    { "e", "", 3 },
		    { "", "f#g", 4 },
		    { "", "h", 5 } } },
		{ " \n\t# \none ports=1\r\nbox:two\t services=3 \nx:\ty",
		  { { "", "one", 3 }, { "box", "two", 4 }, { "x", "", 5 } } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++)
		check_file(bytes_of(tab[i].text), tab[i].want);
}

/* Words behind a token: what they come to, or the fault and its word. */
static void words(void **state)
{
	static const struct {
		const char *line, *ports;
		uint32_t services;
		const char *key, *fault;
	} tab[] = {
		{ "t", "", 0, "", NULL },
		{ "t ", "", 0, "", NULL },
		{ "t ports=8080", "8080", 0, "ports", NULL },
		{ "n:t ports=6000-6999,8080\tservices=4", "6000-6999,8080", 4,
		  "services", NULL },
		{ "t  services=65535  ", "", 65535, "services", NULL },
		{ "t ports=1-65535,7-7", "1-65535,7", 0, "ports", NULL },
		{ "t ports=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16",
		  "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", 0, "ports", NULL },
		{ "t ports=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", NULL, 0,
		  "ports", "16 ports" },
		{ "t ports=", NULL, 0, "ports", "16 ports" },
		{ "t ports=0", NULL, 0, "ports", "16 ports" },
		{ "t ports=65536", NULL, 0, "ports", "16 ports" },
		{ "t ports=2-1", NULL, 0, "ports", "16 ports" },
		{ "t ports=1-", NULL, 0, "ports", "16 ports" },
		{ "t ports=1,", NULL, 0, "ports", "16 ports" },
		{ "t ports=1;2", NULL, 0, "ports", "16 ports" },
		{ "t services=0", NULL, 0, "services", "1 to 65535" },
		{ "t services=65536", NULL, 0, "services", "1 to 65535" },
		{ "t services=4x", NULL, 0, "services", "1 to 65535" },
		{ "t services=1 services=1", NULL, 0, "services", "twice" },
		{ "t prots=1", NULL, 0, "prots", "no such word" },
		{ "t =1", NULL, 0, "", "no such word" },
		{ "t ports=1 # why", NULL, 0, "", "has no =" },
		{ "secret another", NULL, 0, "", "has no =" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct guard g;
		struct token_file f;
		struct token_line l;
		uint8_t room[100];
		struct fmt ports = fmt_to(SPAN(room));

		token_file_init(&f, guard_bytes(&g, bytes_of(tab[i].line)));
		assert_true(token_file_next(&f, &l));
		if (!tab[i].fault != !l.fault ||
		    (l.fault && !strstr(l.fault, tab[i].fault)))
			fail_msg("%s: %s", tab[i].line, l.fault);
		if (l.fault)
			assert_bytes_equal(l.word, bytes_of(tab[i].key));
		if (!l.fault) {
			token_print_ports(&ports, &l.rights);
			assert_bytes_equal(fmt_done(&ports),
					   bytes_of(tab[i].ports));
			assert_int_equal(l.rights.services, tab[i].services);
		}
		guard_free(&g);
	}
}

static void ports(void **state)
{
	static const struct token_rights any,
		some = { .nports = 2,
			 .ports = { { 6000, 6999 }, { 8080, 8080 } } };
	static const struct {
		uint16_t port;
		bool given;
	} tab[] = {
		{ 5999, false }, { 6000, true },   { 6999, true },
		{ 7000, false }, { 8080, true },   { 8081, false },
		{ 0, false },    { 65535, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		assert_int_equal(token_gives_port(&some, tab[i].port),
				 tab[i].given);
		assert_true(token_gives_port(&any, tab[i].port));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults),   cmocka_unit_test(lengths),
		cmocka_unit_test(alphabet), cmocka_unit_test(files),
		cmocka_unit_test(words),    cmocka_unit_test(ports),

		cmocka_unit_test(visits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
