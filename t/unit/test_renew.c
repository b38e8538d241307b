/* renew: a client goes on with other settings. No relay is there; what it would
 * know of is put into the entries.
 */
#include "rig.h"
#include "app/client/inner.h"

static const struct net_limits limits = { .memory = 1 << 20 };

static struct rig rig;
static struct client *client;
static struct client_conf confs[2]; /* they take turns */
static unsigned turn;
static int64_t udp_idle;
static char said[256];

static void hear(struct diag *d, const char *text)
{
	struct fmt f = fmt_to(SPAN(said));

	(void)d;
	fmt_put(&f, "%s", text);
	fmt_text(&f);
}

static struct diag ear(void)
{
	said[0] = '\0';
	return (struct diag){ .say = hear, .where = "x" };
}

/* The settings that are not in use, with these services up to a NULL. */
static struct client_conf *settings(const char *const services[])
{
	struct client_conf *conf = &confs[turn ^= 1];

	*conf = (struct client_conf){ .relay = { .n = 1,
						 .v = { "127.0.0.1:9" } },
				      .max_visitors = 4096,
				      .max_flows = 8,
				      .udp_idle = udp_idle };
	for (; services[conf->nservices]; conf->nservices++) {
		struct service *s = &conf->services[conf->nservices];

		assert_null(
			service_parse(s, bytes_of(services[conf->nservices])));
	}
	return conf;
}

static void start(const char *const services[])
{
	struct diag d = ear();

	udp_idle = 60000;
	rig_start(&rig, &limits, 2000);
	assert_int_equal(
		client_start(&client, &rig.net, settings(services), NULL, &d),
		0);
	assert_string_equal(said, "");
}

static void stop(void)
{
	client_stop(client);
	rig_turns(&rig, 2);
	rig_stop(&rig);
}

static const char *renew(const char *const services[])
{
	const struct client_conf *conf = settings(services);
	struct diag d = ear();

	client_check(client, conf, &d);
	if (d.count == 0)
		client_reload(client, conf);
	else
		turn ^= 1;
	return said;
}

static struct entry *entry(const char *name)
{
	return entries_find(&client->entries, bytes_of(name));
}

/* As if the relay had been asked for it and had answered. */
static void put_up(const char *name, uint16_t port)
{
	struct entry *e = entry(name);

	e->state = ENTRY_PUBLISHED;
	e->told.there = true;
	e->port = port;
	client->entries.busy = false;
}

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void unchanged_is_left_alone(void **state)
{
	struct entry *e;

	(void)state;
	start(LIST("a=tcp:22@6022", "u=udp:53"));
	e = entry("a");
	put_up("a", 6022);
	put_up("u", 40000);
	assert_string_equal(renew(LIST("u=udp:53", "a=tcp:22@6022")), "");
	assert_ptr_equal(entry("a"), e);
	assert_int_equal(e->state, ENTRY_PUBLISHED);
	assert_int_equal(entry("u")->state, ENTRY_PUBLISHED);
	assert_false(client->entries.busy);
	udp_idle = 1000;
	assert_string_equal(renew(LIST("u=udp:53", "a=tcp:22@6022")), "");
	assert_int_equal(e->state, ENTRY_PUBLISHED);
	assert_int_equal(entry("u")->state, ENTRY_WANTED);
	assert_false(entry("u")->told.otherwise);
	put_up("u", 40000);
	/* only where it is: the relay need not know */
	assert_string_equal(renew(LIST("a=tcp:23@6022", "u=udp:53")), "");
	assert_ptr_equal(entry("a"), e);
	assert_int_equal(e->service.lo, 23);
	assert_int_equal(e->state, ENTRY_PUBLISHED);
	/* any port will do now: that one too, and nothing is withdrawn */
	assert_string_equal(renew(LIST("a=tcp:23", "u=udp:53@40000")), "");
	assert_int_equal(e->state, ENTRY_WANTED);
	assert_int_equal(e->port, 6022);
	assert_false(e->told.otherwise);
	assert_false(entry("u")->told.otherwise);
	stop();
}

/* What of a=tcp:22@6022 is what, and must it be withdrawn first? */
static const struct {
	const char *is;
	bool otherwise;
} changes[] = {
	{ "a=tcp:22@6023", true },
	{ "a=udp:22@6022", true },
	{ "a=tcp:22@private", true },
	{ "a=tcp:22", false },
};

static void changed_is_asked_for_anew(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct entry *e;

		start(LIST("a=tcp:22@6022"));
		e = entry("a");
		put_up("a", 6022);
		assert_string_equal(renew(LIST(changes[i].is)), "");
		assert_ptr_equal(entry("a"), e);
		assert_int_equal(e->state, ENTRY_WANTED);
		assert_int_equal(e->told.otherwise, changes[i].otherwise);
		assert_int_equal(e->told.unheeded, 0);
		assert_true(client->entries.busy);
		/* asked for, and changed back before the answer has come */
		e->state = ENTRY_ASKED;
		assert_string_equal(renew(LIST("a=tcp:22@6022")), "");
		assert_int_equal(e->state, ENTRY_WANTED);
		assert_int_equal(e->told.unheeded, 1);
		stop();
	}
}

static void gone_is_withdrawn_and_comes_back(void **state)
{
	struct entry *e;

	(void)state;
	start(LIST("a=tcp:22@6022", "b=tcp:23"));
	e = entry("a");
	put_up("a", 6022);
	put_up("b", 6023);
	assert_string_equal(renew(LIST("b=tcp:23")), "");
	assert_int_equal(e->state, ENTRY_ABSENT);
	assert_true(e->told.there);
	assert_int_equal(client->entries.n, 1);
	assert_false(entries_have(&client->entries, FASTNAT_UDP));
	/* it stays until that has been said, */
	assert_string_equal(renew(LIST("b=tcp:23")), "");
	assert_ptr_equal(entry("a"), e);
	assert_string_equal(renew(LIST("b=tcp:23", "a=tcp:22@6022")), "");
	assert_ptr_equal(entry("a"), e);
	assert_int_equal(e->state, ENTRY_WANTED);
	assert_string_equal(renew(LIST("b=tcp:23")), "");
	/* and all answers have come */
	e->told.there = false;
	e->told.unheeded = 1;
	assert_string_equal(renew(LIST("b=tcp:23")), "");
	assert_ptr_equal(entry("a"), e);
	e->told.unheeded = 0;
	assert_string_equal(renew(LIST("b=tcp:23")), "");
	assert_null(entry("a"));
	assert_int_equal(client->entries.table.used, 1);
	stop();
}

static struct link *visit(struct entry *e)
{
	struct link *l = slots_get(&client->links.table);

	assert_non_null(l);
	l->entry = e;
	e->visitors++;
	return l;
}

static void leave(struct link *l)
{
	l->entry->visitors--;
	slots_put(&client->links.table, l);
}

/* A dial that is under way reads the host of its entry. */
static void elsewhere_is_another_entry(void **state)
{
	struct entry *old, *e;
	struct bytes host;
	struct link *l;

	(void)state;
	start(LIST("a=tcp:one.example:22@6022"));
	old = entry("a");
	put_up("a", 6022);
	old->told.unheeded = 2;
	host = old->service.host;
	l = visit(old);
	assert_string_equal(renew(LIST("a=tcp:two.example:22@6022")), "");
	e = entry("a");
	assert_true(e != old);
	assert_true(bytes_are(e->service.host, "two.example"));
	assert_int_equal(e->state, ENTRY_PUBLISHED);
	assert_true(e->told.there);
	assert_int_equal(e->told.unheeded, 2);
	assert_true(bytes_are(host, "one.example"));
	assert_string_equal(old->who, "client a");
	assert_string_equal(renew(LIST("a=tcp:two.example:22@6022")), "");
	assert_int_equal(client->entries.table.used, 2);
	leave(l);
	assert_string_equal(renew(LIST("a=tcp:two.example:22@6022")), "");
	assert_int_equal(client->entries.table.used, 1);
	assert_ptr_equal(entry("a"), e);
	stop();
}

static void a_fault_changes_nothing(void **state)
{
	(void)state;
	start(LIST("a=tcp:22@6022"));
	put_up("a", 6022);
	assert_string_equal(renew(LIST("b=tcp:1", "a-1=tcp:2", "a=tcp:1-2")),
			    "x: service a-1: the name is there twice: "
			    "NAME=...");
	assert_string_equal(renew(LIST("b=tcp:1-1025")),
			    "x: 1025 ports to publish are more than 1024");
	assert_int_equal(entry("a")->state, ENTRY_PUBLISHED);
	assert_int_equal(client->entries.n, 1);
	assert_false(client->entries.busy);
	/* what the names had taken is free again */
	assert_string_equal(renew(LIST("a=tcp:22@6022")), "");
	assert_int_equal(client->entries.table.used, 1);
	stop();
}

/* Each of 1,024 goes elsewhere while somebody visits it. */
static void entries_come_to_an_end(void **state)
{
	static struct link *visits[2 * ENTRIES_MOST];
	size_t n = 0;

	(void)state;
	start(LIST("a=tcp:h0:1-1024"));
	slots_each (struct entry, e, &client->entries.table)
		visits[n++] = visit(e.it);
	assert_string_equal(renew(LIST("a=tcp:h1:1-1024")), "");
	assert_int_equal(client->entries.table.used, ENTRIES_ALL);
	assert_string_equal(renew(LIST("a=tcp:h2:1-1024")),
			    "x: too many that are gone have visitors still");
	assert_string_equal(renew(LIST("a=tcp:h1:1-1023", "b=tcp:1")),
			    "x: service b: a limit is reached");
	while (n > 0)
		leave(visits[--n]);
	assert_string_equal(renew(LIST("a=tcp:h2:1-1024")), "");
	assert_int_equal(client->entries.n, ENTRIES_MOST);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unchanged_is_left_alone),
		cmocka_unit_test(changed_is_asked_for_anew),
		cmocka_unit_test(gone_is_withdrawn_and_comes_back),
		cmocka_unit_test(elsewhere_is_another_entry),
		cmocka_unit_test(a_fault_changes_nothing),
		cmocka_unit_test(entries_come_to_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
