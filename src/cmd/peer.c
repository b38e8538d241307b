#include "app/peer/peer.h"
#include "cmd/conf.h"
#include "cmd/peerask.h"
#include "cmd/serve.h"

/* clang-format off */
#define AT(field) offsetof(struct peer_set, conf.field)
static const struct opt opts[] = {
	{ 'k', "key", OPT_TEXT, OPT_FIXED, AT(key), "FILE", NULL,
	  0, 0, WORDS("Who we are: an RSA key of 2048 bits, as nat keygen makes it") },
	{ 'l', "listen", OPT_ADDR, OPT_FIXED, AT(listen), "ADDR", NULL,
	  0, 0, WORDS("The UDP port, if not any, or with --public 43284") },
	{ 0, "public", OPT_FLAG, OPT_FIXED, AT(public), NULL, NULL,
	  0, 0, WORDS("Introduce peers to each other, and pass data on between them; "
	  "for machines that all can reach") },
	{ 'i', "introducer", OPT_TEXT, OPT_LIST | OPT_FIXED, AT(introducer), "ID@ADDR",
	  NULL, 0, 0, WORDS("A public peer; without ID@ the id that answers first is "
	  "believed, and kept in --trust") },
	{ 0, "allow", OPT_TEXT, OPT_LIST | OPT_FIXED, AT(allow), "ID", NULL,
	  0, 0, WORDS("Whom to answer; without it, all") },
	{ 0, "trust", OPT_TEXT, OPT_FIXED, AT(trust), "FILE", NULL,
	  0, 0, WORDS("Ids by name, a line each: NAME ID; those first met are added") },
	{ 0, "group-key", OPT_TEXT, OPT_FIXED, AT(group_key), "FILE", NULL,
	  0, 0, WORDS("Know only those that have this secret too") },
	{ 0, "lan", OPT_TEXT, OPT_LIST | OPT_FIXED, AT(lan), "ADDR", NULL,
	  0, 0, WORDS("An inner address of this peer, told to those behind the same NAT") },
	{ 0, "max-peers", OPT_UINT, OPT_FIXED, AT(max_peers), "N", "10000",
	  1, 10000000, WORDS("Most peers that are known at once, 512 bytes each") },
	{ 0, "max-sessions", OPT_UINT, OPT_FIXED, AT(max_sessions), "N", "4096",
	  1, 1000000, WORDS("Most introductions and proxy sessions at once") },
	{ 0, "max-address", OPT_UINT, OPT_FIXED, AT(max_address), "N", "256",
	  1, 65535, WORDS("Most peers from one address, or IPv6 /64") },
	{ 0, "max-rate", OPT_UINT, OPT_FIXED, AT(rate), "N", "200",
	  1, 1000000, WORDS("Most signed messages a second from one peer") },
	{ 0, "path", OPT_TEXT, OPT_LIST | OPT_LINE, offsetof(struct peer_set, path), "PATH",
	  NULL, 0, 0, WORDS("Of ping: this way only: direct, introduced or proxy") },
	{ 0, "wait", OPT_MS, OPT_LINE, offsetof(struct peer_set, patience), "TIME", "12s",
	  100, 600000, WORDS("How long ping tries") },
	ROLE_CONFIG_OPT("Read settings from this file"),
	ROLE_OPTS
};
#undef AT
/* clang-format on */

enum { MEMORY = 1 << 20, PIPE = 4096 }; /* of connections: it has none */

static void fit(const struct conf *conf, struct section *s, struct diag *d)
{
	struct peer_set *set = s->set;

	(void)conf;
	set->common.max_memory = MEMORY;
	set->common.pipe_size = PIPE;
	peer_fit(&set->conf, d);
}

static bool keeps_state(const void *settings)
{
	(void)settings;
	return false;
}

static const char *rewrites(const void *settings)
{
	return ((const struct peer_set *)settings)->conf.trust;
}

static size_t descriptors(const void *settings)
{
	(void)settings;
	return 2;
}

static int start(void *settings, struct net *net, const char *state_dir,
		 struct diag *d)
{
	struct peer_set *set = settings;

	(void)state_dir;
	return peering_start(&set->peering, net, &set->conf, d);
}

static void ready(const void *settings)
{
	peering_ready(((const struct peer_set *)settings)->peering);
}

/* Nothing of a peer changes while it runs. */
static void check(void *settings, const void *fresh, struct diag *d)
{
	(void)settings, (void)fresh, (void)d;
}

static void reload(void *settings, const void *fresh)
{
	(void)settings, (void)fresh;
}

static void stop(void *settings)
{
	peering_stop(((struct peer_set *)settings)->peering);
}

static const struct role role = {
	.size = sizeof(struct peer_set),
	.max_visitors = offsetof(struct peer_set, visitors),
	.running = offsetof(struct peer_set, peering),
	.resolves = true,
	.fit = fit,
	.keeps_state = keeps_state,
	.rewrites = rewrites,
	.descriptors = descriptors,
	.start = start,
	.ready = ready,
	.check = check,
	.reload = reload,
	.stop = stop,
};

static int run(int argc, char **argv)
{
	struct peer_set set = { .visitors = 0 };
	int at = cmd_args(&cmd_peer, &set, argc, argv);

	if (at < 0)
		return err_exit(at);
	if (at == argc || set.common.help)
		return serve_command(&cmd_peer, argc, argv);
	return peerask(&set, argc - at, argv + at);
}

static const char about[] = WORDS(
	"Machines with a key each reach one another by the keys' ids, over\n"
	"UDP: directly, introduced by a public peer, or through it. There is\n"
	"no account and no authority: nat keygen --key rsa prints the id of a\n"
	"new key, and one public peer that both know is enough.\n"
	"\n"
	"nat peer ping ID tries every way, or those of --path, and says which\n"
	"one it took; nat peer list says which introducers answer, and whom\n"
	"the file of --trust knows.");

static const char *const examples[] = {
	"nat peer --key key.pem --public",
	"nat peer --key key.pem --introducer 192.0.2.7:43284 --trust known",
	NULL,
};

const struct cmd cmd_peer = {
	.name = "peer",
	.group = "Connect",
	.what = "Signed UDP peers that find each other by their keys",
	.about = about,
	.usage = "--key FILE [options] [ping ID | list]",
	.opts = opts,
	.run = run,
	.examples = examples,
	.role = &role,
};
