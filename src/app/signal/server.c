#include "app/signal/core.h"
#include "base/addr.h"
#include "crypt/ct.h"
#include "os/file.h"
#include "os/mem.h"
#include "os/parts.h"
#include "os/rand.h"
#include "wire/stun.h"

enum { KNOCKING = 64, BANS = 1024, LIMITS = 1024, FIRST = 16 };

/* ---- settings ---- */

void signal_fit(struct signal_conf *conf, const struct secure_conf *tls)
{
	conf->tls = tls;
	conf->max_address = 64;
	conf->rate = 100;
}

/* ADDRs for both, then those for TLS alone. */
static uint32_t listens(const struct signal_conf *conf)
{
	return conf->listen.n ? conf->listen.n + secure_listens(conf->tls) : 0;
}

static const char *listen_at(const struct signal_conf *conf, uint32_t i)
{
	uint32_t n = conf->listen.n;

	return i < n ? conf->listen.v[i] : conf->tls->listen.v[i - n];
}

size_t signal_descriptors(const struct signal_conf *conf)
{
	enum { REDIS = 2 };
	uint32_t n = listens(conf);

	return n ? conf->max_clients + KNOCKING + 2 * n + REDIS : 0;
}

/* ---- tokens ---- */

/* The text that is not in force. */
static struct span spare_text(const struct signal *s)
{
	return s->gate.texts[s->gate.keys.p == s->gate.texts[0].p];
}

/* The one that may do all, or those of the file behind nothing. */
static struct fmt begin_keys(struct signal *s, const struct signal_conf *conf)
{
	struct fmt f = fmt_to(spare_text(s));

	if (conf->token)
		fmt_put(&f, "%s\n", conf->token);
	return f;
}

static int load_keys(struct signal *s, const struct signal_conf *conf,
		     struct diag *d)
{
	struct fmt f = begin_keys(s, conf);
	struct span rest = { f.to.p + f.n, f.to.n - f.n };
	const char *path = conf->token_file, *where = d->where;
	unsigned before = d->count, line = d->line;
	long n = 0;

	s->gate.fresh = fmt_done(&f);
	if (!path)
		return 0;
	n = file_read_secret(path, rest);
	if (n < 0) {
		diag_put(d, "token file %s: %s", path,
			 n == -NAT_EINVAL ? "others can read it: chmod 600 it"
					  : err_text((int)n));
		return (int)n;
	}
	s->gate.fresh.n += (size_t)n;
	d->where = path;
	if (admit_check((struct bytes){ rest.p, (size_t)n }, conf->weak_token,
			d) == 0)
		diag_put(d, "no token in it");
	d->where = where;
	d->line = line;
	return d->count == before ? 0 : -NAT_ECONF;
}

static void use_keys(struct signal *s)
{
	struct bytes was = s->gate.keys;

	s->gate.keys = s->gate.fresh;
	if (was.p)
		ct_wipe((void *)(uintptr_t)was.p, was.n);
}

static bool find(struct bytes keys, struct bytes token, struct admit *a)
{
	size_t at = 0;
	bool found = false;
	struct admit one;

	while (admit_next(&one, keys, &at))
		if (!found && ct_equal(one.token, token)) {
			*a = one;
			found = true;
		}
	return found;
}

bool signal_admits(const struct signal *s, struct bytes token, struct admit *a)
{
	return find(s->gate.keys, token, a);
}

bool signal_is_open(const struct signal *s)
{
	return s->gate.keys.n == 0;
}

/* Who came by a token that is no more, or when none was asked for, comes again. */
static void judge_again(struct signal *s)
{
	slots_each (struct signal_conn, c, &s->who.conns) {
		struct admit now = { .host = { NULL, 0 } };

		if (c.it->state == SIGNAL_HEAD || c.it->state == SIGNAL_LEAVES)
			continue;
		if (s->gate.fresh.n &&
		    !find(s->gate.fresh, c.it->admit.token, &now))
			signal_drop(c.it, "its token is no longer valid");
		else
			c.it->admit = now;
	}
}

void signal_check(struct signal *s, const struct signal_conf *conf,
		  struct diag *d)
{
	if (!s)
		return;
	(void)!load_keys(s, conf, d); /* it is said */
	secure_check(s->secure, conf->tls, d);
}

void signal_reload(struct signal *s, const struct signal_conf *conf)
{
	if (!s)
		return;
	judge_again(s);
	use_keys(s);
	s->conf = conf;
	secure_reload(s->secure, conf->tls);
}

/* ---- STUN ---- */

static void answer(struct signal_port *p, const struct datagram *d)
{
	struct signal *s = p->of;
	struct signal_answer *a = &s->stun;
	struct stun m, reply = { .type = STUN_BINDING_OK };
	const struct udp_to to = { d->peer, d->here };
	struct fmt f;

	if (stun_parse(&m, d->data) < 0 || m.type != STUN_BINDING)
		return;
	memcpy(reply.id, m.id, sizeof m.id);
	reply.fingerprint = m.fingerprint;
	reply.mapped = *d->peer;
	if (m.nunknown) {
		reply.type = STUN_BINDING_ERROR;
		reply.error = STUN_UNKNOWN_ATTRIBUTE;
		reply.nunknown = m.nunknown;
		memcpy(reply.unknown, m.unknown, sizeof m.unknown);
	}
	if (sizeof a->room - a->at < STUN_MOST) {
		udp_flush(s->net);
		a->at = 0;
	}
	f = fmt_to((struct span){ a->room + a->at, STUN_MOST });
	stun_print(&f, &reply);
	a->at += f.n;
	s->counts[SIGNAL_STUN]++;
	udp_send(&p->udp, &to, BYTES(""), fmt_done(&f));
}

static void ask(struct udp *u)
{
	struct signal_port *p = container_of(u, struct signal_port, udp);
	struct datagram d;

	while (udp_next(u, &d))
		answer(p, &d);
	udp_flush(p->of->net);
	p->of->stun.at = 0;
}

/* ---- life ---- */

static int reserve(struct signal *s)
{
	static const struct ban_rule rule = { 10, 60000 };
	struct signal_gate *g = &s->gate;
	uint32_t n = s->conf->max_clients + KNOCKING;
	const struct part parts[] = {
		PART_SLOTS(&s->who.conns, struct signal_conn, n),
		PART_MAP(&s->who.hosts, n),
		PART_MAP(&s->who.clients, n),
		PART_SLOTS(&g->tally.rows, struct tally_row, n),
		PART_MAP(&g->tally.by_key, n),
		PART_MEM(&g->limits, struct limit_row, LIMITS),
		PART_MEM(&g->banned, struct ban_row, BANS),
		PART_MEM(&g->texts[0], uint8_t, SIGNAL_KEYS),
		PART_MEM(&g->texts[1], uint8_t, SIGNAL_KEYS),
	};
	int rc = parts_reserve(&s->memory, parts, COUNT(parts));

	if (rc < 0)
		return rc;
	rand_fill(SPAN(s->seeds));
	rand_fill(SPAN(g->tally.seed.k));
	limit_init(&g->limit, g->limits, &s->seeds[0]);
	bans_init(&g->bans, g->banned, &rule, &s->seeds[0]);
	return 0;
}

static int open_port(struct signal *s, uint32_t i, struct hostport *hp)
{
	struct signal_port *p = &s->ports[i];
	int rc;

	p->of = s;
	p->tls = i >= s->conf->listen.n || (s->secure && s->conf->tls->only);
	rc = listener_start(&p->listener, s->net, hp->host, hp->port,
			    signal_come);
	return rc < 0 ? rc
		      : udp_bind(&p->udp, s->net, hp->host, p->listener.at.port,
				 ask);
}

static int open_ports(struct signal *s, struct diag *d)
{
	uint32_t n = listens(s->conf);

	for (uint32_t i = 0; i < n; i++) {
		const char *at = listen_at(s->conf, i);
		struct hostport hp;
		int rc = hostport_parse(&hp, bytes_of(at));

		if (rc == 0)
			rc = open_port(s, i, &hp);
		s->nports++;
		if (rc < 0) {
			diag_put(d, "signal %s: %s", at, err_text(rc));
			return rc;
		}
	}
	return 0;
}

static int set_up(struct signal *s, struct diag *d)
{
	const struct secure_wish wish = { .side = SECURE_SERVER,
					  .most = s->conf->max_clients +
						  KNOCKING,
					  .browsers = true,
					  .conf = s->conf->tls };
	int rc = reserve(s);

	if (rc < 0) {
		diag_put(d, "signal: %s", err_text(rc));
		return rc;
	}
	rc = load_keys(s, s->conf, d);
	if (rc < 0)
		return rc;
	use_keys(s);
	if (wish.conf)
		rc = secure_start(&s->secure, s->net, &wish, d);
	if (rc == 0)
		rc = open_ports(s, d);
	return rc < 0 ? rc : presence_start(s, d);
}

int signal_start(struct signal **out, struct net *net,
		 const struct signal_conf *conf, struct diag *d)
{
	struct signal *s;
	int rc;

	*out = NULL;
	if (!listens(conf))
		return 0;
	s = (struct signal *)(void *)mem_reserve(sizeof *s).p;
	if (!s) {
		diag_put(d, "signal: %s", err_text(-NAT_EMEMORY));
		return -NAT_EMEMORY;
	}
	s->net = net;
	s->conf = conf;
	list_init(&s->who.knocking);
	rc = set_up(s, d);
	if (rc < 0) {
		signal_stop(s);
		return rc;
	}
	*out = s;
	return 0;
}

void signal_ready(const struct signal *s)
{
	for (uint32_t i = 0; s && i < s->nports; i++) {
		char at[64];
		struct fmt f = fmt_to(SPAN(at));

		addr_print(&f, &s->ports[i].listener.at);
		secure_port(&f, s->ports[i].tls);
		log_say(s->net->log, "signal: ready on %s", fmt_text(&f));
	}
}

void signal_drain(struct signal *s)
{
	for (uint32_t i = 0; s && i < s->nports; i++) {
		if (listener_runs(&s->ports[i].listener))
			listener_stop(&s->ports[i].listener);
		if (udp_runs(&s->ports[i].udp))
			udp_stop(&s->ports[i].udp);
	}
}

void signal_stop(struct signal *s)
{
	if (!s)
		return;
	signal_drain(s);
	presence_stop(s);
	if (s->memory.p) {
		slots_each (struct signal_conn, c, &s->who.conns)
			signal_drop(c.it, "the server stops");
		for (size_t i = 0; i < COUNT(s->gate.texts); i++)
			ct_wipe(s->gate.texts[i].p, s->gate.texts[i].n);
		mem_release(s->memory);
	}
	secure_stop(s->secure);
	mem_release((struct span){ (uint8_t *)s, sizeof *s });
}
