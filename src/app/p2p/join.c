#include "app/p2p/line.h"
#include "net/joint.h"
#include "net/peer.h"
#include "base/cur.h"
#include "net/listener.h"
#include "os/mem.h"
#include "os/parts.h"
#include "os/rand.h"
#include "os/sock.h"

enum { AGAIN = 1000 }; /* ms until it is called again */

struct port {
	struct listener listener;
	struct join *join;
	const struct p2p_service *service;
};

struct join {
	struct net *net;
	const struct p2p_conf *conf;
	struct rtc *peers;
	struct paths *paths;
	struct line line;
	struct peer peer;
	bool calls; /* peer runs */
	struct timer again;
	struct span memory;
	struct slots links;
	struct list of_peer; /* links */
	struct port ports[P2P_SERVICES];
	char own[33];
	uint8_t text[SDP_TEXT];
};

/* ---- services ---- */

const char *p2p_parse_wanted(struct p2p_service *s, struct bytes text)
{
	struct cur c = cur_of(text);

	if (hostport_parse(&s->at, cur_until(&c, '=')) < 0)
		return "is not [HOST:]PORT=NAME";
	if (!s->at.host.n)
		s->at.host = BYTES("127.0.0.1");
	s->name = cur_bytes(&c, cur_left(&c));
	return NULL;
}

/* ---- the peer ---- */

static void hang_up(struct join *j)
{
	for (uint32_t i = 0; i < j->conf->nservices; i++)
		if (listener_runs(&j->ports[i].listener))
			listener_pause(&j->ports[i].listener, true);
	joint_end_all(&j->of_peer);
	if (j->calls)
		peer_stop(&j->peer);
	j->calls = false;
}

static void say_candidate(struct peer *p, const struct candidate *k)
{
	struct join *j = container_of(p, struct join, peer);
	uint8_t room[CANDIDATE_TEXT];
	struct fmt f = fmt_to(SPAN(room));

	if (k)
		candidate_print(&f, k);
	else
		fmt_put(&f, "end-of-candidates");
	line_say(&j->line, "candidate", bytes_of(j->conf->id), fmt_done(&f));
}

static void come_in(struct listener *l)
{
	struct port *p = container_of(l, struct port, listener);
	struct join *j = p->join;
	struct addr from;

	for (int i = 0; i < LISTENER_BATCH; i++) {
		int fd = listener_accept(l, &from);

		if (fd < 0)
			return;
		if (!j->calls || j->peer.state != PEER_OPEN ||
		    !joint_call(&j->links, &j->peer.assoc, &j->of_peer, fd,
				p->service->name))
			sock_close(fd, true);
	}
}

static void listen(struct join *j, uint32_t i)
{
	struct port *p = &j->ports[i];
	const struct p2p_service *s = &j->conf->services[i];
	char at[64];
	struct fmt f = fmt_to(SPAN(at));
	int rc = 0;

	p->join = j;
	p->service = s;
	if (listener_runs(&p->listener)) {
		listener_pause(&p->listener, false);
		return;
	}
	rc = listener_start(&p->listener, j->net, s->at.host, s->at.port,
			    come_in);
	if (rc < 0) {
		log_err(j->net->log, "join", "port %u: %s",
			(unsigned)s->at.port, err_text(rc));
		return;
	}
	addr_print(&f, &p->listener.at);
	log_say(j->net->log, "join: ready on %s for %.*s", fmt_text(&f),
		(int)s->name.n, (const char *)s->name.p);
}

static void tell_way(struct peer *p)
{
	struct join *j = container_of(p, struct join, peer);
	char text[400];
	struct fmt f = fmt_to(SPAN(text));

	peer_explain(p, &f);
	log_info(j->net->log, "join", "%s: %s", j->conf->id, fmt_text(&f));
}

static void opened(struct peer *p)
{
	struct join *j = container_of(p, struct join, peer);

	tell_way(p);
	for (uint32_t i = 0; i < j->conf->nservices; i++)
		listen(j, i);
}

/* A host opens none. */
static void come(struct peer *p, uint16_t sid, const struct dcep_open *o)
{
	(void)p, (void)sid, (void)o;
}

static void call_again(struct join *j)
{
	timer_start(&j->again, j->net->loop, j->net->loop->now + AGAIN);
}

static void over(struct peer *p, const char *why)
{
	struct join *j = container_of(p, struct join, peer);

	char text[300];
	struct fmt f = fmt_to(SPAN(text));

	ways_explain(&p->ways, &f);
	log_info(j->net->log, "join", "%s: over: %s%s", j->conf->id, why,
		 fmt_text(&f));
	call_again(j);
}

static void offer(struct join *j)
{
	uint8_t room[4096];
	struct fmt f = fmt_to(SPAN(room));

	peer_describe(&j->peer, &f);
	line_say(&j->line, "offer", bytes_of(j->conf->id), fmt_done(&f));
}

static bool again(struct peer *p)
{
	struct join *j = container_of(p, struct join, peer);

	if (j->line.state != LINE_UP)
		return false;
	peer_restart(p);
	offer(j);
	return true;
}

static const struct peer_ops peer_ops = { say_candidate, opened, come,
					  tell_way,      again,  over };

static void call(struct join *j)
{
	struct peer_ask ask = { .ops = &peer_ops,
				.paths = j->paths,
				.at = j->line.here,
				.stun = j->line.there,
				.offers = true };

	memset(&j->peer, 0, sizeof j->peer);
	j->calls = true;
	if (peer_start(&j->peer, j->peers, &ask) < 0)
		call_again(j);
	else
		offer(j);
}

static void tick(struct timer *t)
{
	struct join *j = container_of(t, struct join, again);

	hang_up(j);
	if (j->line.state == LINE_UP)
		call(j);
}

/* ---- signalling ---- */

static void up(struct line *l)
{
	struct join *j = container_of(l, struct join, line);

	if (!j->calls) {
		call(j);
		return;
	}
	peer_look(&j->peer, &l->here);
	peer_retell(&j->peer);
}

static void hear_answer(struct join *j, struct bytes sdp)
{
	int rc = peer_hear(&j->peer, sdp);

	if (rc < 0)
		log_info(j->net->log, "join", "the answer is none");
	if (rc > 0)
		call_again(j); /* the host has begun anew */
}

static void hear(struct line *l, const struct ming *m)
{
	struct join *j = container_of(l, struct join, line);
	struct fmt f = fmt_to(SPAN(j->text));

	if (m->kind == MING_ERROR) {
		log_info(j->net->log, "join", "%.*s", (int)m->payload.n,
			 (const char *)m->payload.p);
		if (j->calls && j->peer.state == PEER_NEW)
			call_again(j);
		return;
	}
	if (!j->calls || !line_payload(&f, m))
		return;
	if (m->kind == MING_ANSWER)
		hear_answer(j, fmt_done(&f));
	if (m->kind == MING_CANDIDATE)
		peer_candidate(&j->peer, fmt_done(&f));
}

static void down(struct line *l, const char *why)
{
	struct join *j = container_of(l, struct join, line);

	log_info(j->net->log, "join", "%s: %s", j->conf->signal, why);
}

static const struct line_ops line_ops = { up, hear, down };

/* ---- life ---- */

static void name_us(struct join *j)
{
	uint8_t chance[16];
	struct fmt f = fmt_to(SPAN(j->own));

	rand_fill(SPAN(chance));
	fmt_hex(&f, (struct bytes){ chance, sizeof chance });
	j->line.own = (struct bytes){ (uint8_t *)j->own, 32 };
}

int join_start(struct join **out, struct net *net, const struct p2p_conf *conf,
	       struct diag *d)
{
	struct join *j = (struct join *)(void *)mem_reserve(sizeof *j).p;
	const struct part parts[] = {
		PART_SLOTS(j ? &j->links : NULL, struct joint, conf->max_links),
	};
	int rc = j ? parts_reserve(&j->memory, parts, COUNT(parts))
		   : -NAT_EMEMORY;

	*out = j;
	if (rc == 0) {
		j->net = net;
		j->conf = conf;
		list_init(&j->of_peer);
		timer_init(&j->again, tick);
		name_us(j);
		rc = rtc_start(&j->peers, net);
	}
	if (rc == 0)
		rc = paths_start(&j->paths, net, &conf->paths, 1, d);
	if (rc == 0)
		rc = line_start(&j->line, net, conf, &line_ops);
	if (rc < 0)
		diag_put(d, "signal %s: %s", conf->signal, err_text(rc));
	return rc;
}

void join_look(struct join *j)
{
	line_look(&j->line);
	if (j->calls)
		peer_look(&j->peer, &j->line.here);
}

void join_stop(struct join *j)
{
	if (!j)
		return;
	if (j->net) {
		hang_up(j);
		for (uint32_t i = 0; i < j->conf->nservices; i++)
			if (listener_runs(&j->ports[i].listener))
				listener_stop(&j->ports[i].listener);
		timer_stop(&j->again, j->net->loop);
	}
	line_stop(&j->line);
	rtc_stop(j->peers);
	paths_stop(j->paths);
	mem_release(j->memory);
	mem_release((struct span){ (uint8_t *)j, sizeof *j });
}
