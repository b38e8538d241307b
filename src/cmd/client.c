#include "app/client/client.h"
#include "cmd/passopts.h"
#include "cmd/serve.h"
#include "cmd/tlsopts.h"
#include "cmd/wayopts.h"
#include "net/wsock.h"

struct client_set {
	struct common common; /* first */
	struct client_conf conf;
	struct client *client; /* NULL: there is no relay */
	const char *proxy;     /* NULL: none */
	char proxy_text[1024]; /* where it points to: argv is wiped */
	struct pass_set pass;
};

/* clang-format off */
#define AT(field) offsetof(struct client_set, conf.field)
static const struct opt opts[] = {
	{ 'r', "relay", WAY_TYPE, AT(relay), "ADDR", NULL,
	  0, 0, WORDS("Relay, port 8888 if not said; or ws://ADDR/PATH, wss://") },
	ROLE_TOKEN_OPTS,
	{ 'n', "name", OPT_TEXT, OPT_FIXED, AT(name), "NAME", NULL,
	  0, 0, WORDS("What this client is called, if not HOST-xxxxxx") },
	{ 0, "plain", OPT_FLAG, OPT_FIXED, AT(plain), NULL, NULL,
	  0, 0, WORDS("The relay is an original FAST NAT server") },
	{ 0, "max-visitors", OPT_UINT, OPT_FIXED, AT(max_visitors), "N", "4096",
	  1, 65535, WORDS("Most visitors at once") },
	{ 0, "fail-back", OPT_MS, 0, AT(fail_back), "TIME", "60s",
	  0, 86400000, WORDS("How often a better relay, or another address of this one, is "
	  "looked for; 0: never") },
	{ 0, "max-parked", OPT_UINT, 0, AT(max_parked), "N", "16",
	  0, 32, WORDS("Most connections to the relay kept ready for visitors") },
	{ 0, "max-flows", OPT_UINT, OPT_FIXED, AT(max_flows), "N", "1024",
	  1, 65535, WORDS("Most visitors of UDP services at once") },
	{ 0, "udp-idle", OPT_MS, 0, AT(udp_idle), "TIME", "60s",
	  1000, 86400000, WORDS("How long a silent visitor of UDP is remembered") },
	ROWS_OF(NAT_EDGE)(
	{ 0, "bandwidth-in", OPT_SIZE, 0, AT(bandwidth[0]), "SIZE", "0",
	  0, 4095u << 20, WORDS("Most bytes a second from all visitors; 0: any number") },
	{ 0, "bandwidth-out", OPT_SIZE, 0, AT(bandwidth[1]), "SIZE", "0",
	  0, 4095u << 20, WORDS("Most bytes a second to all visitors; 0: any number") },)
	{ 0, "visit", OPT_TEXT, OPT_LIST | OPT_FIXED, AT(visit), "OWNER/SERVICE=ADDR", NULL,
	  0, 0, WORDS("Reach a private service of another client at this address") },
	{ 0, "stdio", OPT_TEXT, OPT_LINE, AT(stdio), "OWNER/SERVICE", NULL,
	  0, 0, WORDS("Reach one by standard input and output, and exit") },
	TLS_CLIENT_OPTS
	WAY_CLIENT_OPTS(AT(ws_path), AT(tls_front), offsetof(struct client_set, proxy))
	PASS_CLIENT_OPTS(struct client_set)
	PASS_SHELL_OPTS(struct client_set)
	ROLE_MEMORY_OPTS("32M"),
	ROLE_CONFIG_OPT("Read settings from this file"),
	ROLE_OPTS
};
#undef AT
/* clang-format on */

/* ---- services ---- */

/* What cannot be published yet is refused as soon as it is asked for. */
static void check_service(const struct service *s, struct diag *d)
{
	const char *why = client_http_fault(s);

	if (why)
		diag_put(d, "%s: %s", s->name, why);
	if (s->protocol == FASTNAT_UDP && client_udp_fault())
		diag_put(d, "%s: %s", s->name, client_udp_fault());
}

static int arguments(void *settings, int argc, char **argv, struct diag *d)
{
	struct client_set *set = settings;
	struct client_conf *conf = &set->conf;

	for (int i = 0; i < argc; i++) {
		struct service *s = &conf->services[conf->nservices];
		const char *why;

		if (conf->nservices == CLIENT_SERVICES) {
			diag_put(d, "more than %d services", CLIENT_SERVICES);
			break;
		}
		why = service_parse(s, bytes_of(argv[i]));
		if (why) {
			diag_put(d, "%.*s: %s", 80, argv[i], why);
			continue;
		}
		check_service(s, d);
		conf->nservices++;
	}
	return d->count ? -NAT_EUSAGE : 0;
}

static struct bytes given(const char *text)
{
	return bytes_of(text ? text : "");
}

static void add_service(struct client_conf *conf, const struct conf_service *of,
			struct diag *d)
{
	struct service *s = &conf->services[conf->nservices];
	const char *why = service_of(s, given(of->name), given(of->type),
				     given(of->local), given(of->public));

	if (!why)
		why = edge_read(s, &of->edge);
	if (why) {
		diag_put(d, "service %.*s: %s", 80, of->name, why);
		return;
	}
	s->idle_ms = of->udp_idle;
	s->rules = of->rules;
	s->site = of->site;
	check_service(s, d);
	conf->nservices++;
}

/* Those of the file; where they stand is who is to blame. */
static void take_services(struct client_conf *to, const struct conf *conf,
			  const struct section *s, struct diag *d)
{
	unsigned line = d->line;

	for (uint32_t i = 0; i < conf->nservices; i++) {
		const struct conf_service *of = &conf->services[i];

		if (!of->enabled || of->owner != s)
			continue;
		d->line = line ? of->line : 0;
		add_service(to, of, d);
	}
	d->line = line;
}

static bool has_rules(const struct service *s)
{
	return s->rules.allow.n || s->rules.deny.n || s->rules.rate;
}

static void check_names(const struct client_conf *conf, struct diag *d)
{
	for (uint32_t i = 0; i < conf->nservices; i++) {
		const char *name = conf->services[i].name;
		uint32_t k = 0;

		while (strcmp(conf->services[k].name, name))
			k++;
		if (k < i)
			diag_put(d, "two services are called %s: name one",
				 name);
	}
}

/* ---- visits ---- */

static void check_visits(const struct client_conf *conf, struct diag *d)
{
	const char *why;

	for (uint32_t i = 0; i < conf->visit.n; i++) {
		why = client_visit_fault(conf->visit.v[i]);
		if (why)
			diag_option(d, "visit", why);
	}
	why = conf->stdio ? client_stdio_fault(conf->stdio) : NULL;
	if (why)
		diag_option(d, "stdio", why);
	if (conf->stdio && (conf->nservices > 0 || conf->visit.n > 0))
		diag_option(d, "stdio", "stands alone: no SERVICE, no visit");
	if (conf->plain && client_visits(conf))
		diag_option(d, "plain", "has no visits");
}

/* ---- ways to the relay ---- */

static void check_ways(struct client_set *set, struct diag *d)
{
	struct client_conf *conf = &set->conf;

	const char *why = wsock_path_fault(given(conf->ws_path));

	if (why)
		diag_option(d, "ws-path", why);
	why = client_take_proxy(conf, &set->proxy, SPAN(set->proxy_text));
	if (why)
		diag_option(d, "proxy", why);
	for (uint32_t i = 0; wsock_known && i < conf->relay.n; i++) {
		bool tls = false;

		why = client_relay_fault(conf->relay.v[i], &tls);
		if (why)
			diag_option(d, "relay", why);
		set->common.tls.calls = set->common.tls.calls || tls;
	}
}

/* ---- the role ---- */

/* One of natpass alone has no relay. */
static bool is_client(const struct client_set *set)
{
	return !PASS_KNOWN || !set->pass.conf.server || set->conf.relay.n ||
	       set->conf.nservices || client_visits(&set->conf);
}

static void fit(const struct conf *file, struct section *s, struct diag *d)
{
	struct client_set *set = s->set;
	struct client_conf *conf = &set->conf;
	unsigned before = d->count;

	pass_fit(&set->pass, &set->common, d);
	if (conf->nservices == 0)
		take_services(conf, file, s, d);
	if (!is_client(set))
		return;
	role_fit_token(&set->common, d);
	conf->token = set->common.token;
	conf->token_file = set->common.token_file;
	conf->weak_token = set->common.weak_token;
	set->common.quiet = conf->stdio; /* somebody's connection */
	check_ways(set, d);
	pass_share(&set->common.tls, &set->pass);
	secure_fit(&conf->tls, &set->common.tls, SECURE_CLIENT, d);
	if (conf->name && !fastnat_is_name(bytes_of(conf->name)))
		diag_option(d, "name", "is not 1 to 64 of A-Z a-z 0-9 . _ -");
	if (conf->relay.n == 0)
		diag_option(d, "relay", "at least one is needed");
	check_names(conf, d);
	check_visits(conf, d);
	if (conf->nservices == 0 && !client_visits(conf) && d->count == before)
		diag_put(d, "no service to publish: add %s",
			 d->line ? "a section, config service"
				 : "one, such as ssh=tcp:22@6022");
	if (conf->plain && client_plain_fault())
		diag_option(d, "plain", client_plain_fault());
	if (conf->plain && conf->nservices && has_rules(&conf->services[0]))
		diag_option(d, "plain",
			    "its server knows no allow, deny or rate");
	if (conf->plain && !client_visits(conf) &&
	    (conf->nservices != 1 || service_count(&conf->services[0]) != 1))
		diag_option(d, "plain", "takes exactly one tcp service");
}

struct pass_set *client_pass(void *settings)
{
	return &((struct client_set *)settings)->pass;
}

static bool keeps_state(const void *settings)
{
	const struct client_set *set = settings;

	return is_client(set) && !set->conf.plain;
}

static bool borrows(const void *settings)
{
	const struct client_conf *conf =
		&((const struct client_set *)settings)->conf;

	for (uint32_t i = 0; i < conf->nservices; i++)
		if (conf->services[i].edge.transparent)
			return true;
	return false;
}

static size_t descriptors(const void *settings)
{
	const struct client_set *set = settings;

	return client_descriptors(&set->conf) +
	       (PASS_KNOWN ? agent_descriptors(&set->pass.conf) : 0);
}

static int start(void *settings, struct net *net, const char *state_dir,
		 struct diag *d)
{
	struct client_set *set = settings;
	int rc = PASS_KNOWN ? agent_start(&set->pass.agent, net,
					  &set->pass.conf, d)
			    : 0;

	if (rc == 0 && is_client(set))
		rc = client_start(&set->client, net, &set->conf,
				  set->conf.plain ? NULL : state_dir, d);
	if (PASS_KNOWN && rc < 0)
		agent_stop(set->pass.agent);
	return rc;
}

static bool has_client(const struct client_set *set)
{
	return !PASS_KNOWN || set->client;
}

static void ready(const void *settings)
{
	const struct client_set *set = settings;

	if (PASS_KNOWN)
		agent_ready(set->pass.agent);
	if (has_client(set))
		client_ready(set->client);
}

static void check(void *settings, const void *fresh, struct diag *d)
{
	struct client_set *set = settings;
	const struct client_set *to = fresh;

	if (PASS_KNOWN)
		agent_check(set->pass.agent, &to->pass.conf, d);
	if (has_client(set))
		client_check(set->client, &to->conf, d);
}

static void reload(void *settings, const void *fresh)
{
	struct client_set *set = settings;
	const struct client_set *to = fresh;

	if (PASS_KNOWN)
		agent_reload(set->pass.agent, &to->pass.conf);
	if (has_client(set))
		client_reload(set->client, &to->conf);
}

static void retry(void *settings, bool sure)
{
	struct client_set *set = settings;

	if (PASS_KNOWN)
		agent_retry(set->pass.agent, sure);
	if (has_client(set))
		client_retry(set->client, sure);
}

static void drain(void *settings)
{
	struct client_set *set = settings;

	if (PASS_KNOWN)
		agent_drain(set->pass.agent);
	if (has_client(set))
		client_drain(set->client);
}

static bool busy(const void *settings)
{
	const struct client_set *set = settings;
	bool busy = PASS_KNOWN && agent_busy(set->pass.agent);

	if (has_client(set))
		busy = client_busy(set->client) || busy;
	return busy;
}

static int outcome(const void *settings)
{
	const struct client_set *set = settings;

	return has_client(set) ? client_outcome(set->client) : 0;
}

static void stop(void *settings)
{
	struct client_set *set = settings;

	if (PASS_KNOWN)
		agent_stop(set->pass.agent);
	if (has_client(set))
		client_stop(set->client);
}

static const struct role role = {
	.size = sizeof(struct client_set),
	.max_visitors = offsetof(struct client_set, conf.max_visitors),
	.running = offsetof(struct client_set, client),
	.rereads = { offsetof(struct client_set, pass.conf.secret_file) },
	.publishes = true,
	.resolves = true,
	.arguments = arguments,
	.fit = fit,
	.borrows = borrows,
	.keeps_state = keeps_state,
	.descriptors = descriptors,
	.start = start,
	.ready = ready,
	.check = check,
	.reload = reload,
	.retry = retry,
	.drain = drain,
	.busy = busy,
	.outcome = outcome,
	.stop = stop,
};

static int run(int argc, char **argv)
{
	return serve_command(&cmd_client, argc, argv);
}

static const char about[] = WORDS(
	"Logs in at a relay, publishes services there and connects their\n"
	"visitors to them. Trouble of the network never ends it: it tries\n"
	"again for ever.\n\n"
	"A SERVICE is [NAME=]tcp:[HOST:]PORT[@PUBLIC] or\n"
	"[NAME=]tcp:unix:/PATH[@PUBLIC]. HOST is 127.0.0.1 if left out,\n"
	"PUBLIC any free port of the relay. PORT and PUBLIC may be ranges\n"
	"of the same length, LO-HI. With @private there is no port: clients\n"
	"that the relay's token file lets, visit=OWNER/SERVICE, reach it by\n"
	"--visit or --stdio. http:PORT@NAME is told from others at the\n"
	"relay by the host that a browser asks for: NAME is a whole one,\n"
	"www.example.org, or one without a dot below the relay's --domain;\n"
	"*.example.org is all below it, NAME/PATH what begins so. Each service "
	"that is published is one\n"
	"line on stdout: its name, tcp, where visitors go, an arrow, where\n"
	"it is.\n\n"
	"With --natpass it is a client of a natpass server, too or alone:\n"
	"others there may ask it for what --allow names.");

static const char *const examples[] = {
	WORDS("nat client --relay 127.0.0.1 --token-file token "
	      "ssh=tcp:22@6022"),
	WORDS("nat client -r 127.0.0.1:8888 -r [::1]:8888 "
	      "tcp:8000-8002@9000-9002"),
	WORDS("nat client --plain --relay 127.0.0.1 tcp:localhost:5900"),
	ROWS_OF(NAT_NATPASS)(
		WORDS("nat client --natpass 127.0.0.1 --id box --secret-file "
		      "secret --allow tcp:127.0.0.1:22"), ) NULL,
};

const struct cmd cmd_client = {
	.name = "client",
	.group = "Connect",
	.what = "Inner side: publishes services of this machine at a relay",
	.about = about,
	.usage = "[options] --relay ADDR SERVICE...",
	.opts = opts,
	.run = run,
	.examples = examples,
	.role = &role,
};
