#include "cmd/peerask.h"
#include "cmd/errand.h"
#include "os/host.h"
#include "os/mem.h"

enum { LIST_WAIT = 3000, STRAIGHT_WAIT = 3000 }; /* ms */

struct asking {
	struct errand errand;
	const struct peer_set *set;
	struct peering *peering;
	struct peer_ear ear;
	struct timer end;
	int64_t until; /* ms */
	const char *whom;
	enum reach_path by; /* 0: none yet */
	int64_t trip;
	bool done;
};

static const struct {
	const char *name;
	enum reach_path path;
} paths[] = {
	{ "direct", REACH_DIRECT },
	{ "introduced", REACH_INTRODUCED },
	{ "proxy", REACH_PROXY },
};

unsigned peerask_paths(const struct opt_list *l)
{
	unsigned all = 0;

	for (uint32_t i = 0; i < l->n; i++) {
		size_t k = 0;

		while (k < COUNT(paths) && strcmp(paths[k].name, l->v[i]) != 0)
			k++;
		if (k == COUNT(paths))
			return 0;
		all |= paths[k].path;
	}
	return all ? all : REACH_ALL;
}

static void put(struct fmt *f)
{
	fmt_put(f, "\n");
	console_out(fmt_done(f));
}

/* ---- ping ---- */

static void say_path(struct asking *k)
{
	char text[160];
	struct fmt f = fmt_to(SPAN(text));
	size_t i = 0;

	while (paths[i].path != k->by)
		i++;
	fmt_put(&f, "%s %s %lldms", k->whom, paths[i].name, (long long)k->trip);
	put(&f);
	k->done = true;
	k->errand.loop.quit = true;
}

/* By a proxy it goes at once: what is straight has a moment to prove itself. */
static void reached(struct peer_ear *ear, const struct reach *r, int64_t trip)
{
	struct asking *k = container_of(ear, struct asking, ear);
	int64_t until = k->errand.loop.now + STRAIGHT_WAIT;

	if (!r->by)
		return;
	k->by = (enum reach_path)r->by;
	k->trip = trip;
	if (r->by != REACH_PROXY || r->paths == REACH_PROXY || r->apart)
		say_path(k);
	else if (until < k->until)
		timer_start(&k->end, &k->errand.loop, until);
}

static void give_up(struct timer *t)
{
	struct asking *k = container_of(t, struct asking, end);

	if (k->by) {
		say_path(k);
		return;
	}
	diag_put(&k->errand.diag, "%s: no path has been found", k->whom);
	k->errand.loop.quit = true;
}

static int ping(struct asking *k)
{
	unsigned path = peerask_paths(&k->set->path);
	uint8_t id[CHAIN_ID];

	if (!peering_find(k->peering, bytes_of(k->whom), id)) {
		diag_put(&k->errand.diag,
			 "%s: neither an id nor a name that is known", k->whom);
		return -NAT_EUSAGE;
	}
	k->ear.reached = reached;
	timer_init(&k->end, give_up);
	k->until = k->errand.loop.now + k->set->patience;
	timer_start(&k->end, &k->errand.loop, k->until);
	(void)peering_reach(k->peering, id, path, &k->ear);
	return 0;
}

/* ---- list ---- */

static void put_introducer(const struct contact *d)
{
	char text[512];
	struct fmt f = fmt_to(SPAN(text));

	fmt_put(&f, "introducer ");
	if (d->found)
		addr_print(&f, &d->at);
	else
		fmt_put(&f, "%s", d->name);
	fmt_put(&f, " ");
	if (d->known)
		fmt_hex(&f, (struct bytes){ d->id, CHAIN_ID });
	else
		fmt_put(&f, "-");
	fmt_put(&f, d->up ? d->found ? " found" : " answers" : " silent");
	put(&f);
}

static void put_known(const struct trust *t)
{
	struct bytes rest = t->text, name, id;

	while (trust_next(&rest, &name, &id)) {
		char text[512];
		struct fmt f = fmt_to(SPAN(text));

		fmt_put(&f, "known ");
		fmt_bytes(&f, name);
		fmt_put(&f, " ");
		fmt_bytes(&f, id);
		put(&f);
	}
}

static void look(struct timer *t)
{
	struct asking *k = container_of(t, struct asking, end);
	struct peering *p = k->peering;
	const struct contact *d;
	uint32_t n = k->set->conf.introducer.n, at = 0, up = 0;

	for (uint32_t i = 0; i < n; i++)
		up += p->introducers[i].dial->up;
	if ((up < n || node_seeks(&p->node)) && k->errand.loop.now < k->until) {
		timer_start(t, &k->errand.loop, k->errand.loop.now + 50);
		return;
	}
	while ((d = peering_introducer(p, &at)))
		put_introducer(d);
	put_known(&p->trust);
	k->done = true;
	k->errand.loop.quit = true;
}

static int list(struct asking *k)
{
	k->until = k->errand.loop.now + LIST_WAIT;
	timer_init(&k->end, look);
	timer_start(&k->end, &k->errand.loop, k->errand.loop.now);
	return 0;
}

/* ---- life ---- */

static int ask(struct asking *k, int (*begin)(struct asking *))
{
	int rc =
		errand_start(&k->errand, &cmd_peer, k->set->common.resolv_conf);

	if (rc < 0)
		return rc;
	if (k->set->common.verbose)
		k->errand.console.log.most = LOG_INFO;
	rc = peering_start(&k->peering, &k->errand.net, &k->set->conf,
			   &k->errand.diag);
	if (rc == 0) {
		rc = begin(k);
		if (rc == 0)
			rc = errand_run(&k->errand);
		timer_stop(&k->end, &k->errand.loop);
		peering_stop(k->peering);
	}
	errand_stop(&k->errand);
	return rc < 0 ? rc : k->done ? 0 : -NAT_ETIMEOUT;
}

/* The one that runs knows more than a new one. */
static int ask_running(const struct peer_set *set)
{
	char shows[] = "--visitors", where[] = "--admin", path[256];
	char *words[] = { shows, where, path, NULL };
	struct fmt f = fmt_to(SPAN(path));

	if (set->common.admin) {
		fmt_put(&f, "%s", set->common.admin);
	} else {
		host_runtime_dir(&f);
		fmt_put(&f, "/%s", cmd_peer.name);
	}
	fmt_text(&f);
	return cmd_status.run((int)COUNT(words) - 1, words);
}

int peerask(const struct peer_set *set, int argc, char **argv)
{
	bool pings = !strcmp(argv[0], "ping");
	struct diag d = cmd_diag(&cmd_peer);
	struct asking *k;

	if (pings ? argc != 2 : strcmp(argv[0], "list") != 0 || argc != 1) {
		diag_put(&d,
			 "%s: what there is to ask is ping ID, and list; "
			 "services are NAME=tcp:HOST:PORT",
			 argv[0]);
		return cmd_usage(&cmd_peer);
	}
	if (!pings && (set->common.admin || !set->conf.key))
		return ask_running(set);
	if (!peerask_paths(&set->path))
		diag_option(&d, "path", "one of direct, introduced, proxy");
	peer_fit(&set->conf, &d);
	if (d.count)
		return cmd_usage(&cmd_peer);
	k = (struct asking *)(void *)mem_reserve(sizeof *k).p;
	if (!k)
		return cmd_no_memory(&cmd_peer);
	k->set = set;
	k->whom = argv[argc - 1];
	return err_exit(ask(k, pings ? ping : list));
}
