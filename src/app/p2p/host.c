#include "app/p2p/keys.h"
#include "app/p2p/line.h"
#include "net/ties.h"
#include "net/peer.h"
#include "crypt/ct.h"
#include "os/mem.h"
#include "os/parts.h"

enum { LATE = 30000 }; /* ms until a caller must be there */

struct call { /* somebody who calls */
	struct slot slot;
	struct host *host;
	struct peer peer;
	struct ties ties;
	struct soon end;
	struct timer late;
	struct ming_text id;
	uint8_t proof[KEYS_PROOF];
};

struct host {
	struct net *net;
	const struct p2p_conf *conf, *first; /* first: what is shared */
	struct rtc *peers;
	struct paths *paths;
	struct line line;
	struct span memory;
	struct slots calls;
	struct tables tables;
	struct keys keys, fresh; /* in force; as it was checked */
	struct log_rate rate;
	bool drains;
	uint8_t print[SHA256_SIZE]; /* of our certificate */
	uint8_t text[SDP_TEXT];
};

/* ---- calls ---- */

static void end_call(struct call *c)
{
	struct host *h = c->host;

	ties_end(&c->ties);
	peer_stop(&c->peer);
	soon_stop(&c->end);
	timer_stop(&c->late, h->net->loop);
	slots_put(&h->calls, c);
}

static void end_soon(struct soon *s)
{
	end_call(container_of(s, struct call, end));
}

static void late(struct timer *t)
{
	struct call *c = container_of(t, struct call, late);

	log_info(c->host->net->log, "host", "%.*s: over: it is not there",
		 (int)c->id.n, (const char *)c->id.p);
	end_call(c);
}

static void say_candidate(struct peer *p, const struct candidate *k)
{
	struct call *c = container_of(p, struct call, peer);
	uint8_t room[CANDIDATE_TEXT];
	struct fmt f = fmt_to(SPAN(room));

	if (k)
		candidate_print(&f, k); /* or nothing: RFC 8838 8.2 */
	line_say(&c->host->line, "candidate", ming_bytes(&c->id), fmt_done(&f));
}

static void tell_way(struct peer *p)
{
	struct call *c = container_of(p, struct call, peer);
	char text[400];
	struct fmt f = fmt_to(SPAN(text));

	timer_stop(&c->late, c->host->net->loop);
	peer_explain(p, &f);
	log_info(c->host->net->log, "host", "%.*s: %s", (int)c->id.n,
		 (const char *)c->id.p, fmt_text(&f));
}

/* The first of that name, or of all if there is none, and of that kind. */
static const struct p2p_service *find_service(const struct p2p_conf *conf,
					      struct bytes name, bool udp)
{
	for (uint32_t i = 0; i < conf->nservices; i++) {
		const struct p2p_service *s = &conf->services[i];

		if (s->udp == udp && (!name.n || bytes_equal(s->name, name)))
			return s;
	}
	return NULL;
}

/* Datagrams may go by any channel; a connection needs all its bytes. */
static const struct p2p_service *wanted(const struct host *h,
					const struct dcep_open *o)
{
	bool udp =
		o->type != DCEP_RELIABLE || bytes_are(o->label, "tunnel-udp");
	const struct p2p_service *s = find_service(h->first, o->protocol, udp);

	return s || udp ? s : find_service(h->first, o->protocol, true);
}

static void come(struct peer *p, uint16_t sid, const struct dcep_open *o)
{
	struct call *c = container_of(p, struct call, peer);
	struct host *h = c->host;
	const struct p2p_service *s = wanted(h, o);
	bool taken = s && (s->udp ? flow_come(&c->ties, sid, s)
				  : joint_come(&c->ties, sid, s));

	if (!taken)
		log_seldom(h->net->log, log_at(&h->rate, h->net->loop->now),
			   "host", "%.*s: %s: %.*s", (int)c->id.n,
			   (const char *)c->id.p,
			   s ? "too many at once" : "is not shared",
			   (int)min_size(o->protocol.n, MING_ID),
			   (const char *)o->protocol.p);
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
	ties_init(&c->ties, &h->tables, &c->peer.assoc, ming_bytes(&c->id));
	c->ties.most = h->conf->max_each;
	soon_init(&c->end, end_soon);
	timer_init(&c->late, late);
	timer_start(&c->late, h->net->loop, h->net->loop->now + LATE);
	if (peer_start(&c->peer, h->peers, &ask) == 0)
		return c;
	end_call(c);
	return NULL;
}

/* ---- who may call ---- */

static bool is_allowed(const struct p2p_conf *conf, struct bytes id)
{
	for (uint32_t i = 0; i < conf->allow.n; i++)
		if (bytes_are(id, conf->allow.v[i]))
			return true;
	return !conf->allow.n;
}

/* Which of the secrets an offer proves; empty: none. */
static struct bytes proven(const struct host *h, const struct ming_text *id,
			   const struct sdp *s)
{
	const struct keys_of of = { .host = h->line.own,
				    .join_print = keys_print(s) };
	uint8_t room[KEYS_PROOF];
	struct bytes secret;

	for (uint32_t i = 0; of.join_print; i++) {
		secret = keys_find(&h->keys, ming_bytes(id), i);
		if (!secret.n)
			break;
		keys_prove(room, secret, &of);
		if (ct_equal(s->auth, (struct bytes){ room, sizeof room }))
			return secret;
	}
	return BYTES("");
}

/* NULL, or why it is refused; *secret is what it proves. */
static const char *look(const struct host *h, const struct ming_text *id,
			const struct sdp *s, struct bytes *secret)
{
	*secret = BYTES("");
	if (h->drains)
		return "refused: the host stops";
	if (!is_allowed(h->conf, ming_bytes(id)))
		return "refused: not allowed here";
	if (h->keys.n)
		*secret = proven(h, id, s);
	return h->keys.n && !secret->n ? "refused: the secret is not proven"
				       : NULL;
}

static void refuse(struct host *h, const struct ming_text *id, const char *why)
{
	line_refuse(&h->line, ming_bytes(id), why);
	log_seldom(h->net->log, log_at(&h->rate, h->net->loop->now), "host",
		   "%.*s: %s", (int)id->n, (const char *)id->p, why);
}

/* ---- signalling ---- */

static void answer(struct call *c, struct bytes secret, const struct sdp *s)
{
	struct host *h = c->host;
	const struct keys_of of = { h->line.own, keys_print(s), h->print };
	uint8_t room[4096];
	struct fmt f = fmt_to(SPAN(room));

	c->peer.auth = BYTES("");
	if (secret.n)
		c->peer.auth = keys_prove(c->proof, secret, &of);
	peer_describe(&c->peer, &f);
	line_say(&h->line, "answer", ming_bytes(&c->id), fmt_done(&f));
}

/* Who describes somebody else under that name calls anew. NULL: it has ended. */
static struct call *take(struct host *h, struct call *c, struct bytes text)
{
	struct ming_text id = c->id;
	int rc = peer_hear(&c->peer, text);

	if (rc > 0) {
		end_call(c);
		c = begin(h, &id);
		rc = c ? peer_hear(&c->peer, text) : 0;
	}
	if (rc == 0)
		return c;
	end_call(c);
	return NULL;
}

static void hear_offer(struct host *h, const struct ming_text *id,
		       struct bytes text)
{
	struct call *c = find(h, ming_bytes(id));
	struct bytes secret;
	const char *why;
	struct sdp s;

	if (sdp_parse(&s, text) < 0)
		return;
	why = look(h, id, &s, &secret);
	if (!why && !c)
		c = begin(h, id);
	if (!why && !c)
		why = "refused: too many call at once";
	if (why) {
		refuse(h, id, why);
		return;
	}
	c = take(h, c, text);
	if (c)
		answer(c, secret, &s);
}

/* It may come before the offer, of those who need not prove anything. */
static void hear_candidate(struct host *h, const struct ming_text *id,
			   struct bytes text)
{
	struct call *c = find(h, ming_bytes(id));

	if (!c && !h->keys.n && !h->drains &&
	    is_allowed(h->conf, ming_bytes(id)))
		c = begin(h, id);
	if (c)
		peer_candidate(&c->peer, text);
}

static void hear(struct line *l, const struct ming *m)
{
	struct host *h = container_of(l, struct host, line);
	struct fmt f = fmt_to(SPAN(h->text));

	if (!line_payload(&f, m))
		return;
	if (m->kind == MING_ERROR)
		log_info(h->net->log, "host", "signalling: %s", fmt_text(&f));
	if (m->kind == MING_OFFER)
		hear_offer(h, &m->from, fmt_done(&f));
	if (m->kind == MING_CANDIDATE)
		hear_candidate(h, &m->from, fmt_done(&f));
}

static void up(struct line *l)
{
	struct host *h = container_of(l, struct host, line);
	char pin[64];
	struct fmt f = fmt_to(SPAN(pin));

	line_register(l);
	slots_each (struct call, c, &h->calls) {
		peer_look(&c.it->peer, &l->here);
		peer_retell(&c.it->peer);
	}
	keys_print_pin(&f, h->print);
	log_say(h->net->log, "host: ready as %s at %s, pin %s", h->conf->id,
		h->conf->signal, fmt_text(&f));
}

static void down(struct line *l, const char *why)
{
	struct host *h = container_of(l, struct host, line);

	log_info(h->net->log, "host", "%s: %s", h->conf->signal, why);
}

static const struct line_ops line_ops = { up, hear, down };

/* ---- life ---- */

static void know_self(struct host *h, const char *dir)
{
	if (dir)
		keys_keep_self(&h->peers->self, dir, h->net->log);
	keys_digest(h->print, &h->peers->self);
}

static int set_up(struct host *h, const char *dir, struct diag *d)
{
	const struct part parts[] = {
		PART_SLOTS(&h->calls, struct call, h->conf->max_peers),
	};
	int rc = parts_reserve(&h->memory, parts, COUNT(parts));

	h->tables = (struct tables){ .role = "host",
				     .udp_idle = h->conf->udp_idle };
	if (rc == 0)
		rc = tables_start(&h->tables, h->net, h->conf->max_links);
	if (rc == 0)
		rc = rtc_start(&h->peers, h->net);
	if (rc == 0)
		rc = paths_start(&h->paths, h->net, &h->conf->paths,
				 h->conf->max_peers, d);
	if (rc == 0)
		rc = keys_load(&h->keys, h->conf, d);
	if (rc < 0)
		return rc;
	know_self(h, dir);
	h->line.own = bytes_of(h->conf->id);
	return line_start(&h->line, h->net, h->conf, &line_ops, d);
}

int host_start(struct host **out, struct net *net, const struct p2p_conf *conf,
	       const char *dir, struct diag *d)
{
	struct host *h = (struct host *)(void *)mem_reserve(sizeof *h).p;
	int rc;

	*out = NULL;
	if (!h)
		return -NAT_EMEMORY;
	h->net = net;
	h->conf = h->first = conf;
	rc = set_up(h, dir, d);
	if (rc < 0)
		host_stop(h);
	else
		*out = h;
	return rc;
}

void host_check(struct host *h, const struct p2p_conf *conf, struct diag *d)
{
	(void)!keys_load(&h->fresh, conf, d);
}

/* Who is there stays. */
void host_reload(struct host *h, const struct p2p_conf *conf)
{
	h->conf = conf;
	h->tables.udp_idle = conf->udp_idle;
	h->keys = h->fresh;
	keys_wipe(&h->fresh);
	log_info(h->net->log, "host",
		 "whom it serves: secrets=%u allowed=%u; peers=%u stay",
		 (unsigned)h->keys.n, (unsigned)conf->allow.n,
		 (unsigned)h->calls.used);
}

/* Not sure: addresses of this machine may have changed. */
void host_retry(struct host *h, bool sure)
{
	if (sure)
		line_retry(&h->line);
	else
		line_look(&h->line);
	slots_each (struct call, c, &h->calls)
		peer_look(&c.it->peer, &h->line.here);
}

void host_drain(struct host *h)
{
	h->drains = true;
}

/* Who does not answer is not waited for: no path comes after one that is lost now,
 * since nobody is let in any more.
 */
bool host_busy(const struct host *h)
{
	slots_each (struct call, c, &h->calls)
		if (!list_alone(&c.it->ties.joints) &&
		    peer_answers(&c.it->peer))
			return true;
	return false;
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
	tables_stop(&h->tables);
	keys_wipe(&h->keys);
	mem_release(h->memory);
	mem_release((struct span){ (uint8_t *)h, sizeof *h });
}
