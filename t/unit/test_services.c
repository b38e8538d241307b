#include "app/p2p/p2p.h"
#include "unit.h"

struct heard {
	struct diag diag;
	char last[200];
};

static void note(struct diag *d, const char *text)
{
	struct heard *h = container_of(d, struct heard, diag);
	size_t n = strlen(text);

	assert_true(n < sizeof h->last);
	memcpy(h->last, text, n + 1);
}

static const struct secure_conf plain;

/* What is right of all that is no service. */
static struct p2p_conf conf_of(const char *service)
{
	struct p2p_conf conf = { .signal = "ws://x:1/y",
				 .id = "home",
				 .tls = &plain };

	if (service)
		conf.service = (struct opt_list){ .n = 1, .v = { service } };
	return conf;
}

struct row {
	enum p2p_side side;
	const char *text;
	const char *name, *host; /* name NULL: it is none */
	uint16_t port;
	bool udp;
};

static const struct row rows[] = {
	{ P2P_HOST, "ssh=tcp:22", "ssh", "127.0.0.1", 22, false },
	{ P2P_HOST, "ssh=tcp:[::1]:22", "ssh", "::1", 22, false },
	{ P2P_HOST, "dns=udp:box.lan:53", "dns", "box.lan", 53, true },
	{ P2P_HOST, "=tcp:localhost:1", "", "localhost", 1, false },
	{ P2P_HOST, "ssh=22", NULL, NULL, 0, false },
	{ P2P_HOST, "ssh=tcp:0", NULL, NULL, 0, false },
	{ P2P_HOST, "ssh=udp:", NULL, NULL, 0, false },
	{ P2P_HOST, "ssh=sctp:1", NULL, NULL, 0, false },
	{ P2P_HOST, "ssh", NULL, NULL, 0, false },
	{ P2P_HOST, "", NULL, NULL, 0, false },
	{ P2P_HOST, "a=tcp:1:2:3", NULL, NULL, 0, false },
	{ P2P_JOIN, "2222=ssh", "ssh", "127.0.0.1", 2222, false },
	{ P2P_JOIN, "udp:5353=dns", "dns", "127.0.0.1", 5353, true },
	{ P2P_JOIN, "udp:[::1]:5=", "", "::1", 5, true },
	{ P2P_JOIN, "localhost:0=x", "x", "127.0.0.1", 0, false },
	{ P2P_JOIN, "0.0.0.0:80=a=b", "a=b", "0.0.0.0", 80, false },
	{ P2P_JOIN, "80", "", "127.0.0.1", 80, false },
	{ P2P_JOIN, "x:y=z", NULL, NULL, 0, false },
	{ P2P_JOIN, "65536=z", NULL, NULL, 0, false },
	{ P2P_JOIN, "udp:=z", NULL, NULL, 0, false },
};

static void reads_services(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];
		struct p2p_conf conf = conf_of(r->text);
		struct heard h = { .diag = { .say = note, .where = "x" } };
		const struct p2p_service *s = conf.services;

		p2p_fit(&conf, r->side, &h.diag);
		if (r->name ? h.diag.count != 0 : h.diag.count != 1)
			fail_msg("%s: %s", r->text, h.last);
		if (!r->name)
			continue;
		assert_true(bytes_are(s->name, r->name));
		assert_true(bytes_are(s->at.host, r->host));
		assert_int_equal(s->at.port, r->port);
		assert_int_equal(s->udp, r->udp);
	}
}

static void one_without_a_name(void **state)
{
	struct p2p_conf conf = conf_of("2=x");
	struct heard h = { .diag = { .say = note, .where = "x" } };

	(void)state;
	conf.one = "localhost:25565";
	conf.protocol = "udp";
	for (int again = 0; again < 2; again++) {
		p2p_fit(&conf, P2P_JOIN, &h.diag);
		assert_int_equal(h.diag.count, 0);
		assert_int_equal(conf.nservices, 2);
		assert_true(conf.services[1].udp && !conf.services[1].name.n);
		assert_true(bytes_are(conf.services[1].at.host, "127.0.0.1"));
	}
	conf.protocol = "both";
	p2p_fit(&conf, P2P_JOIN, &h.diag);
	assert_int_equal(h.diag.count, 1);
	conf.protocol = "tcp";
	conf.service.n = 0;
	conf.one = "1.2.3.4:0";
	p2p_fit(&conf, P2P_HOST, &h.diag);
	assert_int_equal(h.diag.count, 2);
}

static void no_more_than_there_is_room(void **state)
{
	struct p2p_conf conf = conf_of(NULL);
	struct heard h = { .diag = { .say = note, .where = "x" } };

	(void)state;
	conf.one = "1";
	conf.protocol = "tcp";
	for (conf.service.n = 0; conf.service.n < OPT_LIST_MAX;
	     conf.service.n++)
		conf.service.v[conf.service.n] = "2=x";
	p2p_fit(&conf, P2P_JOIN, &h.diag);
	assert_int_equal(h.diag.count, 1);
	assert_int_equal(conf.nservices, P2P_SERVICES);
}

static void the_rest_of_the_settings(void **state)
{
	static const struct secure_conf believes = { .ca = "ca.pem" };
	static const char long_id[66] =
		"0123456789012345678901234567890123456789"
		"0123456789012345678901234";
	static const char *const urls[] = { "http://x", "ws:/x",     "ws://",
					    "ws://:80", "wss://a:b", "x" };
	static const char *const good[] = { "wss://x", "wss://x/y?z",
					    "wss://[::1]", "wss://[::1]:8/y" };
	struct heard h = { .diag = { .say = note, .where = "x" } };
	struct p2p_conf conf = conf_of("2=x");
	unsigned n = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(urls); i++) {
		conf.signal = urls[i];
		p2p_fit(&conf, P2P_JOIN, &h.diag);
		assert_int_equal(h.diag.count, ++n);
	}
	conf = conf_of("2=x");
	conf.tls = &believes;
	p2p_fit(&conf, P2P_JOIN, &h.diag);
	assert_int_equal(h.diag.count, ++n);
	for (size_t i = 0; i < COUNT(good); i++) {
		conf.signal = good[i];
		p2p_fit(&conf, P2P_JOIN, &h.diag);
		assert_int_equal(h.diag.count, n);
	}
	conf.id = long_id;
	p2p_fit(&conf, P2P_JOIN, &h.diag);
	assert_int_equal(h.diag.count, ++n);
	conf = conf_of("2=x");
	conf.stdio = "x";
	p2p_fit(&conf, P2P_JOIN, &h.diag);
	assert_int_equal(h.diag.count, ++n);
	conf.stdio = NULL;
	conf.service.n = 0;
	p2p_fit(&conf, P2P_JOIN, &h.diag);
	assert_int_equal(h.diag.count, ++n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_services),
		cmocka_unit_test(one_without_a_name),
		cmocka_unit_test(no_more_than_there_is_room),
		cmocka_unit_test(the_rest_of_the_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
