#include "app/peer/peer.h"
#include "cmd/conf.h"
#include "cmd/peerask.h"
#include "cmd/serve.h"
#include "os/mem.h"

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
	{ 't', "tracker", OPT_ADDR, OPT_LIST | OPT_HOST | OPT_FIXED, AT(tracker), "ADDR", NULL,
	  0, 0, WORDS("A tracker, where those of --public register, and are found: those whose "
	  "id --introducer or --trust has, or who have the group's key") },
	{ 'g', "group", OPT_TEXT, OPT_FIXED, AT(group), "NAME", NULL,
	  0, 0, WORDS("The name to register under at trackers; best a UUID") },
	{ 0, "stun", OPT_ADDR, OPT_LIST | OPT_HOST | OPT_FIXED, AT(stun), "ADDR", NULL,
	  0, 0, WORDS("STUN server or tracker that tells what NAT is before us; those of "
	  "--tracker are asked too") },
	{ 0, "allow", OPT_TEXT, OPT_LIST | OPT_FIXED, AT(allow), "ID:SERVICE,...",
	  NULL, 0, 0, WORDS("Who may reach a SERVICE; an ID alone is answered, and "
	  "without any all are. No service is open to who is not named with it") },
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
	{ 0, "max-links", OPT_UINT, OPT_FIXED, AT(links.max_links), "N", "256",
	  1, 65535, WORDS("Most peers at once that data is exchanged with") },
	{ 0, "max-visitors", OPT_UINT, OPT_FIXED, AT(links.max_joints), "N", "1024",
	  1, 65535, WORDS("Most connections to services at once") },
	{ 0, "strict-proxy", OPT_FLAG, OPT_FIXED, AT(strict), NULL, NULL,
	  0, 0, WORDS("Sign, and want signed, each datagram that a proxy passes on") },
	{ 0, "path", OPT_TEXT, OPT_LIST | OPT_LINE, offsetof(struct peer_set, path), "PATH",
	  NULL, 0, 0, WORDS("Of ping and reach: this way only: direct, introduced or proxy") },
	{ 0, "local", OPT_TEXT, OPT_LINE, offsetof(struct peer_set, local), "[udp:]ADDR",
	  NULL, 0, 0, WORDS("Of reach: the address here that leads to the service") },
	{ 0, "stdio", OPT_FLAG, OPT_LINE, offsetof(struct peer_set, stdio), NULL,
	  NULL, 0, 0, WORDS("Of reach: standard input and output do") },
	{ 0, "wait", OPT_MS, OPT_LINE, offsetof(struct peer_set, patience), "TIME", "12s",
	  100, 600000, WORDS("How long ping tries") },
	ROLE_MEMORY_OPTS("64M"),
	ROLE_CONFIG_OPT("Read settings from this file"),
	ROLE_OPTS
};
#undef AT
/* clang-format on */

static int arguments(void *settings, int argc, char **argv, struct diag *d)
{
	struct peer_set *set = settings;
	struct links_conf *c = &set->conf.links;
	int i = 0;

	if (argc >= 2 && !strcmp(argv[0], "reach")) {
		set->wish.wanted = argv[1];
		i = 2;
	}
	for (; i < argc && c->nservices < P2P_SERVICES; i++) {
		const char *why = p2p_parse_shared(&c->services[c->nservices++],
						   bytes_of(argv[i]));

		if (why)
			diag_put(d, "%.*s %s", 80, argv[i], why);
	}
	return d->count ? -NAT_EUSAGE : 0;
}

static void fit_wish(struct peer_set *set, struct diag *d)
{
	struct guest_conf *w = &set->wish;
	const char *why;

	w->local = set->stdio ? NULL : set->local;
	w->paths = peerask_paths(&set->path);
	set->common.quiet = set->stdio; /* somebody's connection */
	if (!w->paths)
		diag_option(d, "path", "one of direct, introduced, proxy");
	if (!w->wanted)
		return;
	why = guest_fault(w);
	if (!why && !set->stdio == !set->local)
		why = "is reached by local, or by stdio";
	if (why)
		diag_put(d, "%s %s", w->wanted, why);
}

static void fit(const struct conf *conf, struct section *s, struct diag *d)
{
	struct peer_set *set = s->set;

	(void)conf;
	peer_fit(&set->conf, d);
	fit_wish(set, d);
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
	const struct peer_set *set = settings;

	return 6 + NATTYPE_SOCKETS + 2 * (size_t)set->conf.links.max_joints;
}

/* Nothing is left of what was begun. */
static void leave(struct peer_set *set)
{
	struct peer_role *r = set->running;

	if (!r)
		return;
	guest_stop(&r->guest);
	if (r->peering)
		peering_stop(r->peering);
	mem_release((struct span){ (uint8_t *)r, sizeof *r });
	set->running = NULL;
}

static int start(void *settings, struct net *net, const char *state_dir,
		 struct diag *d)
{
	struct peer_set *set = settings;
	struct peer_role *r =
		(struct peer_role *)(void *)mem_reserve(sizeof *r).p;
	int rc = r ? peering_start(&r->peering, net, &set->conf, d)
		   : -NAT_EMEMORY;

	(void)state_dir;
	set->running = r;
	if (rc == 0 && set->wish.wanted)
		rc = guest_start(&r->guest, r->peering, &set->wish, d);
	if (rc < 0)
		leave(set);
	return rc;
}

static void ready(const void *settings)
{
	const struct peer_set *set = settings;

	if (!set->stdio)
		peering_ready(set->running->peering);
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

static void retry(void *settings, bool sure)
{
	(void)sure;
	peering_moved(((struct peer_set *)settings)->running->peering);
}

static void stop(void *settings)
{
	leave(settings);
}

static int outcome(const void *settings)
{
	const struct peer_set *set = settings;

	return set->running && set->stdio ? set->running->guest.outcome : 0;
}

static const struct role role = {
	.size = sizeof(struct peer_set),
	.max_visitors = offsetof(struct peer_set, conf.links.max_joints),
	.running = offsetof(struct peer_set, running),
	.resolves = true,
	.arguments = arguments,
	.fit = fit,
	.keeps_state = keeps_state,
	.rewrites = rewrites,
	.descriptors = descriptors,
	.start = start,
	.ready = ready,
	.check = check,
	.reload = reload,
	.retry = retry,
	.outcome = outcome,
	.stop = stop,
};

static int run(int argc, char **argv)
{
	struct peer_set set = { .patience = 0 };
	int at = cmd_args(&cmd_peer, &set, argc, argv);

	if (at < 0)
		return err_exit(at);
	if (at == argc || set.common.help || !strcmp(argv[at], "reach") ||
	    strchr(argv[at], '='))
		return serve_command(&cmd_peer, argc, argv);
	return peerask(&set, argc - at, argv + at);
}

static const char about[] = WORDS(
	"Machines with a key each reach one another by the keys' ids, over\n"
	"UDP: directly, introduced by a public peer, or through it. There is\n"
	"no account and no authority: nat keygen --key rsa prints the id of a\n"
	"new key, and one public peer that both know is enough.\n"
	"\n"
	"Each SERVICE, NAME=tcp:HOST:PORT, is open to those that --allow "
	"names\n"
	"with it. nat peer reach ID:SERVICE leads there from --local or by\n"
	"--stdio: encrypted end to end, by whatever path there is, and by a\n"
	"better one as soon as there is. nat peer ping ID says which way it "
	"is\n"
	"reached, by all or those of --path; nat peer list says which\n"
	"introducers answer, and whom the file of --trust knows.");

static const char *const examples[] = {
	"nat peer --key key.pem --public",
	"nat peer --key key.pem --introducer 192.0.2.7:43284 --trust known",
	"nat peer --key key.pem --trust known ssh=tcp:127.0.0.1:22",
	NULL,
};

const struct cmd cmd_peer = {
	.name = "peer",
	.group = "Connect",
	.what = "Signed UDP peers that find each other by their keys",
	.about = about,
	.usage = "--key FILE [options] [SERVICE... | reach ID:SERVICE | ping "
		 "ID | list]",
	.opts = opts,
	.run = run,
	.examples = examples,
	.role = &role,
};
