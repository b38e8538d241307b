#include "unit.h"
#include "base/opt.h"
#include "base/uci.h"

struct settings {
	bool flag, help;
	uint32_t count, uint, bare;
	const char *text, *secret, *addr, *host, *file;
	int64_t ms, long_ms;
	uint64_t size, any_size;
	struct opt_ports ports;
	struct opt_list list, hosts;
};

#define AT(field) offsetof(struct settings, field)
/* clang-format off */
/* The last rows are another table's. */
static const struct opt shared[] = {
	{ 'c', "config", OPT_TEXT, OPT_LINE, AT(file), "FILE", NULL, 0, 0,
	  WORDS("Read this") },
	{ 'h', "help", OPT_FLAG, OPT_LINE, AT(help), NULL, NULL, 0, 0, WORDS("Help") },
	OPT_END
};
static const struct opt tab[] = {
	{ 'f', "a-flag", OPT_FLAG, 0, AT(flag), NULL, NULL, 0, 0, WORDS("Says yes") },
	{ 'v', "verbose", OPT_COUNT, 0, AT(count), NULL, "0", 0, 3, WORDS("Says more") },
	{ 'u', "max-uint", OPT_UINT, 0, AT(uint), "N", "256", 1, 65535, WORDS("Most") },
	{ 0, "bare", OPT_UINT, 0, AT(bare), "N", NULL, 0, 0, WORDS("Any") },
	{ 't', "text", OPT_TEXT, 0, AT(text), "TEXT", NULL, 0, 0, WORDS("Words") },
	{ 0, "secret", OPT_TEXT, OPT_SECRET, AT(secret), "TEXT", NULL, 0, 0,
	  WORDS("Not shown") },
	{ 0, "ms", OPT_MS, 0, AT(ms), "TIME", "20s", 1000, 3600000, WORDS("Beat") },
	{ 0, "long-ms", OPT_MS, 0, AT(long_ms), "TIME", NULL, 0, 0, WORDS("Wait") },
	{ 0, "size", OPT_SIZE, 0, AT(size), "SIZE", "64M", 1 << 20,
	  1 << 30, WORDS("Memory") },
	{ 0, "any-size", OPT_SIZE, 0, AT(any_size), "SIZE", NULL, 0, 0, WORDS("Any") },
	{ 0, "addr", OPT_ADDR, 0, AT(addr), "ADDR", NULL, 0, 0, WORDS("Where") },
	{ 0, "host", OPT_ADDR, OPT_HOST, AT(host), "ADDR", NULL, 0, 0, WORDS("Who") },
	{ 'p', "ports", OPT_PORTS, 0, AT(ports), "LO-HI", "1024-65535", 0, 0,
	  WORDS("Which") },
	{ 'l', "listen", OPT_ADDR, OPT_LIST, AT(list), "ADDR", "[::]:8888", 0, 0,
	  WORDS("Listen here") },
	{ 'r', "relay", OPT_ADDR, OPT_LIST | OPT_HOST, AT(hosts), "ADDR", NULL,
	  0, 0, WORDS("Relays with a name that does not fit") },
	OPT_ON(shared)
};
/* clang-format on */

/* A diag that remembers the last complaint. */
struct ear {
	struct diag d;
	char said[512];
};

static void hear(struct diag *d, const char *text)
{
	struct ear *ear = container_of(d, struct ear, d);
	struct fmt f = fmt_to(SPAN(ear->said));

	fmt_put(&f, "%s", text);
	fmt_text(&f);
}

static struct ear ear_of(const char *where, unsigned line)
{
	return (struct ear){ .d = { hear, where, line, 0 } };
}

static void fresh(struct settings *s)
{
	memset(s, 0, sizeof(*s));
	opt_defaults(tab, s);
}

/* Settings as they are dumped, secrets shown. */
static const char *dumped(const struct settings *s, struct span to)
{
	struct fmt f = fmt_to(to);

	opt_dump(tab, s, true, &f);
	assert_false(f.full);
	return fmt_text(&f);
}

static void test_defaults(void **state)
{
	struct settings s;
	char out[1024];

	(void)state;
	fresh(&s);
	opt_defaults(tab, &s); /* once more changes nothing */
	assert_int_equal(s.uint, 256);
	assert_int_equal(s.ms, 20000);
	assert_int_equal(s.size, 64 << 20);
	assert_int_equal(s.ports.lo, 1024);
	assert_int_equal(s.ports.hi, 65535);
	assert_int_equal(s.list.n, 1);
	assert_int_equal(s.list.from, OPT_BY_DEFAULT);
	assert_null(s.text);
	assert_string_equal(dumped(&s, SPAN(out)),
			    "\toption a_flag '0'\n"
			    "\toption verbose '0'\n"
			    "\toption max_uint '256'\n"
			    "\toption bare '0'\n"
			    "\toption ms '20s'\n"
			    "\toption long_ms '0ms'\n"
			    "\toption size '64M'\n"
			    "\toption any_size '0'\n"
			    "\toption ports '1024-65535'\n"
			    "\tlist listen '[::]:8888'\n");
}

/* One value of one row, in a file: what the dump makes of it, or why not. */
static const struct {
	const char *name, *value, *line, *why;
} values[] = {
	{ "a_flag", "yes", "\toption a_flag '1'\n", NULL },
	{ "a_flag", "", NULL, "a_flag: '' is neither yes nor no" },
	{ "max_uint", "65535", "\toption max_uint '65535'\n", NULL },
	{ "max_uint", "70000", NULL, "max_uint: 70000 is not in 1..65535" },
	{ "max_uint", "", NULL, "max_uint: '' is not a number" },
	{ "text", "a\tb", NULL, "text: a?b has a control character in it" },
	{ "secret", "hush\033", NULL, "secret: has a control character in it" },
	{ "ms", "90", "\toption ms '90s'\n", NULL },
	{ "ms", "2h", NULL, "ms: 2h is not in 1s..1h" },
	{ "size", "1025K", "\toption size '1025K'\n", NULL },
	{ "size", "5G", NULL, "size: 5G is not in 1M..1G" },
	{ "addr", "", NULL,
	  "addr: '' is not host:port, :port, port or [v6]:port" },
	{ "ports", "1-65535", "\toption ports '1-65535'\n", NULL },
	{ "listen", ":1", "\tlist listen ':1'\n", NULL },
	{ "frob", "x", NULL, "frob: no such option" },
	{ "a-flag", "1", NULL, "a-flag: no such option" },
	{ "a_fla", "1", NULL, "a_fla: no such option" },
	{ "a_flagg", "1", NULL, "a_flagg: no such option" },
	{ "config", "x", NULL, "config: only on the command line" },
};

static void test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		struct opt_line line = { values[i].name, values[i].value,
					 false };
		struct ear ear = ear_of("nat.conf", 12);
		struct settings s;
		char before[1024], after[1024], want[256] = "nat.conf:12: ";
		int rc;

		fresh(&s);
		dumped(&s, SPAN(before));
		rc = opt_file(tab, &s, &line, &ear.d);
		dumped(&s, SPAN(after));
		if (values[i].line) {
			assert_string_equal(ear.said, "");
			assert_int_equal(rc, 0);
			assert_non_null(strstr(after, values[i].line));
		} else {
			strcat(want, values[i].why);
			assert_string_equal(ear.said, want);
			assert_int_equal(rc, -NAT_ECONF);
			assert_int_equal(ear.d.count, 1);
			assert_string_equal(after, before);
		}
	}
}

/* argv as one text, words cut at spaces, in memory of its own. */
struct line {
	char text[256];
	char *argv[32];
	int argc;
};

static void cut_words(struct line *l, const char *text)
{
	memset(l, 0, sizeof(*l));
	strcpy(l->text, text);
	for (char *w = strtok(l->text, " "); w; w = strtok(NULL, " "))
		l->argv[l->argc++] = w;
}

static void join_words(const struct line *l, int from, struct fmt *f)
{
	for (int i = from; i < l->argc; i++)
		fmt_put(f, i == from ? "%s" : " %s", l->argv[i]);
	fmt_text(f);
}

/* What is left over, and the lines of the dump it must make; or why not. */
static const struct {
	const char *argv, *rest, *line, *why;
} lines[] = {
	{ "x", "", "", NULL },
	{ "x a b", "a b", "", NULL },
	{ "x a -f b", "a b", "\toption a_flag '1'\n", NULL },
	{ "x a b -u 7 c", "a b c", "\toption max_uint '7'\n", NULL },
	{ "x a --max-uint 7", "a", "\toption max_uint '7'\n", NULL },
	{ "x a --max-uint=7", "a", "\toption max_uint '7'\n", NULL },
	{ "x -u7 a", "a", "\toption max_uint '7'\n", NULL },
	{ "x -vfv a", "a", "\toption a_flag '1'\n\toption verbose '2'\n",
	  NULL },
	{ "x -v --verbose -v", "", "\toption verbose '3'\n", NULL },
	{ "x --verbose=2 -v", "", "\toption verbose '3'\n", NULL },
	{ "x -fu7 a", "a", "\toption max_uint '7'\n", NULL },
	{ "x -f --a-flag=no", "", "\toption a_flag '0'\n", NULL },
	{ "x a -- -f b", "a -f b", "\toption a_flag '0'\n", NULL },
	{ "x a -f -- -f --", "a -f --", "\toption a_flag '1'\n", NULL },
	{ "x --", "", "", NULL },
	{ "x - a", "- a", "", NULL },
	{ "x --text -f", "", "\toption text '-f'\n", NULL },
	{ "x --text --", "", "\toption text '--'\n", NULL },
	{ "x --text=a=b", "", "\toption text 'a=b'\n", NULL },
	{ "x --text=", "", "\toption text ''\n", NULL },
	{ "x -l :1 a -l:2", "a", "\tlist listen ':1'\n\tlist listen ':2'\n",
	  NULL },
	{ "x --frob", NULL, NULL, "--frob: no such option" },
	{ "x --secre=hush", NULL, NULL, "--secre: no such option" },
	{ "x -fx", NULL, NULL, "-x: no such option" },
	{ "x --max-uint", NULL, NULL, "--max-uint: needs a value" },
	{ "x -vu", NULL, NULL, "--max-uint: needs a value" },
	{ "x --max-uint 70000", NULL, NULL,
	  "--max-uint: 70000 is not in 1..65535" },
	{ "x --max-uin 7", NULL, NULL, "--max-uin: no such option" },
};

static void check_line(size_t i)
{
	struct line l;
	struct ear ear = ear_of("nat x", 0);

	cut_words(&l, lines[i].argv);
	/* Twice: the words have moved, but mean the same. */
	for (int turn = 0; turn < 2; turn++) {
		struct settings s;
		char out[1024], rest[256];
		struct fmt f = fmt_to(SPAN(rest));
		int at;

		fresh(&s);
		at = opt_args(tab, &s, l.argc, l.argv, &ear.d);
		if (lines[i].why) {
			assert_int_equal(at, -NAT_EUSAGE);
			assert_memory_equal(ear.said, "nat x: ", 7);
			assert_string_equal(ear.said + 7, lines[i].why);
			return;
		}
		assert_string_equal(ear.said, "");
		assert_in_range(at, 1, l.argc);
		join_words(&l, at, &f);
		assert_string_equal(rest, lines[i].rest);
		assert_non_null(strstr(dumped(&s, SPAN(out)), lines[i].line));
	}
}

static void test_args(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++)
		check_line(i);
}

/* Default, file, command line: a later source empties a list. */
static void test_lists(void **state)
{
	static const struct opt_line more[] = { { "listen", ":1", true },
						{ "listen", ":2", true } };
	static const struct opt_line whole = { "listen", ":3", false };
	static const struct opt_line scalar = { "text", "x", true };
	struct ear ear = ear_of("f", 1);
	struct settings s;
	struct line l;

	(void)state;
	fresh(&s);
	assert_int_equal(opt_file(tab, &s, &more[0], &ear.d), 0);
	assert_int_equal(opt_file(tab, &s, &more[1], &ear.d), 0);
	assert_int_equal(s.list.n, 2);
	assert_string_equal(s.list.v[0], ":1");
	assert_int_equal(opt_file(tab, &s, &whole, &ear.d), 0);
	assert_int_equal(s.list.n, 1);
	assert_string_equal(s.list.v[0], ":3");
	assert_int_equal(opt_file(tab, &s, &more[0], &ear.d), 0);
	assert_int_equal(s.list.n, 2);
	assert_int_equal(opt_file(tab, &s, &scalar, &ear.d), -NAT_ECONF);
	assert_string_equal(ear.said,
			    "f:1: text: has one value: write option, not list");
	cut_words(&l, "x -l :4 -l :5");
	assert_int_equal(opt_args(tab, &s, l.argc, l.argv, &ear.d), l.argc);
	assert_int_equal(s.list.n, 2);
	assert_string_equal(s.list.v[0], ":4");
	assert_int_equal(s.list.from, OPT_BY_LINE);
}

static void test_list_is_full(void **state)
{
	static const struct opt_line more = { "relay", "h", true };
	struct ear ear = ear_of("f", 1);
	struct settings s;

	(void)state;
	fresh(&s);
	for (uint32_t i = 0; i < OPT_LIST_MAX; i++) {
		assert_int_equal(opt_file(tab, &s, &more, &ear.d), 0);
		assert_int_equal(s.hosts.n, i + 1);
	}
	assert_int_equal(opt_file(tab, &s, &more, &ear.d), -NAT_ECONF);
	assert_int_equal(s.hosts.n, OPT_LIST_MAX);
	assert_string_equal(ear.said,
			    "f:1: relay: h is more than the list holds");
}

/* A refused value leaves the list as it was, whichever source holds it. */
static void test_list_is_kept(void **state)
{
	static const struct opt_line bad = { "listen", "\xff", false };
	static const struct opt_line good = { "listen", ":1", true };
	struct ear ear = ear_of("f", 1);
	struct settings s;

	(void)state;
	fresh(&s);
	assert_int_equal(opt_file(tab, &s, &bad, &ear.d), -NAT_ECONF);
	assert_int_equal(s.list.n, 1);
	assert_string_equal(s.list.v[0], "[::]:8888");
	assert_int_equal(s.list.from, OPT_BY_DEFAULT);
	assert_int_equal(opt_file(tab, &s, &good, &ear.d), 0);
	assert_int_equal(opt_file(tab, &s, &bad, &ear.d), -NAT_ECONF);
	assert_int_equal(s.list.n, 1);
	assert_string_equal(s.list.v[0], ":1");
}

/* What the dump says can always be read back. */
static void test_count_ends(void **state)
{
	struct ear ear = ear_of("nat x", 0);
	struct settings s;
	struct line l;

	(void)state;
	fresh(&s);
	cut_words(&l, "x -vv -vv");
	assert_int_equal(opt_args(tab, &s, l.argc, l.argv, &ear.d), l.argc);
	assert_int_equal(s.count, 3);
}

static void test_wipe(void **state)
{
	struct line l;
	struct ear ear = ear_of("nat x", 0);
	struct settings s;
	char text[256];
	struct fmt f = fmt_to(SPAN(text));

	(void)state;
	fresh(&s);
	cut_words(&l,
		  "x --secret one a --secret=two -t kept -- --secret three");
	assert_int_equal(opt_args(tab, &s, l.argc, l.argv, &ear.d), l.argc - 3);
	assert_string_equal(s.secret, "two");
	opt_wipe(tab, l.argc, l.argv);
	join_words(&l, 0, &f);
	assert_string_equal(text, "x --secret xxx --secret=xxx -t kept -- "
				  "a --secret three");
}

/* Reads a dump back as a section of a file would be. */
static void read_back(struct settings *s, char *text)
{
	struct ear ear = ear_of("dump", 1);
	struct uci u;
	struct uci_line line;
	const char *why;

	fresh(s);
	uci_init(&u, (struct span){ (uint8_t *)text, strlen(text) });
	while (assert_int_equal(uci_next(&u, &line, &why), 0),
	       line.kind != UCI_END) {
		struct opt_line ol = { line.name, line.value,
				       line.kind == UCI_LIST };

		assert_int_equal(opt_file(tab, s, &ol, &ear.d), 0);
	}
}

static void test_dump_is_fixed(void **state)
{
	struct ear ear = ear_of("nat x", 0);
	struct settings s, back;
	struct line l;
	char one[1024], two[1024], three[1024];

	(void)state;
	fresh(&s);
	cut_words(&l, "x -fvv -u9 --bare=77 -t it's\"#\\ --secret s'3 -p 7-9 "
		      "--ms 61s --long-ms=1500ms --size=1025K --any-size=3 "
		      "-l :1 -l [::1]:2 -r h -r 2001:db8::1 -c file "
		      "--addr=:9 --host=example.net");
	assert_int_equal(opt_args(tab, &s, l.argc, l.argv, &ear.d), l.argc);
	dumped(&s, SPAN(one));
	memcpy(two, one, sizeof(two));
	read_back(&back, two);
	assert_string_equal(dumped(&back, SPAN(three)), one);
	assert_null(strstr(one, "file"));
	assert_int_equal(back.uint, 9);
	assert_int_equal(back.long_ms, 1500);
	assert_int_equal(back.size, 1025 << 10);
	assert_string_equal(back.text, "it's\"#\\");
	assert_string_equal(back.secret, "s'3");
	assert_int_equal(back.hosts.n, 2);
}

static void test_dump_hides(void **state)
{
	struct settings s;
	char out[1024];
	struct fmt f = fmt_to(SPAN(out));

	(void)state;
	fresh(&s);
	s.secret = "hush";
	opt_dump(tab, &s, false, &f);
	fmt_text(&f);
	assert_null(strstr(out, "hush"));
	assert_non_null(strstr(out, "\t# option secret hidden\n"));
}

static void test_help(void **state)
{
	char out[2048];
	struct fmt f = fmt_to(SPAN(out));

	(void)state;
	opt_help(tab, &f);
	assert_false(f.full);
	fmt_text(&f);
	for (const struct opt *o = tab; o->name; o = opt_next(o))
		assert_non_null(strstr(out, o->name));
	assert_non_null(strstr(
		out, "  -f, --a-flag" WORDS("             Says yes") "\n"));
	assert_non_null(
		strstr(out, "      --bare N" WORDS("             Any") "\n"));
	assert_non_null(
		strstr(out, "  -l, --listen ADDR" WORDS(
				    "        Listen here") "; may be repeated "
							   "([::]:8888)\n"));
	assert_non_null(
		strstr(out, "  -h, --help" WORDS("               Help") "\n"));
}

/* Complaints never pass on what could change a terminal, however long. */
static void test_diag(void **state)
{
	struct ear ear = ear_of("f\033[1m", 3);
	char longest[1000];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = 0;
	diag_put(&ear.d, "a\nb%s", "\177");
	assert_string_equal(ear.said, "f?[1m:3: a?b?");
	diag_put(&ear.d, "%s", longest);
	assert_int_equal(strlen(ear.said), 511);
	assert_int_equal(ear.d.count, 2);
	assert_int_equal(diag_option(&ear.d, "a-b", "no"), -NAT_ECONF);
	assert_string_equal(ear.said, "f?[1m:3: a_b: no");
	ear.d.line = 0;
	assert_int_equal(diag_option(&ear.d, "a-b", "no"), -NAT_EUSAGE);
	assert_string_equal(ear.said, "f?[1m: --a-b: no");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_args),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_list_is_full),
		cmocka_unit_test(test_list_is_kept),
		cmocka_unit_test(test_count_ends),
		cmocka_unit_test(test_wipe),
		cmocka_unit_test(test_dump_is_fixed),
		cmocka_unit_test(test_dump_hides),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_diag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
