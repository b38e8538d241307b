#include "app/natpass/server.h"
#include "app/relay/handover.h"
#include "app/relay/relay.h"
#include "app/signal/signal.h"
#include "base/addr.h"
#include "cmd/sandbox.h"
#include "cmd/passopts.h"
#include "cmd/serve.h"
#include "cmd/takeover.h"
#include "cmd/tlsopts.h"
#include "cmd/wayopts.h"
#include "net/wsock.h"

enum { SECRET = 128 };

struct relay_set {
	struct common common; /* first */
	struct relay_conf conf;
	struct relay *relay;
	struct natpass_conf natpass_conf;
	struct natpass_server *natpass;
	struct signal_conf signal_conf;
	struct signal *signal;
	char secret[SECRET + 1]; /* natpass_conf's, which argv has no more */
};

/* clang-format off */
ROWS_OF(NAT_NATPASS)(
struct natpass_server *relay_natpass(void *settings)
{
	return ((struct relay_set *)settings)->natpass;
}
)

#define AT(field) offsetof(struct relay_set, conf.field)
#define PASS(field) offsetof(struct relay_set, natpass_conf.field)
#define SIGNAL(field) offsetof(struct relay_set, signal_conf.field)
static const struct opt opts[] = {
	{ 'l', "listen", OPT_ADDR, OPT_LIST | OPT_FIXED, AT(listen), "ADDR", "[::]:8888",
	  0, 0, WORDS("Where clients connect") },
	ROLE_TOKEN_OPTS,
	{ 0, "open", OPT_FLAG, OPT_FIXED, AT(open), NULL, NULL,
	  0, 0, WORDS("Serve clients without a token too") },
	{ 0, "ports", OPT_PORTS, 0, AT(ports), "LO-HI", "1024-65535",
	  0, 0, WORDS("Ports that clients may publish") },
	{ 0, "bind", OPT_TEXT, OPT_FIXED, AT(bind), "HOST", NULL,
	  0, 0, WORDS("Address of published ports, if not all") },
	{ 0, "max-clients", OPT_UINT, OPT_FIXED, AT(max_clients), "N", "256",
	  1, 65535, WORDS("Most clients at once") },
	{ 0, "max-visitors", OPT_UINT, OPT_FIXED, AT(max_visitors), "N", "10000",
	  1, 65535, WORDS("Most visitors at once") },
	{ 0, "allow", OPT_CIDR, OPT_LIST, AT(gate.allow), "CIDR", NULL,
	  0, 0, WORDS("Let visitors in from there, and from nowhere else") },
	{ 0, "deny", OPT_CIDR, OPT_LIST, AT(gate.deny), "CIDR", NULL,
	  0, 0, WORDS("Let no visitors in from there, even if allowed") },
	ROWS_OF(NAT_EDGE)(
	{ 0, "accept-proxy", OPT_CIDR, OPT_LIST, AT(gate.accept_proxy), "CIDR", NULL,
	  0, 0, WORDS("Who comes from there must say by the PROXY protocol who the "
	  "visitor is") },)
	{ 0, "max-visitors-client", OPT_UINT, 0, AT(gate.max_visitors_client),
	  "N", "0", 0, 65535,
	  WORDS("Most visitors of one client at once; 0: as many as of all") },
	{ 0, "max-visitors-address", OPT_UINT, 0, AT(gate.max_visitors_address),
	  "N", "4096", 0, 65535,
	  WORDS("Most visitors from one address, or IPv6 /64, at once; 0: as many as "
	  "of all") },
	{ 0, "max-pending", OPT_UINT, 0, AT(max_pending), "N", "4096",
	  1, 65535, WORDS("Most visitors that wait for one client; more wait outside") },
	{ 0, "max-unknown", OPT_UINT, OPT_FIXED, AT(gate.max_unknown), "N", "1024",
	  16, 65535, WORDS("Most connections before login; the oldest gives way") },
	{ 0, "max-unknown-address", OPT_UINT, 0, AT(gate.max_unknown_address),
	  "N", "64", 1, 65535, WORDS("Most of them from one address, or IPv6 /64") },
	{ 0, "ban-after", OPT_UINT, 0, AT(gate.ban_after), "N", "10",
	  0, 1000, WORDS("Ban a name at an address after so many failed logins; 0: "
	  "never") },
	{ 0, "ban-time", OPT_MS, 0, AT(gate.ban_time), "TIME", "1m",
	  1000, 86400000, WORDS("How long a ban holds, and failed logins count") },
	{ 0, "max-services", OPT_UINT, OPT_FIXED, AT(max_services), "N", "64",
	  1, 65535, WORDS("Most services of one client") },
	{ 0, "max-visits", OPT_UINT, 0, AT(max_visits), "N", "1024",
	  1, 65535, WORDS("Most visits of one client to private services at once") },
	{ 0, "visit-any", OPT_FLAG, 0, AT(visit_any), NULL, NULL,
	  0, 0, WORDS("Every client may visit every private service") },
	{ 0, "max-flows", OPT_UINT, OPT_FIXED, AT(max_flows), "N", "4096",
	  1, 65535, WORDS("Most visitors of UDP services at once") },
	{ 0, "udp-idle", OPT_MS, 0, AT(udp_idle), "TIME", "60s",
	  1000, 86400000, WORDS("How long a silent visitor of UDP is remembered") },
	TLS_RELAY_OPTS
	WAY_RELAY_OPTS(AT(web.ws))
	ROWS_OF(NAT_HTTP)(
	{ 0, "http", OPT_ADDR, OPT_LIST | OPT_FIXED, AT(web.http), "ADDR", NULL,
	  0, 0, WORDS("Where browsers come for HTTP services") },
	{ 0, "domain", OPT_TEXT, OPT_FIXED, AT(web.domain), "NAME", NULL,
	  0, 0, WORDS("What names of HTTP services without a dot are below") },
	{ 0, "trust-proxy", OPT_CIDR, OPT_LIST, AT(web.trust), "CIDR", NULL,
	  0, 0, WORDS("Believe what balancers there say of who the visitor is") },
	{ 0, "error-page", OPT_TEXT, 0, AT(web.page), "FILE", NULL,
	  0, 0, WORDS("HTML for what the relay answers itself; {{status}} in it is told") },
	{ 0, "http-timeout", OPT_MS, 0, AT(web.timeout), "TIME", "15s",
	  1000, 3600000, WORDS("How long a request's head may take, or its body pause") },
	{ 0, "http-idle", OPT_MS, 0, AT(web.idle), "TIME", "60s",
	  1000, 3600000, WORDS("How long a connection waits for the next request") },
	{ 0, "share-from", OPT_UINT, 0, AT(web.share_from), "N", "8",
	  0, 65535, WORDS("So many busy visitors of an HTTP service share a connection to its "
	  "client; 0: never") },)
	ROWS_OF(NAT_NATPASS)(
	{ 0, "natpass", OPT_ADDR, OPT_LIST | OPT_FIXED, PASS(listen), "ADDR", NULL,
	  0, 0, WORDS("Where clients of natpass connect") },
	{ 0, "secret", OPT_TEXT, OPT_SECRET, PASS(secret), "TEXT", NULL,
	  0, 0, WORDS("What clients of natpass prove") },
	{ 0, "secret-file", OPT_TEXT, 0, PASS(secret_file), "FILE", NULL,
	  0, 0, WORDS("The same by a file, for each id its own, and who may open what") },
	{ 0, "natpass-plain", OPT_FLAG, OPT_FIXED, PASS(plain), NULL, NULL,
	  0, 0, WORDS("Serve natpass without TLS too: who listens in can log in for a "
	  "minute") },
	{ 0, "natpass-md5", OPT_FLAG, 0, PASS(md5), NULL, NULL,
	  0, 0, WORDS("Without TLS, take the proofs of natpass before 0.11 too: who "
	  "listens in can log in for ever") },
	{ 0, "natpass-clients", OPT_UINT, OPT_FIXED, PASS(max_clients), "N", "256",
	  1, 65535, WORDS("Most connections of natpass at once") },
	{ 0, "natpass-links", OPT_UINT, OPT_FIXED, PASS(max_links), "N", "10000",
	  1, 65535, WORDS("Most links of natpass at once") },)
	ROWS_OF(NAT_SIGNAL)(
	{ 0, "signal", OPT_ADDR, OPT_LIST | OPT_FIXED, SIGNAL(listen), "ADDR", NULL,
	  0, 0, WORDS("Where hosts and those who join them find each other, as at nat "
	  "signal") },
	{ 0, "signal-tokens", OPT_TEXT, OPT_FIXED, SIGNAL(token_file), "FILE", NULL,
	  0, 0, WORDS("What they must know, as of nat signal --token-file") },
	{ 0, "signal-clients", OPT_UINT, OPT_FIXED, SIGNAL(max_clients), "N", "1024",
	  1, 65535, WORDS("Most of them at once") },)
	ROWS_OF(NAT_ACCESS)(
	{ 0, "access-log", OPT_TEXT, OPT_FIXED, AT(access.file), "FILE", NULL,
	  0, 0, WORDS("Append a line to this file for each request") },
	{ 0, "access-format", OPT_TEXT, 0, AT(access.format), "NAME", "json",
	  0, 0, WORDS("How such a line looks: json or combined") },
	{ 0, "access-size", OPT_SIZE, 0, AT(access.size), "SIZE", "10M",
	  0, 4095u << 20, WORDS("The file makes way for a new one then; 0: never") },
	{ 0, "access-keep", OPT_UINT, 0, AT(access.keep), "N", "4",
	  0, 99, WORDS("How many files before it are kept") },
	{ 0, "access-visits", OPT_FLAG, 0, AT(access.visits), NULL, NULL,
	  0, 0, WORDS("A line for each visit of TCP and UDP services too") },)
	ROWS_OF(NAT_HTTPS)(
	{ 0, "https", OPT_ADDR, OPT_LIST | OPT_FIXED, AT(web.https), "ADDR", NULL,
	  0, 0, WORDS("Where they come by TLS: passed through to HTTPS services, else "
	  "ended here by the certificate of tls-cert or tls-dir") },)
	ROLE_MEMORY_OPTS("64M"),
	{ 0, "heartbeat", OPT_MS, 0, AT(heartbeat), "TIME", "20s",
	  1000, 3600000, WORDS("How often silent clients are asked for a sign") },
	ROLE_CONFIG_OPT("Read settings from this file"),
	ROLE_TAKEOVER_OPT
	ROLE_OPTS
};
#undef AT
#undef PASS
#undef SIGNAL
/* clang-format on */

static void fit_natpass(struct relay_set *set, struct diag *d)
{
	struct natpass_conf *conf = &set->natpass_conf;
	size_t n;

	conf->tls = set->conf.tls;
	natpass_fit(conf, d);
	if (!conf->secret)
		return;
	n = strlen(conf->secret) + 1;
	if (n > sizeof set->secret)
		diag_option(d, "secret", "is longer than 128 bytes");
	else
		conf->secret = memcpy(set->secret, conf->secret, n);
}

static void fit(const struct conf *conf, struct section *s, struct diag *d)
{
	struct relay_set *set = s->set;
	const char *why;

	(void)conf;
	role_fit_token(&set->common, d);
	set->conf.token = set->common.token;
	set->conf.token_file = set->common.token_file;
	set->conf.weak_token = set->common.weak_token;
	secure_fit(&set->conf.tls, &set->common.tls, SECURE_SERVER, d);
	fit_natpass(set, d);
	signal_fit(&set->signal_conf, set->conf.tls);
	why = set->conf.visit_any ? relay_visit_any_fault(&set->conf) : NULL;
	if (why)
		diag_option(d, "visit-any", why);
	why = wsock_path_fault(
		bytes_of(set->conf.web.ws ? set->conf.web.ws : ""));
	if (why)
		diag_option(d, "ws-path", why);
	why = relay_domain_fault(&set->conf);
	if (why)
		diag_option(d, "domain", why);
	why = relay_access_fault(&set->conf);
	if (why)
		diag_option(d, "access-format", why);
}

static unsigned lowest_of(const struct opt_list *l, unsigned lowest)
{
	for (uint32_t i = 0; i < l->n; i++) {
		struct hostport hp = { .port = 0 };

		if (hostport_parse(&hp, bytes_of(l->v[i])) == 0 &&
		    hp.port > 0 && hp.port < lowest)
			lowest = hp.port;
	}
	return lowest;
}

static unsigned lowest_port(const void *settings)
{
	const struct relay_set *set = settings;
	const struct relay_conf *conf = &set->conf;
	unsigned lowest = lowest_of(&conf->listen, conf->ports.lo);

	if (secure_listens(conf->tls))
		lowest = lowest_of(&conf->tls->listen, lowest);
	lowest = lowest_of(&set->natpass_conf.listen, lowest);
	ROWS_OF(NAT_SIGNAL)
	(lowest = lowest_of(
		 &set->signal_conf.listen,
		 lowest);) return lowest_of(&conf->web.https,
					    lowest_of(&conf->web.http, lowest));
}

static bool keeps_state(const void *settings)
{
	const struct relay_conf *conf =
		&((const struct relay_set *)settings)->conf;

	return !conf->token && !conf->token_file && !conf->open;
}

const char *sandbox_trail(const void *settings)
{
	return ((const struct relay_set *)settings)->conf.access.file;
}

static size_t descriptors(const void *settings)
{
	const struct relay_set *set = settings;

	return relay_descriptors(&set->conf) +
	       natpass_descriptors(&set->natpass_conf) +
	       signal_descriptors(&set->signal_conf);
}

static int start(void *settings, struct net *net, const char *state_dir,
		 struct diag *d)
{
	struct relay_set *set = settings;
	int rc = relay_start(&set->relay, net, &set->conf, state_dir, d);

	if (rc < 0)
		return rc;
	rc = natpass_start(&set->natpass, net, &set->natpass_conf, d);
	if (rc == 0)
		rc = signal_start(&set->signal, net, &set->signal_conf, d);
	if (rc < 0) {
		natpass_stop(set->natpass);
		relay_stop(set->relay);
	}
	return rc;
}

static void ready(const void *settings)
{
	const struct relay_set *set = settings;

	relay_ready(set->relay);
	natpass_ready(set->natpass);
	signal_ready(set->signal);
}

static void check(void *settings, const void *fresh, struct diag *d)
{
	struct relay_set *set = settings;
	const struct relay_set *to = fresh;

	relay_check(set->relay, &to->conf, d);
	natpass_check(set->natpass, &to->natpass_conf, d);
	signal_check(set->signal, &to->signal_conf, d);
}

static void reload(void *settings, const void *fresh)
{
	struct relay_set *set = settings;
	const struct relay_set *to = fresh;

	relay_reload(set->relay, &to->conf);
	natpass_reload(set->natpass, &to->natpass_conf);
	signal_reload(set->signal, &to->signal_conf);
}

void takeover_sockets(const void *settings, struct handover_sockets *to)
{
	const struct relay_set *set = settings;
	int fds[OPT_LIST_MAX];
	uint32_t n = natpass_sockets(set->natpass, fds);

	relay_sockets(set->relay, to);
	for (uint32_t i = 0; i < n; i++)
		handover_add(to, HANDOVER_TCP, fds[i]);
}

static void drain(void *settings)
{
	struct relay_set *set = settings;

	relay_drain(set->relay);
	natpass_drain(set->natpass);
	signal_drain(set->signal);
}

static bool busy(const void *settings)
{
	const struct relay_set *set = settings;

	return relay_busy(set->relay) || natpass_busy(set->natpass);
}

static void stop(void *settings)
{
	struct relay_set *set = settings;

	relay_stop(set->relay);
	natpass_stop(set->natpass);
	signal_stop(set->signal);
}

static const struct role role = {
	.size = sizeof(struct relay_set),
	.max_visitors = offsetof(struct relay_set, conf.max_visitors),
	.running = offsetof(struct relay_set, relay),
	.rereads = { offsetof(struct relay_set, natpass_conf.secret_file),
		     offsetof(struct relay_set, signal_conf.token_file) },
	.fit = fit,
	.lowest_port = lowest_port,
	.page = offsetof(struct relay_set, conf.web.page),
	.keeps_state = keeps_state,
	.descriptors = descriptors,
	.start = start,
	.ready = ready,
	.check = check,
	.reload = reload,
	.drain = drain,
	.busy = busy,
	.stop = stop,
};

static int run(int argc, char **argv)
{
	return serve_command(&cmd_relay, argc, argv);
}

static const char about[] = WORDS(
	"Clients behind NAT log in here and publish services; whoever\n"
	"connects to a published port of this machine reaches the service\n"
	"behind the client.\n\n"
	"Without a token and without --open it makes a token at its first\n"
	"start, keeps it in the state directory and prints the command for\n"
	"the other machine. Tokens never cross the wire. For each address\n"
	"that it serves on, it says on stderr when it is ready, with the\n"
	"real port.");

static const char *const examples[] = {
	WORDS("nat relay"),
	WORDS("nat relay --token-file token --ports 6000-6999"),
	WORDS("nat relay --open --listen 127.0.0.1:8888"),
	NULL,
};

const struct cmd cmd_relay = {
	.name = "relay",
	.group = "Serve",
	.what = "Public server: clients publish services on its ports",
	.about = about,
	.usage = "[options]",
	.opts = opts,
	.run = run,
	.examples = examples,
	.role = &role,
};
