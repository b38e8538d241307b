#include "app/p2p/keys.h"
#include "app/p2p/line.h"
#include "net/ties.h"
#include "net/peer.h"
#include "crypt/ct.h"
#include "net/listener.h"
#include "os/mem.h"
#include "os/rand.h"
#include "os/sock.h"

enum {
	AGAIN = 1000, /* ms until it is called again, at least */
	LATE = 4000   /* ms for an answer */
};

struct port {
	struct listener listener; /* of tcp */
	struct udp udp;
	struct join *join;
	const struct p2p_service *service;
	bool ready; /* that has been said */
};

struct join {
	struct net *net;
	const struct p2p_conf *conf;
	struct rtc *peers;
	struct paths *paths;
	struct line line;
	struct peer peer;
	bool calls;     /* peer runs, */
	bool met;       /* and has been reached */
	bool registers; /* the server is an original, which knows hosts alone */
	struct timer again, late;
	struct backoff backoff;
	struct tables tables;
	struct ties ties;
	struct port ports[P2P_SERVICES];
	struct keys keys, fresh; /* in force; as it was checked */
	struct tie_stdio ends;
	int outcome;
	uint8_t proof[KEYS_PROOF], print[SHA256_SIZE];
	char own[33];
	uint8_t text[SDP_TEXT];
};

/* ---- the end, of one of standard input and output ---- */

static void quit(struct join *j, int outcome)
{
	j->outcome = outcome;
	j->net->loop->quit = true;
}

/* What went wrong is said, and ends it if somebody waits. */
static void give_up(struct join *j, int outcome, const char *why)
{
	if (!j->conf->stdio) {
		log_info(j->net->log, "join", "%s: %s", j->conf->id, why);
		return;
	}
	if (j->net->loop->quit)
		return; /* the first word is what it ends by */
	log_err(j->net->log, "join", "%s: %s", j->conf->id, why);
	quit(j, outcome);
}

static void left(struct tie_stdio *s, int err)
{
	struct join *j = container_of(s, struct join, ends);

	if (j->net->loop->quit)
		return;
	if (err == -NAT_EREFUSED)
		give_up(j, JOIN_REFUSED, "the service is refused");
	else if (err)
		give_up(j, err, err_text(err));
	else
		quit(j, 0);
}

int join_outcome(const struct join *j)
{
	return j->outcome;
}

/* ---- the peer ---- */

static void hang_up(struct join *j)
{
	for (uint32_t i = 0; i < j->conf->nservices; i++)
		if (listener_runs(&j->ports[i].listener))
			listener_pause(&j->ports[i].listener, true);
	ties_end(&j->ties);
	if (j->calls)
		peer_stop(&j->peer);
	j->calls = j->met = false;
}

static void say_candidate(struct peer *p, const struct candidate *k)
{
	struct join *j = container_of(p, struct join, peer);
	uint8_t room[CANDIDATE_TEXT];
	struct fmt f = fmt_to(SPAN(room));

	if (k)
		candidate_print(&f, k); /* or nothing: RFC 8838 8.2 */
	line_say(&j->line, "candidate", bytes_of(j->conf->id), fmt_done(&f));
}

static bool is_open(const struct join *j)
{
	return j->calls && j->peer.state == PEER_OPEN;
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
		if (is_open(j))
			joint_call(&j->ties, fd, &from, p->service->name);
		else
			sock_close(fd, true);
	}
}

/* What comes while there is no peer is lost. */
static void come_udp(struct udp *u)
{
	struct port *p = container_of(u, struct port, udp);
	struct datagram d;

	if (is_open(p->join))
		flow_hear(&p->join->ties, u, p->service);
	else
		while (udp_next(u, &d))
			;
}

static int bind_port(struct join *j, struct port *p,
		     const struct p2p_service *s)
{
	p->join = j;
	p->service = s;
	if (s->udp)
		return udp_bind(&p->udp, j->net, s->at.host, s->at.port,
				come_udp);
	return listener_start(&p->listener, j->net, s->at.host, s->at.port,
			      come_in);
}

/* Said when there is a peer to reach: the first time. */
static void let_in(struct join *j, struct port *p)
{
	char at[64];
	struct fmt f = fmt_to(SPAN(at));

	if (!p->service->udp)
		listener_pause(&p->listener, false);
	if (p->ready)
		return;
	p->ready = true;
	addr_print(&f, p->service->udp ? &p->udp.at : &p->listener.at);
	log_say(j->net->log, "join: ready on %s%s for %.*s",
		p->service->udp ? "udp " : "", fmt_text(&f),
		(int)p->service->name.n, (const char *)p->service->name.p);
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
	struct bytes service = bytes_of(j->conf->stdio ? j->conf->stdio : "");

	j->met = true;
	j->backoff = (struct backoff){ 0 };
	tell_way(p);
	for (uint32_t i = 0; i < j->conf->nservices; i++)
		let_in(j, &j->ports[i]);
	if (j->conf->stdio && !joint_stdio(&j->ties, &j->ends, service))
		give_up(j, -NAT_ELIMIT, err_text(-NAT_ELIMIT));
}

/* A host opens none. */
static void come(struct peer *p, uint16_t sid, const struct dcep_open *o)
{
	(void)p, (void)sid, (void)o;
}

static void call_again(struct join *j)
{
	int64_t now = j->net->loop->now;
	uint32_t chance;

	rand_fill((struct span){ (uint8_t *)&chance, sizeof chance });
	timer_stop(&j->late, j->net->loop);
	timer_start(&j->again, j->net->loop,
		    now + AGAIN + backoff_next(&j->backoff, now, 0, chance));
}

static void over(struct peer *p, const char *why)
{
	struct join *j = container_of(p, struct join, peer);
	char text[400];
	struct fmt f = fmt_to(SPAN(text));

	fmt_put(&f, "over: %s", why);
	ways_explain(&p->ways, &f);
	give_up(j, j->met ? -NAT_EAGAIN : JOIN_NO_PATH, fmt_text(&f));
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
	const struct keys_of of = { .host = bytes_of(j->conf->id),
				    .join_print = j->print };
	struct bytes secret = keys_find(&j->keys, j->line.own, 0);

	memset(&j->peer, 0, sizeof j->peer);
	j->calls = true;
	if (peer_start(&j->peer, j->peers, &ask) < 0) {
		call_again(j);
		return;
	}
	if (secret.n)
		j->peer.auth = keys_prove(j->proof, secret, &of);
	offer(j);
	timer_start(&j->late, j->net->loop, j->net->loop->now + LATE);
}

static void tick(struct timer *t)
{
	struct join *j = container_of(t, struct join, again);

	hang_up(j);
	if (j->line.state == LINE_UP)
		call(j);
}

/* It may be that the server forgets who calls: then the other way, in turn. */
static void late(struct timer *t)
{
	struct join *j = container_of(t, struct join, late);

	if (!j->calls || j->peer.state != PEER_NEW)
		return;
	if (j->registers)
		give_up(j, JOIN_NO_PATH, "no answer");
	else
		log_info(j->net->log, "join", "%s: no answer", j->conf->id);
	j->registers = !j->registers;
	line_retry(&j->line);
}

/* ---- signalling ---- */

static void up(struct line *l)
{
	struct join *j = container_of(l, struct join, line);

	if (j->registers)
		line_register(l);
	if (j->calls && j->peer.state != PEER_NEW) {
		peer_look(&j->peer, &l->here);
		peer_retell(&j->peer);
		return;
	}
	timer_stop(&j->again, j->net->loop);
	hang_up(j);
	call(j);
}

/* NULL, or what is wrong with who has answered. */
static const char *distrust(const struct join *j, struct bytes text)
{
	const struct p2p_conf *conf = j->conf;
	struct bytes secret = keys_find(&j->keys, j->line.own, 0);
	struct keys_of of = { bytes_of(conf->id), j->print, NULL };
	uint8_t room[KEYS_PROOF], pin[KEYS_PIN];
	struct sdp s;

	if (sdp_parse(&s, text) < 0)
		return "the answer is none";
	of.host_print = keys_print(&s);
	if (!of.host_print)
		return conf->pin || secret.n ? "it is of more than one key"
					     : NULL;
	if (conf->pin && (keys_pin(pin, conf->pin) ||
			  memcmp(pin, of.host_print, sizeof pin) != 0))
		return "refused: its key is not the pinned one";
	if (secret.n && !ct_equal(s.auth, keys_prove(room, secret, &of)))
		return "refused: the secret is not proven";
	return NULL;
}

static void hear_answer(struct join *j, struct bytes text)
{
	const char *why = distrust(j, text);
	int rc = why ? -NAT_EPROTO : peer_hear(&j->peer, text);

	if (rc < 0 && !why)
		why = "the answer is none";
	if (j->peer.state != PEER_NEW && rc < 0) {
		log_info(j->net->log, "join", "%s: %s", j->conf->id, why);
		return; /* of a restart: the one before holds */
	}
	timer_stop(&j->late, j->net->loop);
	if (why)
		give_up(j, JOIN_REFUSED, why);
	if (rc)
		call_again(j); /* or the host has begun anew */
}

static bool ends_by(struct bytes text, const char *end)
{
	size_t n = strlen(end);

	return text.n >= n && memcmp(text.p + text.n - n, end, n) == 0;
}

/* The server's, or the host's. */
static void hear_error(struct join *j, struct bytes why)
{
	char text[160];
	struct fmt f = fmt_to(SPAN(text));
	int outcome = ends_by(why, "' not found") ? JOIN_NO_HOST
		      : ends_by(why, " now")      ? -NAT_EAGAIN
						  : JOIN_REFUSED;

	if (!j->calls || j->peer.state != PEER_NEW)
		return;
	fmt_bytes(&f, why);
	j->registers = false;
	give_up(j, outcome, fmt_text(&f));
	hang_up(j);
	call_again(j);
}

static void hear(struct line *l, const struct ming *m)
{
	struct join *j = container_of(l, struct join, line);
	struct fmt f = fmt_to(SPAN(j->text));

	if (!j->calls || !line_payload(&f, m))
		return;
	if (m->kind == MING_ERROR)
		hear_error(j, fmt_done(&f));
	if (m->kind == MING_ANSWER)
		hear_answer(j, fmt_done(&f));
	if (m->kind == MING_CANDIDATE)
		peer_candidate(&j->peer, fmt_done(&f));
}

/* Who has met the host stays with it. */
static void down(struct line *l, const char *why)
{
	struct join *j = container_of(l, struct join, line);
	bool refused = l->status == 401 || l->status == 403;
	char text[256];
	struct fmt f = fmt_to(SPAN(text));

	fmt_put(&f, "%s: %s", j->conf->signal, why);
	if (j->conf->stdio && (!j->calls || j->peer.state == PEER_NEW) &&
	    !j->registers)
		give_up(j, refused ? JOIN_REFUSED : -NAT_EAGAIN, fmt_text(&f));
	else
		log_info(j->net->log, "join", "%s", fmt_text(&f));
}

static const struct line_ops line_ops = { up, hear, down };

/* ---- life ---- */

static void name_us(struct join *j)
{
	uint8_t chance[16];
	struct fmt f = fmt_to(SPAN(j->own));

	keys_digest(j->print, &j->peers->self);
	j->line.own = bytes_of(j->conf->name ? j->conf->name : "");
	if (j->line.own.n)
		return;

	rand_fill(SPAN(chance));
	fmt_hex(&f, (struct bytes){ chance, sizeof chance });
	j->line.own = (struct bytes){ (uint8_t *)j->own, 32 };
}

static int bind_ports(struct join *j, struct diag *d)
{
	for (uint32_t i = 0; i < j->conf->nservices; i++) {
		const struct p2p_service *s = &j->conf->services[i];
		int rc = bind_port(j, &j->ports[i], s);

		if (rc < 0) {
			diag_put(d, "cannot listen on %.*s:%u: %s",
				 (int)s->at.host.n, (const char *)s->at.host.p,
				 (unsigned)s->at.port, err_text(rc));
			return rc;
		}
		if (!s->udp)
			listener_pause(&j->ports[i].listener, true);
	}
	return 0;
}

static int set_up(struct join *j, const struct p2p_conf *conf, struct diag *d)
{
	int rc;

	j->conf = conf;
	j->tables =
		(struct tables){ .role = "join", .udp_idle = conf->udp_idle };
	j->ends.left = left;
	j->outcome = conf->stdio ? -NAT_ECLOSED : 0;
	timer_init(&j->again, tick);
	timer_init(&j->late, late);
	ties_init(&j->ties, &j->tables, &j->peer.assoc, bytes_of(conf->id));
	rc = tables_start(&j->tables, j->net, conf->max_links);
	if (rc == 0)
		rc = rtc_start(&j->peers, j->net);
	if (rc == 0)
		rc = paths_start(&j->paths, j->net, &conf->paths, 1, d);
	if (rc == 0)
		rc = bind_ports(j, d);
	if (rc == 0)
		rc = keys_load(&j->keys, conf, d);
	if (rc < 0)
		return rc;
	name_us(j);
	return line_start(&j->line, j->net, conf, &line_ops, d);
}

int join_start(struct join **out, struct net *net, const struct p2p_conf *conf,
	       struct diag *d)
{
	struct join *j = (struct join *)(void *)mem_reserve(sizeof *j).p;
	int rc = -NAT_EMEMORY;

	*out = NULL;
	if (!j)
		return rc;
	j->net = net;
	rc = set_up(j, conf, d);
	if (rc < 0)
		join_stop(j);
	else
		*out = j;
	return rc;
}

void join_check(struct join *j, const struct p2p_conf *conf, struct diag *d)
{
	(void)!keys_load(&j->fresh, conf, d);
}

/* Not sure: addresses of this machine may have changed. */
void join_retry(struct join *j, bool sure)
{
	if (sure)
		line_retry(&j->line);
	else
		line_look(&j->line);
	if (j->calls)
		peer_look(&j->peer, &j->line.here);
}

void join_reload(struct join *j, const struct p2p_conf *conf)
{
	j->keys = j->fresh;
	keys_wipe(&j->fresh);
	j->tables.udp_idle = conf->udp_idle;
}

void join_stop(struct join *j)
{
	if (!j)
		return;
	hang_up(j);
	for (uint32_t i = 0; i < j->conf->nservices; i++) {
		if (listener_runs(&j->ports[i].listener))
			listener_stop(&j->ports[i].listener);
		if (udp_runs(&j->ports[i].udp))
			udp_stop(&j->ports[i].udp);
	}
	timer_stop(&j->again, j->net->loop);
	timer_stop(&j->late, j->net->loop);
	keys_wipe(&j->keys);
	line_stop(&j->line);
	rtc_stop(j->peers);
	paths_stop(j->paths);
	tables_stop(&j->tables);
	mem_release((struct span){ (uint8_t *)j, sizeof *j });
}
