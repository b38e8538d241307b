#include "app/tracker/tracker.h"
#include "app/tracker/core.h"
#include "app/tracker/journal.h"
#include "app/tracker/store.h"
#include "net/dial.h"
#include "os/clock.h"
#include "os/mem.h"
#include "os/parts.h"
#include "os/rand.h"

enum {
	LOOK_MS = 1000,    /* between looks for who has been silent */
	LOOK_SOON_MS = 10, /* when there are many of them */
	LOOK_MOST = 2000,  /* forgotten in one turn */
	HEAD_IP4 = 28,     /* bytes of headers before a datagram's */
	HEAD_IP6 = 48
};

/* ---- memory ---- */

static int reserve(struct tracker *t)
{
	const struct tracker_conf *c = t->conf;
	struct members *m = &t->members;
	const struct members_limits most = { c->max_groups, c->max_members,
					     c->max_group, c->max_address };
	uint32_t counts = map_buckets(2 * c->max_members);
	struct map_seed seed;
	struct span crowd;
	/* clang-format off */
	const struct part parts[] = {
		PART_SLOTS(&m->groups, struct group, c->max_groups),
		PART_SLOTS(&m->rows, struct member, c->max_members),
		PART_SLOTS(&m->texts, struct member_text, 2 * c->max_members),
		PART_MAP(&m->by_name, c->max_groups),
		PART_MEM(&crowd, uint16_t[2], counts),
	};
	/* clang-format on */
	int rc = parts_reserve(&t->memory, parts, COUNT(parts));

	if (rc < 0)
		return rc;
	rand_fill((struct span){ (uint8_t *)&seed, sizeof seed });
	members_init(m, &most, &seed);
	sketch_init(&m->crowd, crowd, counts, &seed);
	return 0;
}

/* ---- requests ---- */

size_t tracker_room(const struct datagram *d)
{
	size_t head = addr_is_ip4(d->peer) ? HEAD_IP4 : HEAD_IP6;

	return 3 * (d->data.n + head) - head;
}

static void tell_address(struct tracker_asked *a, const struct track *what)
{
	(void)what;
	addr_print(&a->answer, a->datagram->peer);
	a->tracker->counts[TRACKER_ADDRESS]++;
}

struct addr tracker_itself(const struct tracker_asked *a)
{
	struct addr here = *a->datagram->here;

	if (a->tracker->public.family)
		return a->tracker->public;
	if (here.family)
		here.port = a->port->udp.at.port;
	else
		here = a->port->udp.at;
	return here;
}

static void tell_trackers(struct tracker_asked *a, const struct track *what)
{
	others_tell(a, what);
	a->tracker->counts[TRACKER_TRACKERS]++;
}

static void answer(struct tracker_asked *a)
{
	static void (*const takers[])(struct tracker_asked *,
				      const struct track *) = {
		[TRACK_ADDRESS] = tell_address,
		[TRACK_JOIN] = tracker_join,
		[TRACK_TRACKERS] = tell_trackers,
	};
	struct track what;

	if (track_parse(&what, a->datagram->data) == 0)
		takers[what.kind](a, &what);
	else
		others_hear(a);
}

static void take(struct tracker_port *p, struct datagram *d, bool again)
{
	struct tracker *t = p->tracker;
	struct tracker_asked a = { .tracker = t,
				   .port = p,
				   .datagram = d,
				   .via = p,
				   .to = { d->peer, d->here },
				   .again = again };

	if (sizeof t->room - t->at < TRACKER_REPLY) {
		udp_flush(t->net);
		t->at = 0;
	}
	a.answer = fmt_to((struct span){ t->room + t->at, TRACKER_REPLY });
	answer(&a);
	if (a.answer.n == 0) {
		t->counts[TRACKER_SILENCE] += !a.later;
		return;
	}
	udp_send(&a.via->udp, &a.to, BYTES(""), fmt_done(&a.answer));
	t->at += a.answer.n;
}

static void come(struct udp *u)
{
	struct tracker_port *p = container_of(u, struct tracker_port, udp);
	struct datagram d;

	p->tracker->at = 0;
	while (udp_next(u, &d))
		take(p, &d, false);
	udp_flush(p->tracker->net);
}

void tracker_take_again(struct tracker_port *p, struct datagram *d)
{
	udp_flush(p->tracker->net);
	p->tracker->at = 0;
	take(p, d, true);
	udp_flush(p->tracker->net);
}

/* ---- what time does ---- */

/* Seconds of the two clocks do not begin together: a difference of one is none. */
struct members_time tracker_time(struct tracker *t)
{
	int64_t now = t->net->loop->now, epoch = clock_unix() - now / 1000;

	if (epoch - t->epoch > 1 || t->epoch - epoch > 1)
		t->epoch = epoch;
	return (struct members_time){ now, t->epoch + now / 1000,
				      t->conf->ttl };
}

static void look(struct timer *timer)
{
	struct tracker *t = container_of(timer, struct tracker, expire);
	int64_t now = t->net->loop->now;
	bool more = members_expire(&t->members, now, t->conf->ttl, LOOK_MOST);

	others_expire(t, now);
	timer_start(timer, t->net->loop, now + (more ? LOOK_SOON_MS : LOOK_MS));
}

/* ---- life ---- */

int tracker_open(struct tracker *t, struct bytes host, uint16_t port)
{
	struct tracker_port *p = &t->ports[t->nports];
	int rc = udp_bind(&p->udp, t->net, host, port, come);

	if (rc < 0)
		return rc;
	p->tracker = t;
	t->nports++;
	return 0;
}

static int bind_named(struct tracker *t, const char *text, struct diag *d)
{
	struct hostport hp;
	int rc = hostport_parse(&hp, bytes_of(text));

	if (rc == 0)
		rc = tracker_open(t, hp.host, hp.port);
	if (rc < 0)
		diag_put(d, "%s: %s", text, err_text(rc));
	return rc;
}

static int bind_all(struct tracker *t, struct diag *d)
{
	const struct opt_list *listen = &t->conf->listen;
	int rc = 0;

	for (uint32_t i = 0; i < listen->n && rc == 0; i++)
		rc = bind_named(t, listen->v[i], d);
	return rc < 0 ? rc : others_start(t, d);
}

static int read_trust(struct tracker *t, struct diag *d)
{
	const struct opt_list *trust = &t->conf->trust;

	for (uint32_t i = 0; i < trust->n; i++) {
		const char *why = cidrs_parse(&t->trust, bytes_of(trust->v[i]));

		if (why)
			return diag_option(d, "trust", why);
	}
	return 0;
}

bool tracker_learns(const struct tracker_conf *c)
{
	return c->public && bytes_are(bytes_of(c->public), "auto");
}

const char *tracker_public_fault(const struct tracker_conf *c)
{
	struct addr a;

	if (!c->public)
		return NULL;
	if (tracker_learns(c))
		return c->peer.n ? NULL
				 : "auto: there is no peer to learn from";
	return addr_parse(&a, bytes_of(c->public)) == 0
		       ? NULL
		       : "is neither auto nor an address and port in numbers";
}

size_t tracker_descriptors(const struct tracker_conf *conf)
{
	return conf->listen.n + 2 + PROBES + (conf->state ? 2 : 0) +
	       (conf->store ? DIAL_ADDRS : 0);
}

static int begin(struct tracker *t, struct diag *d)
{
	uint8_t key[SHA256_SIZE];
	int rc = read_trust(t, d);

	if (rc == 0)
		rc = reserve(t);
	if (rc < 0)
		return rc;
	rand_fill(SPAN(key));
	cookies_init(&t->cookies, bytes_in(SPAN(key)));
	if (t->conf->public && !tracker_learns(t->conf))
		rc = addr_parse(&t->public, bytes_of(t->conf->public));
	if (rc < 0)
		return rc;
	timer_init(&t->expire, look);
	rc = journal_start(t, d);
	if (rc == 0)
		rc = store_start(t, d);
	if (rc == 0)
		rc = bind_all(t, d);
	if (rc < 0)
		return rc;
	look(&t->expire);
	return 0;
}

int tracker_start(struct tracker **out, struct net *net,
		  const struct tracker_conf *conf, struct diag *d)
{
	struct tracker *t = (struct tracker *)(void *)mem_reserve(sizeof *t).p;
	int rc;

	if (!t)
		return -NAT_EMEMORY;
	t->net = net;
	t->conf = conf;
	rc = begin(t, d);
	if (rc < 0)
		tracker_stop(t);
	else
		*out = t;
	return rc;
}

void tracker_ready(const struct tracker *t)
{
	for (uint32_t i = 0; i < t->nports; i++) {
		char text[64];
		struct fmt f = fmt_to(SPAN(text));

		addr_print(&f, &t->ports[i].udp.at);
		log_say(t->net->log, "tracker: ready on %s", fmt_text(&f));
	}
}

void tracker_reload(struct tracker *t, const struct tracker_conf *conf)
{
	t->conf = conf;
}

void tracker_stop(struct tracker *t)
{
	timer_stop(&t->expire, t->net->loop);
	others_stop(t);
	store_stop(t);
	journal_stop(t);
	for (uint32_t i = 0; i < t->nports; i++)
		udp_stop(&t->ports[i].udp);
	if (t->memory.p)
		mem_release(t->memory);
	mem_release((struct span){ (uint8_t *)t, sizeof *t });
}
