#include "app/tracker/tracker.h"
#include "cmd/conf.h"
#include "cmd/serve.h"

struct tracker_set {
	struct common common; /* first */
	struct tracker_conf conf;
	struct tracker *tracker;
	uint32_t visitors; /* it has none: there is nothing to lower */
};

/* clang-format off */
#define AT(field) offsetof(struct tracker_set, conf.field)
#define TRACKER_JOURNAL_OPTS ROWS_OF(NAT_JOURNAL)( \
	{ 0, "state", OPT_TEXT, OPT_FIXED, AT(state), "FILE", NULL, \
	  0, 0, WORDS("Remember members here, so that they survive a restart") },)
#define TRACKER_REDIS_OPTS ROWS_OF(NAT_REDIS)( \
	{ 0, "store", OPT_TEXT, OPT_SECRET | OPT_FIXED, AT(store), "URL", NULL, \
	  0, 0, WORDS("Share members with other trackers, in a Redis: " \
	  "redis://[USER:PASSWORD@]HOST[:PORT][/DB]") }, \
	{ 0, "store-password", OPT_TEXT, OPT_FIXED, AT(store_password), "FILE", NULL, \
	  0, 0, WORDS("Read its password from a file that only the owner can read") },)
static const struct opt opts[] = {
	{ 'l', "listen", OPT_ADDR, OPT_LIST | OPT_FIXED, AT(listen), "ADDR", "[::]:43283",
	  0, 0, WORDS("Where to answer, UDP; two that differ in address and port also "
	  "let STUN clients learn how their NAT behaves (RFC 5780)") },
	{ 0, "peer", OPT_ADDR, OPT_LIST | OPT_FIXED, AT(peer), "ADDR", NULL,
	  0, 0, WORDS("Another tracker: each tells who asks of the other, and of those "
	  "that the other knows") },
	{ 0, "public", OPT_TEXT, OPT_FIXED, AT(public), "ADDR|auto", NULL,
	  0, 0, WORDS("Address of this tracker in lists of trackers, if not the one that "
	  "was asked; auto: as its peers see it") },
	{ 0, "trust", OPT_CIDR, OPT_LIST | OPT_FIXED, AT(trust), "CIDR", NULL,
	  0, 0, WORDS("Tell all to who comes from there, without a proof of address") },
	{ 0, "ttl", OPT_MS, 0, AT(ttl), "TIME", "2h",
	  1000, 86400000, WORDS("How long a silent member is remembered") },
	TRACKER_JOURNAL_OPTS
	TRACKER_REDIS_OPTS
	{ 0, "max-groups", OPT_UINT, OPT_FIXED, AT(max_groups), "N", "20000",
	  1, 10000000, WORDS("Most groups") },
	{ 0, "max-members", OPT_UINT, OPT_FIXED, AT(max_members), "N", "100000",
	  1, 100000000, WORDS("Most members of all groups; who has not proven its "
	  "address gives way first") },
	{ 0, "max-group", OPT_UINT, OPT_FIXED, AT(max_group), "N", "256",
	  1, 65535, WORDS("Most members of one group") },
	{ 0, "max-address", OPT_UINT, OPT_FIXED, AT(max_address), "N", "256",
	  1, 65535, WORDS("Most members from one address, or IPv6 /64") },
	ROLE_CONFIG_OPT("Read settings from this file"),
	ROLE_OPTS
};
#undef AT
/* clang-format on */

enum { MEMORY = 1 << 20, PIPE = 4096 }; /* of connections: it has none */

static void fit(const struct conf *conf, struct section *s, struct diag *d)
{
	struct tracker_set *set = s->set;
	const char *why = tracker_public_fault(&set->conf);

	(void)conf;
	set->common.max_memory = MEMORY;
	set->common.pipe_size = PIPE;
	if (why)
		diag_option(d, "public", why);
	why = tracker_store_fault(&set->conf);
	if (why)
		diag_option(d, "store", why);
}

static bool keeps_state(const void *settings)
{
	(void)settings;
	return false;
}

static const char *rewrites(const void *settings)
{
	return ((const struct tracker_set *)settings)->conf.state;
}

static size_t descriptors(const void *settings)
{
	return tracker_descriptors(
		&((const struct tracker_set *)settings)->conf);
}

static int start(void *settings, struct net *net, const char *state_dir,
		 struct diag *d)
{
	struct tracker_set *set = settings;

	(void)state_dir;
	return tracker_start(&set->tracker, net, &set->conf, d);
}

static void ready(const void *settings)
{
	tracker_ready(((const struct tracker_set *)settings)->tracker);
}

static void check(void *settings, const void *fresh, struct diag *d)
{
	(void)settings, (void)fresh, (void)d; /* fit has seen to it */
}

static void reload(void *settings, const void *fresh)
{
	tracker_reload(((struct tracker_set *)settings)->tracker,
		       &((const struct tracker_set *)fresh)->conf);
}

static void stop(void *settings)
{
	tracker_stop(((struct tracker_set *)settings)->tracker);
}

static const struct role role = {
	.size = sizeof(struct tracker_set),
	.max_visitors = offsetof(struct tracker_set, visitors),
	.running = offsetof(struct tracker_set, tracker),
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
	return serve_command(&cmd_tracker, argc, argv);
}

static const char about[] = WORDS(
	"Nodes of a group find each other here: each says its group's name\n"
	"by UDP and hears the public addresses of the others. STUN is\n"
	"answered on the same port. Programs of the original NatTrackerServer\n"
	"work with it too.");

static const char *const examples[] = {
	WORDS("nat tracker"),
	WORDS("nat tracker --listen 127.0.0.1:43283 --ttl 10m"),
	NULL,
};

const struct cmd cmd_tracker = {
	.name = "tracker",
	.group = "Serve",
	.what = "Tells nodes their address and each other's, by UDP and STUN",
	.about = about,
	.usage = "[options]",
	.opts = opts,
	.run = run,
	.examples = examples,
	.role = &role,
};
