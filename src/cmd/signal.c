#include "app/signal/signal.h"
#include "base/addr.h"
#include "cmd/serve.h"
#include "cmd/tlsopts.h"

struct signal_set {
	struct common common; /* first */
	struct signal_conf conf;
	struct signal *signal;
};

/* clang-format off */
#define AT(field) offsetof(struct signal_set, conf.field)
#define SIGNAL_REDIS_OPTS ROWS_OF(NAT_REDIS)( \
	{ 0, "store", OPT_TEXT, OPT_SECRET | OPT_FIXED, AT(store), "URL", NULL, \
	  0, 0, WORDS("Pass messages to and from other servers by a Redis: " \
	  "redis://[USER:PASSWORD@]HOST[:PORT]") }, \
	{ 0, "store-password", OPT_TEXT, OPT_FIXED, AT(store_password), "FILE", NULL, \
	  0, 0, WORDS("Read its password from a file that only the owner can read") },)
static const struct opt opts[] = {
	{ 'a', "addr", OPT_ADDR, OPT_LIST | OPT_FIXED, AT(listen), "ADDR", "[::]:8080",
	  0, 0, WORDS("Where hosts and those who join come by WebSocket; STUN is answered "
	  "there by UDP") },
	ROLE_TOKEN_OPTS,
	{ 0, "origin", OPT_TEXT, OPT_LIST, AT(origin), "ORIGIN", NULL,
	  0, 0, WORDS("Of browsers, serve pages from there only: https://example.net") },
	{ 0, "max-clients", OPT_UINT, OPT_FIXED, AT(max_clients), "N", "1024",
	  1, 65535, WORDS("Most connections at once") },
	{ 0, "max-address", OPT_UINT, 0, AT(max_address), "N", "64",
	  1, 65535, WORDS("Most of them from one address, or IPv6 /64") },
	{ 0, "max-messages", OPT_UINT, 0, AT(rate), "N", "100",
	  1, 100000, WORDS("Most messages a second from one address; ten times as many "
	  "at once") },
	SIGNAL_REDIS_OPTS
	TLS_RELAY_OPTS
	ROLE_MEMORY_OPTS("16M"),
	ROLE_CONFIG_OPT("Read settings from this file"),
	ROLE_OPTS
};
#undef AT
/* clang-format on */

static void fit(const struct conf *conf, struct section *s, struct diag *d)
{
	struct signal_set *set = s->set;
	const char *why;

	(void)conf;
	role_fit_token(&set->common, d);
	set->conf.token = set->common.token;
	set->conf.token_file = set->common.token_file;
	set->conf.weak_token = set->common.weak_token;
	secure_fit(&set->conf.tls, &set->common.tls, SECURE_SERVER, d);
	why = signal_store_fault(&set->conf);
	if (why)
		diag_option(d, "store", why);
}

static unsigned lowest_port(const void *settings)
{
	const struct opt_list *l =
		&((const struct signal_set *)settings)->conf.listen;
	unsigned lowest = UINT16_MAX;

	for (uint32_t i = 0; i < l->n; i++) {
		struct hostport hp = { .port = 0 };

		if (hostport_parse(&hp, bytes_of(l->v[i])) == 0 &&
		    hp.port > 0 && hp.port < lowest)
			lowest = hp.port;
	}
	return lowest;
}

static bool keeps_state(const void *settings)
{
	(void)settings;
	return false;
}

static size_t descriptors(const void *settings)
{
	return signal_descriptors(&((const struct signal_set *)settings)->conf);
}

static int start(void *settings, struct net *net, const char *state_dir,
		 struct diag *d)
{
	struct signal_set *set = settings;

	(void)state_dir;
	return signal_start(&set->signal, net, &set->conf, d);
}

static void ready(const void *settings)
{
	signal_ready(((const struct signal_set *)settings)->signal);
}

static void check(void *settings, const void *fresh, struct diag *d)
{
	signal_check(((struct signal_set *)settings)->signal,
		     &((const struct signal_set *)fresh)->conf, d);
}

static void reload(void *settings, const void *fresh)
{
	signal_reload(((struct signal_set *)settings)->signal,
		      &((const struct signal_set *)fresh)->conf);
}

static void drain(void *settings)
{
	signal_drain(((struct signal_set *)settings)->signal);
}

static void stop(void *settings)
{
	signal_stop(((struct signal_set *)settings)->signal);
}

static const struct role role = {
	.size = sizeof(struct signal_set),
	.max_visitors = offsetof(struct signal_set, conf.max_clients),
	.running = offsetof(struct signal_set, signal),
	.resolves = true,
	.fit = fit,
	.lowest_port = lowest_port,
	.keeps_state = keeps_state,
	.descriptors = descriptors,
	.start = start,
	.ready = ready,
	.check = check,
	.reload = reload,
	.drain = drain,
	.stop = stop,
};

static int run(int argc, char **argv)
{
	return serve_command(&cmd_signal, argc, argv);
}

static const char about[] = WORDS(
	"Hosts, and those who want to join them, find each other here by\n"
	"WebSocket, and then talk directly. Programs of Ming and pages in\n"
	"browsers may be either. STUN is answered on the same ports, so that\n"
	"its address is all that anybody needs.\n\n"
	"Without a token anybody may be any host. A token file has a line\n"
	"for each token, and behind it what it is good for: host=ID,...\n"
	"join=ID,...");

static const char *const examples[] = {
	WORDS("nat signal"),
	WORDS("nat signal --addr 127.0.0.1:8080 --origin https://example.net"),
	WORDS("nat signal --token-file token --tls-dir tls"),
	NULL,
};

const struct cmd cmd_signal = {
	.name = "signal",
	.group = "Serve",
	.what = "Hosts and those who join them find each other, for WebRTC",
	.about = about,
	.usage = "[options]",
	.opts = opts,
	.run = run,
	.examples = examples,
	.role = &role,
};
