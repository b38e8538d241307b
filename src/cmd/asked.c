#include "cmd/asked.h"
#include "app/admin/admin.h"
#include "app/admin/process.h"
#include "app/client/client.h"
#include "app/natpass/server.h"
#include "app/relay/relay.h"
#include "app/signal/signal.h"
#include "app/tracker/tracker.h"
#include "cmd/handover.h"
#include "cmd/passopts.h"
#include "cmd/peerask.h"
#include "cmd/takeover.h"
#include "os/mem.h"

struct asked {
	struct admin *admin;
	struct admin_conf conf;
	struct reports reports;
	struct process process;
	struct net *net;
	const struct serve_what *what;
	struct takeover *takeover; /* NULL: there is nobody before us */
	struct handover handover;
	char path[256];
};

static struct report of_relay(void *running)
{
	return relay_report(running);
}

static struct report of_client(void *running)
{
	return client_report(running);
}

static struct report of_tracker(void *running)
{
	return tracker_report(running);
}

static void add(struct reports *rs, const struct section *s, struct report r)
{
	r.name = s->name ? s->name : "";
	rs->v[rs->n++] = r;
}

/* clang-format off */
ROWS_OF(NAT_SIGNAL)(
static struct report of_signal(void *running)
{
	return signal_report(running);
}
)
ROWS_OF(NAT_PEER)(
static struct report of_peer(void *running)
{
	return peering_report(((struct peer_role *)running)->peering);
}
)
ROWS_OF(NAT_NATPASS)(
static void add_natpass(struct reports *rs, const struct section *s)
{
	struct natpass_server *server =
		s->cmd == &cmd_relay ? relay_natpass(s->set) : NULL;
	struct agent *agent =
		s->cmd == &cmd_client ? client_pass(s->set)->agent : NULL;

	if (s->cmd == &cmd_forward)
		agent = forward_agent(s->set);
	if (server)
		add(rs, s, natpass_report(server));
	if (agent)
		add(rs, s, agent_report(agent));
}
)

static const struct {
	const struct cmd *cmd;
	struct report (*report)(void *running);
} roles[] = {
	{ &cmd_relay, of_relay },
	{ &cmd_client, of_client },
	{ &cmd_tracker, of_tracker },
	ROWS_OF(NAT_SIGNAL)({ &cmd_signal, of_signal },)
	ROWS_OF(NAT_PEER)({ &cmd_peer, of_peer },)
};
/* clang-format on */

static void add_section(struct reports *rs, const struct section *s)
{
	void *const *running = (void *)((char *)s->set + s->cmd->role->running);

	for (size_t i = 0; i < COUNT(roles); i++)
		if (roles[i].cmd == s->cmd && *running)
			add(rs, s, roles[i].report(*running));
	ROWS_OF(NAT_NATPASS)(add_natpass(rs, s));
}

/* Who is somebody's connection is not looked for. */
bool asked_wanted(const struct common *common)
{
	return !common->admin && !common->quiet;
}

/* The place where nat status looks; it may be somebody else's already. */
static void choose_path(struct asked *a, const struct asked_of *of,
			struct log *log)
{
	struct fmt f = fmt_to(SPAN(a->path));

	a->conf.path = of->common->admin;
	if (!asked_wanted(of->common))
		return;
	if (of->runtime->why) {
		log_info(log, "nat", "no admin socket in %s: %s",
			 of->runtime->path, of->runtime->why);
		return;
	}
	fmt_put(&f, "%s/%s", of->runtime->path, of->cmd->name);
	a->conf.path = fmt_text(&f);
	a->conf.may_lack = true;
}

static int start(struct asked *a, bool takes_over, struct diag *d)
{
	int rc = 0;

	if (takes_over)
		rc = takeover_begin(&a->takeover, a->net, a->what, a->conf.path,
				    d);
	return rc < 0 ? rc
		      : admin_start(&a->admin, a->net, &a->conf, &a->reports,
				    d);
}

int asked_start(struct asked **out, struct net *net, const struct asked_of *of,
		struct diag *d)
{
	struct asked *a = (struct asked *)(void *)mem_reserve(sizeof *a).p;
	int rc;

	if (!a) {
		diag_put(d, "%s", err_text(-NAT_EMEMORY));
		return -NAT_EMEMORY;
	}
	choose_path(a, of, net->log);
	a->net = net;
	a->what = of->what;
	a->conf.takeover = handover_ask;
	a->conf.of = &a->handover;
	a->conf.metrics = of->common->metrics;
	a->process = (struct process){ .net = net,
				       .version = CMD_NUMBER,
				       .since = net->loop->now,
				       .most_fds = of->most_fds };
	*out = a;
	rc = start(a, of->common->takeover, d);
	if (rc < 0) {
		takeover_stop(a->takeover);
		mem_release((struct span){ (uint8_t *)a, sizeof *a });
		*out = NULL;
	}
	return rc;
}

int asked_take_over(struct asked *a, struct course *course,
		    const struct settings *now, struct diag *d)
{
	const struct handover_of of = { a->admin, course, now };

	int rc = takeover_finish(a->takeover, d);

	handover_init(&a->handover, a->net, a->what, &of);
	if (rc == 0)
		admin_own(a->admin);
	return rc;
}

void asked_about(struct asked *a, const struct serve_what *what)
{
	for (unsigned i = 0; i < what->n; i++)
		add_section(&a->reports, what->v[i]);
	a->reports.v[a->reports.n++] = process_report(&a->process);
}

const char *asked_socket(const struct asked *a)
{
	return a->conf.path;
}

void asked_stop(struct asked *a)
{
	if (!a)
		return;
	handover_stop(&a->handover);
	takeover_stop(a->takeover);
	admin_stop(a->admin);
	mem_release((struct span){ (uint8_t *)a, sizeof *a });
}
