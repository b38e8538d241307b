#include "base/cur.h"
#include "cmd/errand.h"
#include "cmd/lasting.h"
#include "net/mapping.h"
#include "net/natprobe.h"
#include "os/gateway.h"

struct stun_set {
	struct opt_list server;
	const char *resolv_conf, *user, *gateway;
	int64_t lifetime; /* ms; 0: it is not asked for */
	bool json, help;
	char kept[2 * STUN_NAME + 2]; /* of user: what was typed is wiped */
};

/* clang-format off */
#define AT(field) offsetof(struct stun_set, field)
static const struct opt opts[] = {
	{ 's', "server", OPT_ADDR, OPT_LIST | OPT_LINE, AT(server), "ADDR", NULL,
	  0, 0, WORDS("STUN server or tracker to ask; more of them tell more") },
	{ 'u', "user", OPT_TEXT, OPT_SECRET | OPT_LINE, AT(user), "NAME:PASSWORD", NULL,
	  0, 0, WORDS("Who to be to servers that want to know") },
	{ 0, "lifetime", OPT_MS, OPT_LINE, AT(lifetime), "TIME", NULL,
	  2000, 3600 * 1000, WORDS("Find out how long an unused mapping is kept, up to that; "
	  "it takes as long, and again some") },
	{ 'g', "gateway", OPT_TEXT, OPT_LINE, AT(gateway), "ADDR", NULL,
	  0, 0, WORDS("Router to look for port mapping at, if not the default one") },
	{ 0, "json", OPT_FLAG, OPT_LINE, AT(json), NULL, NULL,
	  0, 0, WORDS("Print it for programs") },
	{ 0, "resolv-conf", OPT_TEXT, OPT_LINE, AT(resolv_conf), "FILE", NULL,
	  0, 0, WORDS("Name servers, if not /etc/resolv.conf's") },
	CMD_HELP(struct stun_set),
	OPT_END
};
#undef AT
/* clang-format on */

struct asking {
	struct errand errand;
	struct addr servers[NATTYPE_SERVERS], others[NATTYPE_SERVERS];
	uint32_t nservers, nothers; /* others: of the other family */
	struct natprobe probe;
	struct stun_user user;
	struct mapping mapping; /* looks what there is, no more */
	bool asked, looked;     /* what is known by asking, by looking */
	int64_t most;           /* of its lifetime; 0: it is not looked for */
	struct lasting lasting;
	bool json, told;
	int code;
};

/* ---- telling ---- */

/* The ways that it was seen to be asked in, with these words around them. */
static void put_ways(struct fmt *f, uint8_t seen, const char *before,
		     const char *between, const char *after)
{
	for (uint8_t way = 0; way < PORTMAP_WAYS; way++) {
		if (!(seen & 1U << way))
			continue;
		fmt_put(f, "%s%s%s", before, portmap_name(way), after);
		before = between;
	}
}

static void put_line(struct fmt *f, const struct nattype_verdict *v)
{
	static const char *const hairpins[] = { "", ", no hairpin",
						", hairpin" };
	const char *class = nattype_class(v);

	if (!v->public.family) {
		fmt_put(f, "%s: %s", class,
			v->refused ? "a server wants other credentials (--user)"
				   : "no server has answered");
		return;
	}
	addr_print(f, &v->public);
	if (!v->translated) {
		fmt_put(f, " %s: no NAT, filtering %s", class,
			nattype_name(v->filtering));
		return;
	}
	fmt_put(f, " %s: mapping %s, filtering %s, port %s%s", class,
		nattype_name(v->mapping), nattype_name(v->filtering),
		v->preserved ? "preserved" : "not preserved",
		hairpins[v->hairpin + 1]);
}

static void put_addr(struct fmt *f, const char *key, const struct addr *a)
{
	fmt_put(f, "\"%s\":", key);
	if (!a->family) {
		fmt_put(f, "null,");
		return;
	}
	fmt_put(f, "\"");
	addr_print(f, a);
	fmt_put(f, "\",");
}

static void put_json(struct fmt *f, const struct nattype_verdict *v)
{
	static const char *const hairpins[] = { "null", "false", "true" };

	fmt_put(f, "{");
	put_addr(f, "public", &v->public);
	put_addr(f, "local", &v->local);
	fmt_put(f, "\"class\":\"%s\",\"nat\":%s,", nattype_class(v),
		v->translated ? "true" : "false");
	fmt_put(f, "\"mapping\":\"%s\",\"filtering\":\"%s\",",
		nattype_name(v->mapping), nattype_name(v->filtering));
	fmt_put(f, "\"port_preserved\":%s,\"hairpin\":%s",
		v->preserved ? "true" : "false", hairpins[v->hairpin + 1]);
}

static void tell(struct asking *k)
{
	struct nattype_verdict v;
	char text[1024];
	struct fmt f = fmt_to(SPAN(text));

	nattype_judge(&k->probe.type, &v);
	if (k->json) {
		put_json(&f, &v);
		if (k->most)
			lasting_print(&f, &k->lasting, true);
		fmt_put(&f, ",\"port_mapping\":[");
		put_ways(&f, k->mapping.map.seen, "\"", ",\"", "\"");
		fmt_put(&f, "]}\n");
	} else {
		put_line(&f, &v);
		if (k->most)
			lasting_print(&f, &k->lasting, false);
		put_ways(&f, k->mapping.map.seen, ", port mapping by ", ", ",
			 "");
		fmt_put(&f, "\n");
	}
	console_out(fmt_done(&f));
	k->told = true;
	if (!v.public.family && !k->code)
		k->code = err_exit(v.refused ? -NAT_EAUTH : -NAT_ETIMEOUT);
}

/* ---- asking ---- */

static void begin(struct asking *k);

static void stop(struct asking *k)
{
	natprobe_stop(&k->probe);
	mapping_stop(&k->mapping);
	lasting_stop(&k->lasting);
}

/* Of this family; the router is looked at once. */
static void finish(struct asking *k)
{
	tell(k);
	stop(k);
	if (k->nothers == 0) {
		k->errand.loop.quit = true;
		return;
	}
	memcpy(k->servers, k->others, sizeof k->others);
	k->nservers = k->nothers;
	k->nothers = 0;
	k->asked = k->looked = k->told = false;
	k->mapping = (struct mapping){ .net = NULL };
	k->lasting = (struct lasting){ .net = NULL };
	begin(k);
}

static void lasted(struct lasting *l)
{
	finish(container_of(l, struct asking, lasting));
}

/* Once all else is known, how long it lasts, if anybody wants to know and there is
 * somebody to ask.
 */
static void end(struct asking *k)
{
	const struct nattype *t = &k->probe.type;

	if (!k->asked || !k->looked || udp_runs(&k->lasting.sockets[0].udp))
		return;
	k->lasting.diag = &k->errand.diag;
	if (!k->most || !t->public.family || k->user.name.n ||
	    lasting_start(&k->lasting, &k->errand.net, &k->servers[0], k->most,
			  lasted) < 0)
		finish(k);
}

static void probed(struct natprobe *p)
{
	struct asking *k = container_of(p, struct asking, probe);

	k->asked = true;
	end(k);
}

static void seen(struct mapping *m)
{
	struct asking *k = container_of(m, struct asking, mapping);

	k->looked = m->map.state == PORTMAP_OVER;
	end(k);
}

/* Without a gateway nothing maps ports; that is no reason to complain. */
static void look(struct asking *k)
{
	const struct span no_page = { NULL, 0 };

	k->looked =
		!k->mapping.conf.gateway.family ||
		mapping_start(&k->mapping, &k->errand.net, no_page, seen) < 0;
}

static void begin(struct asking *k)
{
	const struct natprobe_ask ask = { k->servers, k->nservers, &k->user,
					  probed };
	int rc = natprobe_start(&k->probe, &k->errand.net, &ask);

	if (rc < 0) {
		diag_put(&k->errand.diag, "%s", err_text(rc));
		k->errand.loop.quit = true;
		return;
	}
	look(k);
}

/* One answer is compared with another of its family; the other one has its turn. */
static void found(struct errand *e, const struct addr *a)
{
	struct asking *k = container_of(e, struct asking, errand);
	bool other = a && k->nservers && a->family != k->servers[0].family;

	if (other && k->nothers < NATTYPE_SERVERS)
		k->others[k->nothers++] = *a;
	else if (a && !other && k->nservers < NATTYPE_SERVERS)
		k->servers[k->nservers++] = *a;
	if (a)
		return;
	if (k->nservers)
		begin(k);
	else
		e->loop.quit = true;
}

/* ---- what is asked for ---- */

/* NULL, or what is wrong with NAME:PASSWORD. */
static const char *user_fault(const char *text)
{
	struct cur c = cur_of(bytes_of(text));
	struct bytes name = cur_until(&c, ':');

	if (name.n == 0 || cur_left(&c) == 0)
		return "is NAME:PASSWORD";
	if (name.n > STUN_NAME || cur_left(&c) > STUN_NAME)
		return "is too long";
	return NULL;
}

static struct stun_user user_of(const char *text)
{
	struct cur c = cur_of(text ? bytes_of(text) : BYTES(""));
	struct bytes name = cur_until(&c, ':');

	return (struct stun_user){ name, cur_bytes(&c, cur_left(&c)) };
}

static void find_gateway(struct addr *a, const char *given)
{
	if (given ? addr_parse_ip(a, bytes_of(given)) < 0 : gateway_find(a) < 0)
		a->family = ADDR_NONE;
}

static int ask(const struct stun_set *set)
{
	struct asking k = { .user = user_of(set->user),
			    .most = set->lifetime,
			    .json = set->json };
	int rc = errand_start(&k.errand, &cmd_stun, set->resolv_conf);

	if (rc < 0)
		return err_exit(rc);
	find_gateway(&k.mapping.conf.gateway, set->gateway);
	errand_find(&k.errand, &set->server, found);
	rc = errand_run(&k.errand);
	if (rc == 0 && !k.told)
		tell(&k);
	stop(&k);
	errand_stop(&k.errand);
	return rc < 0 ? err_exit(rc) : k.code;
}

static void hide_user(struct stun_set *set, int argc, char **argv)
{
	struct fmt f = fmt_to(SPAN(set->kept));

	fmt_put(&f, "%s", set->user);
	set->user = fmt_text(&f);
	opt_wipe(opts, argc, argv);
}

/* What is wrong with how it was typed is said. */
static bool fits(const struct stun_set *set)
{
	struct diag d = cmd_diag(&cmd_stun);
	const char *fault = set->user ? user_fault(set->user) : NULL;
	struct addr a;

	if (fault)
		diag_option(&d, "user", fault);
	if (set->gateway && addr_parse_ip(&a, bytes_of(set->gateway)) < 0)
		diag_option(&d, "gateway", "is no address");
	if (set->server.n == 0)
		diag_put(&d, "which server? add --server ADDR, a STUN server "
			     "or tracker");
	return d.count == 0;
}

static int run(int argc, char **argv)
{
	struct stun_set set = { .json = false };
	int at = cmd_args(&cmd_stun, &set, argc, argv);

	if (at < 0)
		return err_exit(at);
	if (set.help)
		return cmd_show_help(&cmd_stun);
	if (at < argc)
		return cmd_no_arguments(&cmd_stun, argv[at]);
	if (!fits(&set))
		return cmd_usage(&cmd_stun);
	if (set.user)
		hide_user(&set, argc, argv);
	return ask(&set);
}

static const char about[] = WORDS(
	"Asks STUN servers what address they see, and, where a server has\n"
	"two addresses (RFC 5780), what the NAT in between does. T1 full\n"
	"cone: whoever knows the public address reaches it. T2: only hosts\n"
	"that were written to. T3: only ports that were written to. T4\n"
	"symmetric: every peer sees another public port. Two servers or\n"
	"trackers of other addresses tell T4 from the cones.");

static const char *const examples[] = {
	WORDS("nat stun --server 127.0.0.1:3478"),
	WORDS("nat stun --server 127.0.0.1:3478 --json"),
	WORDS("nat stun --server 127.0.0.1:3478 --user ada:lovelace"),
	NULL,
};

const struct cmd cmd_stun = {
	.name = "stun",
	.group = "Inspect",
	.what = "Tells this host's public address, and what its NAT allows",
	.about = about,
	.usage = "--server ADDR... [--user NAME:PASSWORD] [--json]",
	.opts = opts,
	.run = run,
	.examples = examples,
};
