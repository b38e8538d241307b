#include "app/p2p/line.h"
#include "net/joint.h"
#include "net/peer.h"
#include "os/mem.h"
#include "os/parts.h"

struct call { /* somebody who calls */
	struct slot slot;
	struct host *host;
	struct peer peer;
	struct list links;
	struct soon end;
	struct ming_text id;
	const char *why;
};

struct host {
	struct net *net;
	const struct p2p_conf *conf;
	struct rtc *peers;
	struct paths *paths;
	struct line line;
	struct span memory;
	struct slots calls, links;
	uint8_t text[SDP_TEXT];
};

/* ---- calls ---- */

static void end_call(struct call *c)
{
	struct host *h = c->host;

	joint_end_all(&c->links);
	peer_stop(&c->peer);
	soon_stop(&c->end);
	slots_put(&h->calls, c);
}

static void end_soon(struct soon *s)
{
	end_call(container_of(s, struct call, end));
}

static void say_candidate(struct peer *p, const struct candidate *k)
{
	struct call *c = container_of(p, struct call, peer);
	uint8_t room[CANDIDATE_TEXT];
	struct fmt f = fmt_to(SPAN(room));

	if (k)
		candidate_print(&f, k);
	else
		fmt_put(&f, "end-of-candidates");
	line_say(&c->host->line, "candidate", ming_bytes(&c->id), fmt_done(&f));
}

static void tell_way(struct peer *p)
{
	struct call *c = container_of(p, struct call, peer);
	char text[400];
	struct fmt f = fmt_to(SPAN(text));

	peer_explain(p, &f);
	log_info(c->host->net->log, "host", "%.*s: %s", (int)c->id.n,
		 (const char *)c->id.p, fmt_text(&f));
}

static const struct p2p_service *service(const struct host *h,
					 struct bytes name)
{
	for (uint32_t i = 0; i < h->conf->nservices; i++)
		if (!name.n || bytes_equal(h->conf->services[i].name, name))
			return &h->conf->services[i];
	return NULL;
}

static void come(struct peer *p, uint16_t sid, const struct dcep_open *o)
{
	struct call *c = container_of(p, struct call, peer);
	struct host *h = c->host;
	const struct p2p_service *s = service(h, o->protocol);
	struct joint *k;

	if (!s || !joint_come(&h->links, h->net, &c->links, &s->at))
		return;
	k = joint_last(&c->links);
	chan_take(&k->chan, &p->assoc, sid, &k->waker);
}

static void over(struct peer *p, const char *why)
{
	struct call *c = container_of(p, struct call, peer);
	char text[300];
	struct fmt f = fmt_to(SPAN(text));

	ways_explain(&p->ways, &f);
	log_info(c->host->net->log, "host", "%.*s: over: %s%s", (int)c->id.n,
		 (const char *)c->id.p, why, fmt_text(&f));
	soon_start(&c->end, c->host->net->loop);
}

static const struct peer_ops peer_ops = { say_candidate, tell_way, come,
					  tell_way,      NULL,     over };

static struct call *find(struct host *h, struct bytes id)
{
	slots_each (struct call, c, &h->calls)
		if (bytes_equal(ming_bytes(&c.it->id), id))
			return c.it;
	return NULL;
}

static struct call *begin(struct host *h, const struct ming_text *id)
{
	struct peer_ask ask = { .ops = &peer_ops,
				.paths = h->paths,
				.at = h->line.here,
				.stun = h->line.there };
	struct call *c = slots_get(&h->calls);

	if (!c)
		return NULL;
	c->host = h;
	c->id = *id;
	list_init(&c->links);
	soon_init(&c->end, end_soon);
	if (peer_start(&c->peer, h->peers, &ask) == 0)
		return c;
	end_call(c);
	return NULL;
}

/* ---- signalling ---- */

static void answer(struct call *c, struct bytes sdp)
{
	struct host *h = c->host;
	struct ming_text id = c->id;
	uint8_t room[4096];
	struct fmt f = fmt_to(SPAN(room));
	int rc = peer_hear(&c->peer, sdp);

	if (rc > 0) { /* it calls anew */
		end_call(c);
		c = begin(h, &id);
		rc = c ? peer_hear(&c->peer, sdp) : 0;
	}
	if (rc < 0)
		end_call(c);
	if (rc < 0 || !c)
		return;
	peer_describe(&c->peer, &f);
	line_say(&h->line, "answer", ming_bytes(&id), fmt_done(&f));
}

static void hear(struct line *l, const struct ming *m)
{
	struct host *h = container_of(l, struct host, line);
	struct call *c = find(h, ming_bytes(&m->from));
	struct fmt f = fmt_to(SPAN(h->text));

	if (m->kind == MING_ERROR)
		log_info(h->net->log, "host", "signalling: %.*s",
			 (int)m->payload.n, (const char *)m->payload.p);
	if ((m->kind != MING_OFFER && m->kind != MING_CANDIDATE) ||
	    !line_payload(&f, m))
		return;
	if (!c)
		c = begin(h, &m->from);
	if (c && m->kind == MING_OFFER)
		answer(c, fmt_done(&f));
	else if (c)
		peer_candidate(&c->peer, fmt_done(&f));
}

static void up(struct line *l)
{
	struct host *h = container_of(l, struct host, line);

	line_register(l);
	slots_each (struct call, c, &h->calls) {
		peer_look(&c.it->peer, &l->here);
		peer_retell(&c.it->peer);
	}
	log_say(h->net->log, "host: ready as %s at %s", h->conf->id,
		h->conf->signal);
}

static void down(struct line *l, const char *why)
{
	struct host *h = container_of(l, struct host, line);

	log_info(h->net->log, "host", "%s: %s", h->conf->signal, why);
}

static const struct line_ops line_ops = { up, hear, down };

/* ---- life ---- */

int host_start(struct host **out, struct net *net, const struct p2p_conf *conf,
	       struct diag *d)
{
	struct host *h = (struct host *)(void *)mem_reserve(sizeof *h).p;
	const struct part parts[] = {
		PART_SLOTS(h ? &h->calls : NULL, struct call, conf->max_peers),
		PART_SLOTS(h ? &h->links : NULL, struct joint, conf->max_links),
	};
	int rc = h ? parts_reserve(&h->memory, parts, COUNT(parts))
		   : -NAT_EMEMORY;

	*out = h;
	if (rc == 0) {
		h->net = net;
		h->conf = conf;
		rc = rtc_start(&h->peers, net);
	}
	if (rc == 0)
		rc = paths_start(&h->paths, net, &conf->paths, conf->max_peers,
				 d);
	if (rc == 0) {
		h->line.own = bytes_of(conf->id);
		rc = line_start(&h->line, net, conf, &line_ops);
	}
	if (rc < 0)
		diag_put(d, "signal %s: %s", conf->signal, err_text(rc));
	return rc;
}

void host_look(struct host *h)
{
	line_look(&h->line);
	slots_each (struct call, c, &h->calls)
		peer_look(&c.it->peer, &h->line.here);
}

void host_stop(struct host *h)
{
	if (!h)
		return;
	if (h->memory.p)
		slots_each (struct call, c, &h->calls)
			end_call(c.it);
	line_stop(&h->line);
	rtc_stop(h->peers);
	paths_stop(h->paths);
	mem_release(h->memory);
	mem_release((struct span){ (uint8_t *)h, sizeof *h });
}
