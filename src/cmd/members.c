#include "app/members/roster.h"
#include "cmd/errand.h"
#include "crypt/hash.h"
#include "net/udp.h"
#include "os/host.h"
#include "os/mem.h"
#include "os/sock.h"

enum {
	AGAIN = 1000,     /* ms of silence, then the other form */
	KEEP = 25 * 1000, /* between registrations: a NAT remembers 30 s */
	PATIENCE = 4000,  /* for those that never answer */
	COOKIE_LASTS = 55 * 1000,
	LIST_WAIT = 1500, /* for a list of trackers */
	NEW_FORM = 5,
	OLD_FORM = 3
};

struct members_set {
	struct opt_list tracker;
	const char *group, *id, *resolv_conf;
	int64_t every; /* ms */
	bool lan, watch, help;
};

/* clang-format off */
#define AT(field) offsetof(struct members_set, field)
static const struct opt opts[] = {
	{ 't', "tracker", OPT_ADDR, OPT_LIST | OPT_LINE, AT(tracker), "ADDR", NULL,
	  0, 0, WORDS("Tracker to register at; those that it knows are asked too") },
	{ 'g', "group", OPT_TEXT, OPT_LINE, AT(group), "NAME", NULL,
	  0, 0, WORDS("The group's name: who knows it is a member; best a UUID") },
	{ 0, "id", OPT_TEXT, OPT_LINE, AT(id), "TEXT", NULL,
	  0, 0, WORDS("Replace the member of this id, if not this machine's") },
	{ 0, "lan", OPT_FLAG, OPT_LINE, AT(lan), NULL, NULL,
	  0, 0, WORDS("Tell the inner address to those behind the same NAT") },
	{ 'w', "watch", OPT_FLAG, OPT_LINE, AT(watch), NULL, NULL,
	  0, 0, WORDS("Stay registered; say who comes and goes") },
	{ 0, "every", OPT_MS, OPT_LINE, AT(every), "TIME", "25s",
	  1000, 50000, WORDS("How often to register again, while watching; many NATs "
	  "forget after 30s") },
	{ 0, "resolv-conf", OPT_TEXT, OPT_LINE, AT(resolv_conf), "FILE", NULL,
	  0, 0, WORDS("Name servers, if not /etc/resolv.conf's") },
	CMD_HELP(struct members_set),
	OPT_END
};
#undef AT
/* clang-format on */

struct tracker {
	struct addr at;
	uint8_t cookie_n, cookie[TRACK_COOKIE];
	uint8_t tries;    /* since the last answer */
	bool old;         /* it knows three fields only */
	bool whole;       /* it has told all, or will not */
	bool asked_whole; /* by a cookie that was good when it left */
	bool listed;      /* it has told of other trackers, or will not */
	int64_t begun, next, cookie_at; /* ms */
};

struct asking {
	struct errand errand;
	const struct members_set *set;
	struct udp members, lists; /* a socket for each kind of answer */
	struct timer due;
	struct tracker trackers[ROSTER_TRACKERS];
	uint32_t n;
	bool said_self;
	char id[TRACK_MAC + 1], lan[64];
	struct roster roster;
};

/* ---- saying ---- */

static struct bytes print_join(struct asking *k, const struct tracker *t,
			       unsigned fields, struct span room)
{
	struct fmt f = fmt_to(room);
	char old_lan[sizeof k->id + sizeof k->lan];
	struct fmt lan = fmt_to(SPAN(old_lan));
	struct track what = { .kind = TRACK_JOIN,
			      .fields = (uint8_t)fields,
			      .group = bytes_of(k->set->group),
			      .public = BYTES("0"),
			      .lan = bytes_of(k->lan),
			      .mac = bytes_of(k->id),
			      .cookie = { t->cookie, t->cookie_n } };

	if (fields == OLD_FORM && k->set->lan) {
		fmt_put(&lan, "%s-%s", k->id, k->lan);
		what.lan = fmt_done(&lan);
	}
	track_print(&f, &what);
	return fmt_done(&f);
}

static void send(struct asking *k, struct udp *u, const struct tracker *t,
		 struct bytes what)
{
	const struct udp_to to = { &t->at, NULL };

	udp_send(u, &to, BYTES(""), what);
	udp_flush(&k->errand.net);
}

static void register_at(struct asking *k, struct tracker *t, int64_t now)
{
	uint8_t room[TRACK_MOST];
	bool old = t->tries > 0 ? t->tries % 2 : t->old;
	bool good = t->cookie_n && now - t->cookie_at < COOKIE_LASTS;

	send(k, &k->members, t,
	     print_join(k, t, old ? OLD_FORM : NEW_FORM, SPAN(room)));
	t->asked_whole = old || good;
	t->next = now + AGAIN;
	t->tries = (uint8_t)(t->tries == UINT8_MAX ? 1 : t->tries + 1);
	if (!t->listed)
		send(k, &k->lists, t, BYTES("//tcksvr"));
}

/* ---- deciding ---- */

static void put_member(const struct roster_row *row, const char *word)
{
	char text[64 + ROSTER_ADDR + TRACK_LAN];
	struct fmt f = fmt_to(SPAN(text));

	fmt_put(&f, "%s ", word);
	fmt_bytes(&f, (struct bytes){ row->public, row->public_n });
	fmt_put(&f, "%s", row->lan_n ? " " : "");
	fmt_bytes(&f, (struct bytes){ row->lan, row->lan_n });
	fmt_put(&f, "\n");
	console_out(fmt_done(&f));
}

static void changed(struct roster *r, const struct roster_row *row, bool here)
{
	(void)r;
	put_member(row, here ? "member" : "gone");
}

static bool is_done(const struct asking *k)
{
	for (uint32_t i = 0; i < k->n; i++)
		if (!k->trackers[i].whole || !k->trackers[i].listed)
			return false;
	return !k->set->watch;
}

static void look(struct asking *k)
{
	struct loop *l = &k->errand.loop;
	int64_t next = l->now + AGAIN;

	for (uint32_t i = 0; i < k->n; i++) {
		struct tracker *t = &k->trackers[i];

		if (l->now - t->begun >= LIST_WAIT)
			t->listed = true;
		if (l->now - t->begun >= PATIENCE)
			t->whole = true;
		if (t->next <= l->now)
			register_at(k, t, l->now);
		next = t->next < next ? t->next : next;
	}
	if (is_done(k))
		l->quit = true;
	else
		timer_start(&k->due, l, next);
}

static void late(struct timer *t)
{
	look(container_of(t, struct asking, due));
}

/* ---- hearing ---- */

static struct tracker *who(struct asking *k, const struct addr *a)
{
	for (uint32_t i = 0; i < k->n; i++)
		if (k->trackers[i].at.port == a->port &&
		    addr_same_ip(&k->trackers[i].at, a))
			return &k->trackers[i];
	return NULL;
}

static void add(struct asking *k, const struct addr *a)
{
	if (k->n == ROSTER_TRACKERS || who(k, a) ||
	    (k->n && k->trackers[0].at.family != a->family))
		return;
	k->trackers[k->n++] = (struct tracker){
		.at = *a,
		.begun = k->errand.loop.now,
		.next = k->errand.loop.now,
	};
}

static void say_self(struct asking *k, struct bytes self)
{
	char text[ROSTER_ADDR + 8];
	struct fmt f = fmt_to(SPAN(text));

	if (k->said_self || self.n == 0)
		return;
	k->said_self = true;
	fmt_put(&f, "self ");
	fmt_bytes(&f, self);
	fmt_put(&f, "\n");
	console_out(fmt_done(&f));
}

/* The first answer of a new tracker may be cut: it is asked again at once. */
static void take_answer(struct asking *k, struct tracker *t, struct bytes b)
{
	int64_t now = k->errand.loop.now;
	struct bytes cookie = roster_cookie(b);

	say_self(k, roster_self(b));
	t->tries = 0;
	t->old = cookie.n == 0;
	t->next = now + k->set->every;
	if (cookie.n) {
		memcpy(t->cookie, cookie.p, cookie.n);
		t->cookie_n = (uint8_t)cookie.n;
		t->cookie_at = now;
	}
	if (!t->asked_whole && cookie.n) {
		t->next = now;
		return;
	}
	roster_hear(&k->roster, (unsigned)(t - k->trackers), b);
	t->whole = true;
}

static void members_come(struct udp *u)
{
	struct asking *k = container_of(u, struct asking, members);
	struct datagram d;

	while (udp_next(u, &d)) {
		struct tracker *t = who(k, d.peer);

		if (t)
			take_answer(k, t, d.data);
	}
	look(k);
}

static void lists_come(struct udp *u)
{
	struct asking *k = container_of(u, struct asking, lists);
	struct datagram d;

	while (udp_next(u, &d)) {
		struct tracker *t = who(k, d.peer);
		struct cur c = cur_of(d.data);
		struct track_line line;
		struct addr a;

		if (!t)
			continue;
		t->listed = true;
		while (track_next_line(&c, &line))
			if (addr_parse(&a, line.public) == 0)
				add(k, &a);
	}
	look(k);
}

/* ---- life ---- */

static void begin(struct asking *k)
{
	bool four = k->trackers[0].at.family == ADDR_IP4;
	struct bytes any = four ? BYTES("0.0.0.0") : BYTES("::");
	int rc = udp_bind(&k->members, &k->errand.net, any, 0, members_come);

	if (rc == 0)
		rc = udp_bind(&k->lists, &k->errand.net, any, 0, lists_come);
	if (rc == 0) {
		look(k);
		return;
	}
	diag_put(&k->errand.diag, "%s", err_text(rc));
	k->errand.loop.quit = true;
}

static void found(struct errand *e, const struct addr *a)
{
	struct asking *k = container_of(e, struct asking, errand);

	if (a)
		add(k, a);
	else if (k->n)
		begin(k);
	else
		e->loop.quit = true;
}

/* This machine in this group, and no more than that: nobody learns a MAC. */
static void make_id(struct asking *k)
{
	uint8_t text[512], hash[SHA256_SIZE];
	struct fmt f = fmt_to(SPAN(text)), id = fmt_to(SPAN(k->id));
	struct hash s;

	if (k->set->id) {
		fmt_put(&id, "%s", k->set->id);
		fmt_text(&id);
		return;
	}
	host_identity(&f);
	fmt_put(&f, " %s", k->set->group);
	hash_init(&s, &hash_sha256);
	hash_add(&s, fmt_done(&f));
	hash_end(&s, hash);
	fmt_hex(&id, (struct bytes){ hash, 8 });
	fmt_text(&id);
}

static void make_lan(struct asking *k)
{
	struct fmt f = fmt_to(SPAN(k->lan));
	struct addr own;

	if (k->set->lan && sock_own_addr(&own) == 0)
		addr_print_ip(&f, &own);
	else
		fmt_put(&f, "0");
	fmt_text(&f);
}

static int tell(const struct asking *k)
{
	for (size_t i = 0; i < ROSTER_MOST && !k->set->watch; i++)
		if (k->roster.rows[i].by)
			put_member(&k->roster.rows[i], "member");
	return k->said_self ? 0 : err_exit(-NAT_ETIMEOUT);
}

static int ask(const struct members_set *set)
{
	struct asking *k = (struct asking *)(void *)mem_reserve(sizeof *k).p;
	int rc;

	if (!k)
		return cmd_no_memory(&cmd_members);
	k->set = set;
	make_id(k);
	make_lan(k);
	k->roster.changed = set->watch ? changed : NULL;
	rc = errand_start(&k->errand, &cmd_members, set->resolv_conf);
	if (rc < 0)
		return err_exit(rc);
	timer_init(&k->due, late);
	errand_find(&k->errand, &set->tracker, found);
	rc = errand_run(&k->errand);
	timer_stop(&k->due, &k->errand.loop);
	udp_stop(&k->members);
	udp_stop(&k->lists);
	errand_stop(&k->errand);
	if (rc == 0 && !k->said_self)
		diag_put(&k->errand.diag, "no tracker has answered");
	return rc < 0 ? err_exit(rc) : tell(k);
}

/* NULL, or what is wrong with a field of a request. */
static const char *field_fault(const char *text, size_t most)
{
	if (strlen(text) > most)
		return "is too long";
	return strchr(text, '/') ? "must not have a / in it" : NULL;
}

static bool fits(const struct members_set *set, struct diag *d)
{
	const char *why = set->group ? field_fault(set->group, TRACK_GROUP)
				     : "is missing";

	if (why)
		diag_option(d, "group", why);
	why = set->id ? field_fault(set->id, TRACK_MAC) : NULL;
	if (why)
		diag_option(d, "id", why);
	if (set->tracker.n == 0)
		diag_option(d, "tracker", "is missing");
	return d->count == 0;
}

static int run(int argc, char **argv)
{
	struct members_set set = { .watch = false };
	struct diag d = cmd_diag(&cmd_members);
	int at = cmd_args(&cmd_members, &set, argc, argv);

	if (at < 0)
		return err_exit(at);
	if (set.help)
		return cmd_show_help(&cmd_members);
	if (at < argc)
		return cmd_no_arguments(&cmd_members, argv[at]);
	return fits(&set, &d) ? ask(&set) : cmd_usage(&cmd_members);
}

static const char about[] = WORDS(
	"Registers at trackers under the name of a group and prints who else\n"
	"has: a line self with the own public address, a line member for each\n"
	"other, with what it tells of its inner network. With --watch it "
	"stays\n"
	"registered, keeps the NAT's mapping open, and prints member and gone\n"
	"as others come and go.");

static const char *const examples[] = {
	WORDS("nat members --tracker 127.0.0.1:43283 --group "
	      "46D0F69E-E347-47A7"),
	NULL,
};

const struct cmd cmd_members = {
	.name = "members",
	.group = "Connect",
	.what = "Registers at trackers and lists who is in a group",
	.about = about,
	.usage = "--tracker ADDR... --group NAME [--lan] [--watch]",
	.opts = opts,
	.run = run,
	.examples = examples,
};
