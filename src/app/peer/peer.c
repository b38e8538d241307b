#include "app/peer/peer.h"
#include "app/peer/allow.h"
#include "base/cur.h"
#include "crypt/ct.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/ifaces.h"
#include "os/mem.h"
#include "os/rand.h"

enum { KEY_FILE = 16 * 1024, GROUP_KEY = 1024, LOOK_UP = 30 * 1000 };

/* ---- settings ---- */

/* [ID@]HOST:PORT; id NULL where there is none. */
static int split(const char *text, struct bytes *id, const char **where,
		 struct hostport *at)
{
	const char *sign = strchr(text, '@');
	uint8_t room[CHAIN_ID];

	*id = (struct bytes){ NULL, 0 };
	*where = sign ? sign + 1 : text;
	if (sign)
		*id = (struct bytes){ (const uint8_t *)text,
				      (size_t)(sign - text) };
	if (sign && chain_parse_id(room, *id) < 0)
		return -NAT_EINVAL;
	if (hostport_parse(at, bytes_of(*where)) < 0 || !at->host.n)
		return -NAT_EINVAL;
	at->port = at->port ? at->port : CHAIN_PORT;
	return 0;
}

static bool is_allow(const char *text)
{
	struct bytes rest = bytes_of(text);
	struct allowed a;

	while (allow_next(&rest, &a))
		;
	return rest.n == 0;
}

/* Whoever knows a group's name at a tracker could be anybody. */
static void fit_trackers(const struct peer_conf *conf, struct diag *d)
{
	const char *why =
		conf->group ? trackers_group_fault(conf->group) : NULL;

	if (!conf->group != !conf->tracker.n)
		why = "and tracker go together";
	if (why)
		diag_option(d, "group", why);
	else if (conf->group && !conf->public && !conf->group_key &&
		 !conf->trust && !conf->introducer.n)
		diag_option(d, "tracker",
			    "may name anybody: whom to believe says group_key, "
			    "trust or introducer");
}

void peer_fit(const struct peer_conf *conf, struct diag *d)
{
	fit_trackers(conf, d);
	struct bytes id;
	const char *where;
	struct hostport at;
	struct addr a;

	if (!conf->key)
		diag_option(d, "key", "is missing: nat keygen --key rsa");
	for (uint32_t i = 0; i < conf->introducer.n; i++)
		if (split(conf->introducer.v[i], &id, &where, &at) < 0)
			diag_option(d, "introducer",
				    "is not ID@HOST:PORT, nor HOST:PORT");
	for (uint32_t i = 0; i < conf->allow.n; i++)
		if (!is_allow(conf->allow.v[i]))
			diag_option(
				d, "allow",
				"is no id: 64 hex digits, or such an id and "
				"a service, ID:SERVICE,...");
	for (uint32_t i = 0; i < conf->lan.n; i++)
		if (addr_parse(&a, bytes_of(conf->lan.v[i])) < 0 ||
		    i == CHAIN_LAN)
			diag_option(d, "lan",
				    "is no address and port in numbers, or a "
				    "third");
}

static int load_key(struct peering *p, struct diag *d)
{
	uint8_t text[KEY_FILE];
	struct key k;
	long n = file_read_secret(p->conf->key, SPAN(text));
	int rc = n < 0 ? (int)n
		       : key_load(&k, (struct bytes){ text, (size_t)n },
				  rand_fill);
	const char *why = rc < 0 ? err_text(rc) : NULL;

	if (n == -NAT_EINVAL)
		why = "others can read it: chmod 600 it";
	if (rc == 0) {
		rc = chain_self_init(&p->self, &k);
		why = rc < 0 ? "no RSA key of 2048 bits" : NULL;
	}
	if (why)
		diag_put(d, "key %s: %s", p->conf->key, why);
	ct_wipe(text, sizeof text);
	ct_wipe(&k, sizeof k);
	return rc;
}

static int load_group(struct peering *p, struct diag *d)
{
	uint8_t text[GROUP_KEY];
	long n;

	if (!p->conf->group_key)
		return 0;
	n = file_read_secret(p->conf->group_key, SPAN(text));
	while (n > 0 && text[n - 1] <= ' ')
		n--;
	if (n >= 0 && n < 16)
		n = -NAT_EINVAL;
	if (n < 0) {
		diag_put(d, "group key %s: %s (16 bytes or more, mode 600)",
			 p->conf->group_key, err_text((int)n));
		return (int)n;
	}
	hmac_init(&p->node.rules.group, &hash_sha256,
		  (struct bytes){ text, (size_t)n });
	p->node.rules.grouped = true;
	ct_wipe(text, sizeof text);
	return 0;
}

/* ---- datagrams ---- */

/* Goes on evenly, however the clock is set meanwhile: others know how far off it
 * is.
 */
static int64_t unix_ms(const struct peering *p)
{
	return p->epoch + p->net->loop->now;
}

static void flush(struct peering *p)
{
	udp_flush(p->net);
	p->out = 0;
}

static void send(struct node *n, const struct addr *to, struct bytes what,
		 unsigned hops)
{
	struct peering *p = container_of(n, struct peering, node);
	struct udp_to where = { &p->to[p->out], NULL };
	uint8_t *room = p->room[p->out];

	p->to[p->out] = p->udp.at.family == ADDR_IP6 ? addr_mapped(to) : *to;
	if (hops)
		udp_hops(&p->udp, hops);
	memcpy(room, what.p, what.n);
	udp_send(&p->udp, &where, BYTES(""), (struct bytes){ room, what.n });
	if (hops)
		udp_hops(&p->udp, 0);
	if (++p->out == PEERING_OUT)
		flush(p);
}

void peering_wait(struct peering *p)
{
	int64_t due = node_due(&p->node), now = p->net->loop->now;
	int64_t asks = trackers_due(&p->trackers);

	due = asks < due ? asks : due;
	if (p->moved != p->node.counts.moved)
		natclass_ask(&p->natclass);
	p->moved = p->node.counts.moved;
	timer_start(&p->due, p->net->loop, due > now ? due : now + 1);
}

static void hear(struct peering *p, const struct addr *from, struct bytes b)
{
	node_turn(&p->node, p->net->loop->now, unix_ms(p));
	if (trackers_hear(&p->trackers, from, b)) {
		node_tick(&p->node, p->net->loop->now, unix_ms(p));
	} else if (b.n && assoc_wants(b.p[0])) {
		links_hear(&p->links, from,
			   (struct span){ (uint8_t *)(uintptr_t)b.p, b.n });
	} else {
		node_hear(&p->node, from, b, p->net->loop->now, unix_ms(p));
	}
	if (p->out)
		flush(p);
}

static void come(struct udp *u)
{
	struct peering *p = container_of(u, struct peering, udp);
	struct datagram d;

	while (udp_next(u, &d)) {
		struct addr from = addr_plain(d.peer);

		p->out = 0; /* udp_next has flushed, or nothing was there */
		hear(p, &from, d.data);
	}
	peering_wait(p);
}

/* ---- names ---- */

static void found(struct resolve *r, const struct found *f)
{
	struct introducer *in = container_of(r, struct introducer, resolve);
	const struct addr *best = NULL;

	for (uint8_t i = 0; i < f->n && !best; i++)
		if (f->addrs[i].family == ADDR_IP4)
			best = &f->addrs[i];
	if (!best && f->n && f->last)
		best = f->addrs;
	if (f->last && f->err < 0 && !in->dial->at.family)
		log_warn(in->of->net->log, "peer", "%s: %s", in->text,
			 err_text(f->err));
	if (!best || in->dial->up)
		return;
	in->dial->at = *best;
	in->dial->at.port = in->at.port;
	in->dial->next = in->of->net->loop->now;
	peering_wait(in->of);
}

static void look_up(struct peering *p)
{
	int64_t now = p->net->loop->now;

	for (uint32_t i = 0; i < p->conf->introducer.n; i++) {
		struct introducer *in = &p->introducers[i];

		if (in->dial->up || now < in->again)
			continue;
		if (in->again)
			resolve_stop(&in->resolve);
		resolve_start(&in->resolve, p->net, in->at.host, found);
		in->again = now + LOOK_UP;
	}
}

static void late(struct timer *t)
{
	struct peering *p = container_of(t, struct peering, due);

	look_up(p);
	node_tick(&p->node, p->net->loop->now, unix_ms(p));
	trackers_tick(&p->trackers);
	flush(p);
	peering_wait(p);
}

/* ---- what happens ---- */

static void pin(struct peering *p, const struct contact *d)
{
	int rc = trust_pin(&p->trust, bytes_of(d->name), d->id);

	log_warn(
		p->net->log, "peer",
		"%s: its id is believed from now on, nobody has vouched for it",
		d->name);
	if (rc < 0)
		log_err(p->net->log, "peer", "%s: %s", p->trust.path,
			err_text(rc));
}

static void up(struct node *n, const struct contact *d, bool first)
{
	struct peering *p = container_of(n, struct peering, node);
	char text[2 * CHAIN_ID + 80];
	struct fmt f = fmt_to(SPAN(text));

	if (first && d->name)
		pin(p, d);
	fmt_hex(&f, (struct bytes){ d->id, CHAIN_ID });
	fmt_put(&f, " at ");
	addr_print(&f, &d->at);
	log_info(n->log, "peer", "knows %s", fmt_text(&f));
}

static void reached(struct node *n, const struct reach *r, int64_t trip)
{
	struct peering *p = container_of(n, struct peering, node);

	p->ear->reached(p->ear, r, trip);
}

static void behind(struct natclass *nc, enum chain_nat nat)
{
	struct peering *p = container_of(nc, struct peering, natclass);

	if (nat != p->node.rules.nat)
		log_info(p->net->log, "peer", "NAT: %s",
			 nat ? nat_name((uint8_t)nat) : "nobody can tell");
	node_turn(&p->node, p->net->loop->now, unix_ms(p));
	node_behind(&p->node, nat);
	flush(p);
}

void peering_moved(struct peering *p)
{
	node_turn(&p->node, p->net->loop->now, unix_ms(p));
	node_moved(&p->node);
	natclass_ask(&p->natclass);
	flush(p);
}

static struct links *links_of(struct node *n)
{
	return &container_of(n, struct peering, node)->links;
}

static void met(struct node *n, const struct peer *p)
{
	links_met(links_of(n), p);
}

static void asked(struct node *n, const struct peer *p)
{
	links_asked(links_of(n), p);
}

static void data(struct node *n, const struct node_pass *from, struct bytes b)
{
	links_data(links_of(n), from, b);
}

/* Who is believed may be found anywhere. */
static bool trusts(struct node *n, const uint8_t id[CHAIN_ID])
{
	const struct peering *p = container_of(n, struct peering, node);
	bool named = false;

	for (uint32_t i = 0; i < p->conf->introducer.n; i++) {
		const struct contact *d = p->introducers[i].dial;

		named = named || (d->known && !memcmp(d->id, id, CHAIN_ID));
	}
	return named || n->rules.grouped || trust_has(&p->trust, id);
}

static const struct hmac *mac(struct node *n, const uint8_t id[CHAIN_ID])
{
	return links_mac(links_of(n), id);
}

static const struct node_ops ops = {
	.send = send,
	.up = up,
	.reached = reached,
	.met = met,
	.asked = asked,
	.data = data,
	.trusts = trusts,
	.mac = mac,
};

struct reach *peering_reach(struct peering *p, const uint8_t id[CHAIN_ID],
			    unsigned paths, struct peer_ear *ear)
{
	struct reach *r = node_reach(&p->node, id, paths);

	p->ear = ear;
	peering_wait(p);
	return r;
}

const struct contact *peering_introducer(const struct peering *p, uint32_t *at)
{
	while (*at < NODE_DIALS) {
		const struct contact *d = &p->node.dials[(*at)++];

		if (d->used && d->lasts && (d->up || !d->found))
			return d;
	}
	return NULL;
}

bool peering_find(const struct peering *p, struct bytes text,
		  uint8_t id[CHAIN_ID])
{
	return chain_parse_id(id, text) == 0 || trust_find(&p->trust, text, id);
}

/* ---- life ---- */

static int name_introducers(struct peering *p)
{
	const struct opt_list *l = &p->conf->introducer;
	const struct addr nowhere = { .family = ADDR_NONE };

	for (uint32_t i = 0; i < l->n; i++) {
		struct introducer *in = &p->introducers[i];
		uint8_t id[CHAIN_ID], pinned[CHAIN_ID];
		struct bytes given;
		int rc = split(l->v[i], &given, &in->text, &in->at);
		bool known = trust_find(&p->trust, bytes_of(in->text), pinned);

		if (rc < 0)
			return rc;
		in->of = p;
		if (given.n && chain_parse_id(id, given) == 0 && known &&
		    memcmp(id, pinned, CHAIN_ID) != 0)
			log_warn(p->net->log, "peer",
				 "%s: ITS ID IS NOT THE ONE IN %s: the one "
				 "given counts",
				 in->text, p->trust.path);
		in->dial = node_dial(&p->node, &nowhere,
				     given.n ? id
				     : known ? pinned
					     : NULL,
				     true);
		in->dial->name = in->text;
	}
	return 0;
}

static int open_socket(struct peering *p, struct diag *d)
{
	const char *listen = p->conf->listen   ? p->conf->listen
			     : p->conf->public ? ":43284"
					       : ":0";
	struct hostport hp;
	int rc = hostport_parse(&hp, bytes_of(listen));

	if (rc == 0)
		rc = udp_bind(&p->udp, p->net, hp.host, hp.port, come);
	if (rc < 0)
		diag_put(d, "%s: %s", listen, err_text(rc));
	return rc;
}

/* Told to those behind the same NAT, who may not reach us otherwise. */
static void tell_lan(struct peering *p)
{
	static const uint8_t any[16];
	struct node *n = &p->node;
	int count = 0;

	if (p->conf->lan.n == 0 && !memcmp(p->udp.at.ip, any, sizeof any))
		count = ifaces_list(n->lan, CHAIN_LAN);
	for (int i = 0; i < count; i++)
		n->lan[n->nlan++].port = p->udp.at.port;
}

static void may_ask(struct trackers *ts)
{
	peering_wait(container_of(ts, struct peering, trackers));
}

static int set_up(struct peering *p, struct diag *d)
{
	const struct peer_conf *c = p->conf;
	const struct node_limits most = { c->max_peers, c->max_sessions,
					  c->max_address };
	struct node *n = &p->node;
	int rc = load_key(p, d);

	if (rc == 0)
		rc = load_group(p, d);
	if (rc == 0)
		rc = trust_load(&p->trust, c->trust, d);
	if (rc == 0)
		rc = node_start(n, &most);
	if (rc < 0)
		return rc;
	n->ops = &ops;
	n->log = p->net->log;
	n->self = &p->self;
	n->rules.allow = &c->allow;
	n->rules.rate = c->rate;
	n->rules.public = c->public;
	n->rules.strict = c->strict;
	n->rules.seeks = n->rules.grouped || c->trust || c->tracker.n;
	for (uint32_t i = 0; i < c->lan.n && rc == 0; i++)
		rc = addr_parse(&n->lan[n->nlan++], bytes_of(c->lan.v[i]));
	n->now = p->net->loop->now;
	p->epoch = clock_unix_ms() - n->now;
	p->natclass.known = behind;
	natclass_init(&p->natclass, &c->stun, &c->tracker);
	p->trackers.changed = may_ask;
	if (rc == 0)
		rc = trackers_start(&p->trackers, n, &c->tracker, c->group);
	return rc < 0 ? rc : name_introducers(p);
}

int peering_start(struct peering **out, struct net *net,
		  const struct peer_conf *conf, struct diag *d)
{
	struct peering *p = (struct peering *)(void *)mem_reserve(sizeof *p).p;
	int rc;

	if (!p)
		return -NAT_EMEMORY;
	p->net = net;
	p->links.net = p->natclass.net = p->trackers.net = net;
	p->conf = conf;
	timer_init(&p->due, late);
	rc = set_up(p, d);
	if (rc == 0)
		rc = open_socket(p, d);
	if (rc == 0)
		tell_lan(p);
	if (rc == 0)
		rc = links_start(&p->links, &p->node, &p->udp, &conf->links);
	if (rc < 0) {
		peering_stop(p);
		return rc;
	}
	*out = p;
	timer_start(&p->due, net->loop, net->loop->now);
	natclass_ask(&p->natclass);
	return 0;
}

void peering_ready(const struct peering *p)
{
	char text[2 * CHAIN_ID + 1];
	struct fmt f = fmt_to(SPAN(text));

	fmt_hex(&f, (struct bytes){ p->self.id, CHAIN_ID });
	log_say(p->net->log, "peer: id %s", fmt_text(&f));
	f.n = 0;
	addr_print(&f, &p->udp.at);
	log_say(p->net->log, "peer: ready on %s", fmt_text(&f));
}

/* What may be asked of somebody who looks into a log afterwards. */
static void say_counts(const struct peering *p)
{
	const struct node_counts *c = &p->node.counts;

	log_info(p->net->log, "peer",
		 "peers=%u signatures=%llu wrong=%llu nonces=%llu passed=%llu",
		 p->node.peers.rows.used, (unsigned long long)c->checked,
		 (unsigned long long)c->wrong, (unsigned long long)c->nonces,
		 (unsigned long long)c->passed);
}

void peering_stop(struct peering *p)
{
	if (udp_runs(&p->udp))
		say_counts(p);
	timer_stop(&p->due, p->net->loop);
	links_stop(&p->links);
	for (uint32_t i = 0; i < OPT_LIST_MAX; i++)
		if (p->introducers[i].again)
			resolve_stop(&p->introducers[i].resolve);
	trackers_stop(&p->trackers);
	natclass_stop(&p->natclass);
	udp_stop(&p->udp);
	node_stop(&p->node);
	ct_wipe(&p->self, sizeof p->self);
	mem_release((struct span){ (uint8_t *)p, sizeof *p });
}
