#include "unit.h"
#include "wire/handover.h"

#define ID "0123456789abcdef0123456789abcdef"

static long parse(struct handover_line *l, const char *text, size_t n)
{
	struct guard g;
	struct bytes in =
		guard_bytes(&g, (struct bytes){ (const uint8_t *)text, n });
	long rc = handover_parse(l, in);

	guard_free(&g);
	return rc;
}

static const struct {
	const char *text;
	enum handover_word word;
	bool beside;
} lines[] = {
	{ "tcp\n", HANDOVER_TCP, true },
	{ "udp\n", HANDOVER_UDP, true },
	{ "unix later words\n", HANDOVER_UNIX, true },
	{ "ready\n", HANDOVER_READY, false },
	{ "end\n", HANDOVER_END, false },
	{ "of a later version\n", HANDOVER_WORDS, false },
	{ "\n", HANDOVER_WORDS, false },
	{ "port 1 own " ID " ssh 0 -\n", HANDOVER_PORT, true },
	{ "port 2 own " ID " dns 0 - - - 1 2 0 0 more\n", HANDOVER_PORT, true },
	{ "port 1 own " ID " ssh 0 - web " ID ID " 4294967295 0 1 22\n",
	  HANDOVER_PORT, false },
	{ "port 1 own " ID " ssh 1 -\n", HANDOVER_PORT, false },
	{ "port 3 own " ID " web 0 a.x/api\n", HANDOVER_PORT, false },
	{ "visitor [2001:db8::1]:80 3\nGET", HANDOVER_VISITOR, true },
	{ "visitor 192.0.2.1:80 0\n", HANDOVER_VISITOR, true },
	{ "visitor 192.0.2.1:80 1 hello more\n\026", HANDOVER_VISITOR, true },
};

static void reads_lines(void **state)
{
	struct handover_line l;

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		size_t n = strlen(lines[i].text);

		for (size_t cut = 0; cut < n; cut++)
			assert_int_equal(parse(&l, lines[i].text, cut), 0);
		assert_int_equal(parse(&l, lines[i].text, n), n);
		assert_int_equal(l.word, lines[i].word);
		assert_int_equal(l.beside, lines[i].beside);
	}
}

static void refuses_what_is_wrong(void **state)
{
	static const char *const bad[] = {
		"port\n",
		"port 0 own " ID " ssh 0 -\n",
		"port 5 own " ID " ssh 0 -\n",
		"port 1x own " ID " ssh 0 -\n",
		"port 1 o:n " ID " ssh 0 -\n",
		"port 1 own 0123 ssh 0 -\n",
		"port 1 own " ID " s/h 0 -\n",
		"port 1 own " ID " ssh 2 -\n",
		"port 1 own " ID " ssh 0\n",
		"port 1 own " ID " ssh 0 - web\n",
		"port 1 own " ID " ssh 0 - w/b - 0 0 0 0\n",
		"port 1 own " ID " ssh 0 - web " ID " 0 0 0 0\n",
		"port 1 own " ID " ssh 0 - web - 0 0 2 0\n",
		"port 1 own " ID " ssh 0 - web - 0 0 0 65536\n",
		"port 1 own " ID " ssh 0 - web - 0 4294967296 0 0\n",
		"visitor\n",
		"visitor 192.0.2.1:80\n",
		"visitor 192.0.2.1:80 16385\n",
		"visitor nowhere 1\nx",
	};
	static char endless[HANDOVER_LINE];
	struct handover_line l;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (parse(&l, bad[i], strlen(bad[i])) != -NAT_EPROTO)
			fail_msg("taken: %s", bad[i]);
	memset(endless, 'x', sizeof endless);
	assert_int_equal(parse(&l, endless, sizeof endless - 1), 0);
	assert_int_equal(parse(&l, endless, sizeof endless), -NAT_EPROTO);
}

static void reads_what_it_prints(void **state)
{
	uint8_t text[512];
	struct fmt f = fmt_to(SPAN(text));
	struct handover_line l = { .word = HANDOVER_PORT,
				   .protocol = FASTNAT_HTTP,
				   .owner = BYTES("router1"),
				   .instance = BYTES(ID),
				   .service = BYTES("web"),
				   .host = BYTES("*.x/a"),
				   .group = { .told = true,
					      .given = true,
					      .word = BYTES("web"),
					      .mac = BYTES(ID ID),
					      .tag = { UINT32_MAX, 7 },
					      .at = 443 } };
	struct handover_line m = { .word = HANDOVER_VISITOR,
				   .said = BYTES("GET / HT\n"),
				   .hello = true };
	long n;

	(void)state;
	assert_int_equal(addr_parse(&m.from, BYTES("[::1]:4711")), 0);
	handover_print(&f, &l);
	handover_print(&f, &m);
	assert_false(f.full);
	n = handover_parse(&l, fmt_done(&f));
	assert_true(n > 0);
	assert_int_equal(l.protocol, FASTNAT_HTTP);
	assert_true(bytes_are(l.owner, "router1"));
	assert_true(bytes_are(l.instance, ID));
	assert_true(bytes_are(l.service, "web"));
	assert_true(bytes_are(l.host, "*.x/a"));
	assert_false(l.private);
	assert_true(l.group.told && l.group.given);
	assert_true(bytes_are(l.group.word, "web"));
	assert_true(bytes_are(l.group.mac, ID ID));
	assert_true(l.group.tag[0] == UINT32_MAX && l.group.tag[1] == 7);
	assert_int_equal(l.group.at, 443);
	assert_int_equal(
		handover_parse(&l, (struct bytes){ text + n, f.n - (size_t)n }),
		f.n - (size_t)n);
	assert_int_equal(l.from.port, 4711);
	assert_true(bytes_are(l.said, "GET / HT\n"));
	assert_true(l.hello);
	n = handover_parse(&l, BYTES("port 1 own " ID " ssh 0 -\n"));
	assert_true(n > 0);
	assert_int_equal(l.host.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lines),
		cmocka_unit_test(refuses_what_is_wrong),
		cmocka_unit_test(reads_what_it_prints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
