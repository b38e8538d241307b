#include "app/peer/guest.h"

enum { AGAIN = 1000 }; /* ms until a link is begun anew */

static struct net *net_of(const struct guest *g)
{
	return g->of->net;
}

/* ---- words ---- */

/* WHO:SERVICE; a name may have colons. */
static bool split(const char *text, struct bytes *who, struct bytes *service)
{
	struct bytes all = bytes_of(text);
	size_t n = all.n;

	while (n > 0 && all.p[n - 1] != ':')
		n--;
	*who = (struct bytes){ all.p, n ? n - 1 : 0 };
	*service = (struct bytes){ all.p + n, all.n - n };
	return who->n > 0 && service->n > 0;
}

const char *guest_fault(const struct guest_conf *conf)
{
	struct p2p_service s;
	struct bytes who;

	if (!split(conf->wanted, &who, &s.name))
		return "is not ID:SERVICE";
	if (conf->local && !p2p_read_here(&s, bytes_of(conf->local)))
		return "local is no address";
	return NULL;
}

static void say_path(const struct guest *g, const struct reach *r)
{
	static const char *const how[] = {
		[0] = "no path any more",
		[REACH_DIRECT] = "direct: its address is known",
		[REACH_INTRODUCED] = "punched: its NAT lets us in, introduced",
		[REACH_PROXY] = "proxy: as long as nothing straight is there",
	};
	const struct peer *p = peers_find(&g->of->node.peers, r->id);
	const char *why = r->apart && r->by == REACH_PROXY
				  ? "proxy: its NAT and ours keep us apart"
				  : how[r->by];
	char at[64];
	struct fmt f = fmt_to(SPAN(at));

	if (r->by == REACH_PROXY)
		addr_print(&f, &r->by_proxy.proxy);
	else if (r->by && p)
		addr_print(&f, &p->at);
	fmt_text(&f);
	log_say(net_of(g)->log, "peer: %s%s%s", why, f.n ? ", by " : "", at);
}

/* ---- standard input and output ---- */

static void left(struct tie_stdio *ends, int err)
{
	struct guest *g = container_of(ends, struct guest, ends);

	g->outcome = err;
	net_of(g)->loop->quit = true;
}

static void join_stdio(struct guest *g)
{
	g->ends.left = left;
	if (!joint_stdio(&g->link->ties, &g->ends, g->service.name))
		net_of(g)->loop->quit = true;
}

/* ---- the link ---- */

static void admit(struct guest *g, bool yes)
{
	if (listener_runs(&g->listener))
		listener_pause(&g->listener, !yes);
}

static void opened(struct link_ear *ear, struct link *k)
{
	struct guest *g = container_of(ear, struct guest, ear);

	g->link = k;
	if (!g->conf->local)
		join_stdio(g);
	else
		admit(g, true);
}

static void begin_again(struct timer *t)
{
	struct guest *g = container_of(t, struct guest, again);

	node_reach_again(&g->of->node, g->reach);
	peering_wait(g->of);
}

static void lost(struct link_ear *ear, const char *why)
{
	struct guest *g = container_of(ear, struct guest, ear);

	log_warn(net_of(g)->log, "peer", "%s: %s", g->conf->wanted, why);
	g->link = NULL;
	if (!g->conf->local) {
		net_of(g)->loop->quit = true;
		return;
	}
	admit(g, false);
	timer_start(&g->again, net_of(g)->loop, net_of(g)->loop->now + AGAIN);
}

static void reached(struct peer_ear *ear, const struct reach *r, int64_t trip)
{
	struct guest *g = container_of(ear, struct guest, reached);

	say_path(g, r);
	if (r->by || g->link)
		(void)!links_go(&g->of->links, r, trip, &g->ear);
}

/* ---- who comes ---- */

static void come(struct listener *l)
{
	struct guest *g = container_of(l, struct guest, listener);
	struct addr from;

	for (int i = 0; i < LISTENER_BATCH && g->link; i++) {
		int fd = listener_accept(l, &from);

		if (fd < 0)
			return;
		joint_call(&g->link->ties, fd, &from, g->service.name);
	}
}

/* What comes while there is no link is lost. */
static void come_udp(struct udp *u)
{
	struct guest *g = container_of(u, struct guest, udp);
	struct datagram d;

	if (g->link)
		flow_hear(&g->link->ties, u, &g->service);
	else
		while (udp_next(u, &d))
			;
}

static int bind_here(struct guest *g)
{
	const struct hostport *at = &g->service.at;

	if (g->service.udp)
		return udp_bind(&g->udp, net_of(g), at->host, at->port,
				come_udp);
	return listener_start(&g->listener, net_of(g), at->host, at->port,
			      come);
}

static int listen(struct guest *g)
{
	char text[64];
	struct fmt f = fmt_to(SPAN(text));
	int rc = bind_here(g);

	if (rc < 0)
		return rc;
	admit(g, false);
	addr_print(&f, g->service.udp ? &g->udp.at : &g->listener.at);
	log_say(net_of(g)->log, "peer: %s on %s%s", g->conf->wanted,
		g->service.udp ? "udp " : "", fmt_text(&f));
	return 0;
}

/* ---- life ---- */

int guest_start(struct guest *g, struct peering *of,
		const struct guest_conf *conf, struct diag *d)
{
	uint8_t id[CHAIN_ID];
	struct bytes who;
	int rc = 0;

	g->of = of;
	g->conf = conf;
	g->outcome = conf->local ? 0 : -NAT_ECLOSED;
	g->reached.reached = reached;
	g->ear = (struct link_ear){ opened, lost };
	timer_init(&g->again, begin_again);
	if (!split(conf->wanted, &who, &g->service.name) ||
	    (conf->local &&
	     !p2p_read_here(&g->service, bytes_of(conf->local))) ||
	    !peering_find(of, who, id)) {
		diag_put(d, "%s: neither an id nor a name that is known",
			 conf->wanted);
		return -NAT_EUSAGE;
	}
	if (conf->local)
		rc = listen(g);
	if (rc < 0)
		diag_put(d, "%s: %s", conf->local, err_text(rc));
	else
		g->reach = peering_reach(of, id, conf->paths, &g->reached);
	return rc;
}

void guest_stop(struct guest *g)
{
	if (!g->of)
		return;
	if (g->link)
		ties_end(&g->link->ties);
	if (udp_runs(&g->udp))
		udp_stop(&g->udp);
	if (listener_runs(&g->listener))
		listener_stop(&g->listener);
	timer_stop(&g->again, net_of(g)->loop);
}
