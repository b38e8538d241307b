#include "cmd/p2popts.h"

/* clang-format off */
static const struct opt opts[] = {
	P2P_SIGNAL_OPTS,
	P2P_SERVICE_OPTS("remote",
			 WORDS("Share this one, for those who name none, as Ming's do")),
	{ 0, "allow", OPT_TEXT, OPT_LIST, P2P_AT(allow), "ID", NULL,
	  0, 0, WORDS("Serve the joins of these ids only (nat join --name)") },
	{ 0, "max-peers", OPT_UINT, OPT_FIXED, P2P_AT(max_peers), "N", "64",
	  1, 4096, WORDS("Most peers at once") },
	{ 0, "max-each", OPT_UINT, 0, P2P_AT(max_each), "N", "256",
	  1, 65535, WORDS("Most connections and senders of one peer") },
	P2P_LIMIT_OPTS
};
/* clang-format on */

static void fit(const struct conf *conf, struct section *s, struct diag *d)
{
	(void)conf;
	p2p_make_fit(s->set, P2P_HOST, d);
}

/* The certificate that a pin is of. */
static bool keeps_state(const void *settings)
{
	(void)settings;
	return true;
}

static int start(void *settings, struct net *net, const char *state_dir,
		 struct diag *d)
{
	struct p2p_set *set = settings;

	return host_start(&set->host, net, &set->conf, state_dir, d);
}

static void check(void *settings, const void *fresh, struct diag *d)
{
	host_check(((struct p2p_set *)settings)->host,
		   &((const struct p2p_set *)fresh)->conf, d);
}

static void reload(void *settings, const void *fresh)
{
	host_reload(((struct p2p_set *)settings)->host,
		    &((const struct p2p_set *)fresh)->conf);
}

static void retry(void *settings, bool sure)
{
	host_retry(((struct p2p_set *)settings)->host, sure);
}

static void drain(void *settings)
{
	host_drain(((struct p2p_set *)settings)->host);
}

static bool busy(const void *settings)
{
	return host_busy(((const struct p2p_set *)settings)->host);
}

static void stop(void *settings)
{
	host_stop(((struct p2p_set *)settings)->host);
}

static const struct role role = {
	.size = sizeof(struct p2p_set),
	.max_visitors = P2P_AT(max_links),
	.running = offsetof(struct p2p_set, host),
	.resolves = true,
	.arguments = p2p_arguments,
	.fit = fit,
	.keeps_state = keeps_state,
	.descriptors = p2p_descriptors,
	.start = start,
	.check = check,
	.reload = reload,
	.retry = retry,
	.drain = drain,
	.busy = busy,
	.stop = stop,
};

static int run(int argc, char **argv)
{
	return serve_command(&cmd_host, argc, argv);
}

static const char about[] = WORDS(
	"Shares services with those who join, directly. A SERVICE is\n"
	"NAME=tcp:[HOST:]PORT or NAME=udp:[HOST:]PORT; HOST is 127.0.0.1 if\n"
	"left out. Nothing else can be reached.");

static const char *const examples[] = {
	WORDS("nat host --signal ws://127.0.0.1:8080 --id home ssh=tcp:22 "
	      "dns=udp:53"),
	WORDS("nat host --signal ws://127.0.0.1:8080 --id game "
	      "--remote 127.0.0.1:25565 --protocol udp"),
	NULL,
};

const struct cmd cmd_host = {
	.name = "host",
	.group = "Connect",
	.what = "Shares services with those who join, directly",
	.about = about,
	.usage = "[options] SERVICE...",
	.opts = opts,
	.run = run,
	.examples = examples,
	.role = &role,
};
