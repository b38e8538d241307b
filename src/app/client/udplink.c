#include "app/client/udplink.h"
#include "app/client/inner.h"
#include "app/client/visit.h"
#include "net/framed.h"
#include "net/veil.h"
#include "os/mem.h"
#include "os/parts.h"

enum { IDLE_MORE = 10000 }; /* ms: the relay forgets first */

static struct net *net_of(const struct udplink *f)
{
	return f->client->net;
}

static struct bytes out_id_of(const struct udplink *f)
{
	return (struct bytes){ f->out_id, FASTNAT_NONCE };
}

/* ---- finding ---- */

struct udplink *udplink_of_id(const struct client *c, uint32_t id)
{
	struct map_node *n = map_find(&c->udplinks.by_id, id, NULL);

	return n ? container_of(n, struct udplink, by_id) : NULL;
}

static struct udplink *known(const struct client *c, const struct fastnat *m)
{
	struct udplink *f = NULL;

	if (m->has & HAS_FLOW) {
		f = udplink_of_id(c, m->flow);
		return f && bytes_equal(out_id_of(f), m->out_id) ? f : NULL;
	}
	slots_each (struct udplink, at, &c->udplinks.table)
		if (bytes_equal(out_id_of(at.it), m->out_id))
			return at.it;
	return NULL;
}

/* ---- ending ---- */

static void drop_line(struct udplink *f)
{
	struct udplink_line *line = f->line;

	if (!line)
		return;
	if (line->open)
		stream_stop(&line->tcp.stream, false);
	else
		dial_stop(&line->dial);
	if (line->held)
		bufs_put(net_of(f), line->held);
	slots_put(&f->client->udplinks.lines, line);
	f->line = NULL;
}

static void stop(struct udplink *f, const char *why)
{
	uint8_t from[64];
	struct fmt a = fmt_to(SPAN(from));

	addr_print(&a, &f->from);
	log_info(net_of(f)->log, f->entry->who,
		 "%s ended in=%llu out=%llu seconds=%llu reason=\"%s\"",
		 fmt_text(&a), (unsigned long long)f->in,
		 (unsigned long long)f->out,
		 (unsigned long long)(f->last - f->since) / 1000, why);
	drop_line(f);
	resolve_stop(&f->resolve);
	udp_stop(&f->service);
	timer_stop(&f->idle, net_of(f)->loop);
	list_remove(&f->lru);
	if (f->id)
		map_remove(&f->client->udplinks.by_id, &f->by_id);
	f->entry->visitors--;
	slots_put(&f->client->udplinks.table, f);
}

int udplinks_start(struct client *c)
{
	struct udplinks *us = &c->udplinks;
	uint32_t most = c->conf->max_flows;
	const struct part parts[] = {
		PART_SLOTS(&us->table, struct udplink, most),
		PART_SLOTS(&us->lines, struct udplink_line, most),
		PART_MAP(&us->by_id, most),
	};

	list_init(&us->lru);
	return parts_reserve(&us->memory, parts, COUNT(parts));
}

void udplinks_stop(struct client *c)
{
	slots_each (struct udplink, f, &c->udplinks.table)
		stop(f.it, "the client stops");
	mem_release(c->udplinks.memory);
}

/* The relay need not wait for it. */
static void give_up(struct udplink *f, const char *why)
{
	control_failed(&f->client->control, out_id_of(f), why);
	stop(f, why);
}

static void idle(struct timer *t)
{
	struct udplink *f = container_of(t, struct udplink, idle);
	int64_t due = f->last + f->entry->idle_ms + IDLE_MORE;

	if (net_of(f)->loop->now >= due)
		stop(f, "idle");
	else
		timer_start(t, net_of(f)->loop, due);
}

static void used(struct udplink *f)
{
	f->last = net_of(f)->loop->now;
	list_remove(&f->lru);
	list_append(&f->client->udplinks.lru, &f->lru);
}

/* ---- from the visitor to the service ---- */

void udplink_serve(struct udplink *f, struct bytes data)
{
	static const struct udp_to service = { NULL, NULL };

	used(f);
	if (!shapes_let(f->client, f->entry, ENTRY_IN, data.n)) {
		f->client->lane.lost++;
		return;
	}
	f->in += data.n;
	f->entry->past.in += data.n;
	udp_send(&f->service, &service, (struct bytes){ f->head.b, f->head.n },
		 data);
}

/* ---- data connections ---- */

/* Its header, and behind it what was held. */
static void say_header(struct udplink_line *line)
{
	struct udplink *f = line->flow;
	struct fastnat m = { .has = HAS_OUT_ID | HAS_MAC,
			     .out_id = out_id_of(f) };
	uint8_t mac[FASTNAT_MAC];

	fastnat_data_mac(mac, f->client->control.secrets.key, m.out_id);
	m.mac = (struct bytes){ mac, sizeof mac };
	line->said = true;
	if (talk_say(&line->tcp.stream, &m, true) < 0 ||
	    !framed_release(net_of(f), &line->held, &line->tcp.stream))
		f->client->lane.lost++;
}

static void wake_line(struct waker *w, unsigned what)
{
	struct udplink_line *line = container_of(w, struct udplink_line, waker);
	struct stream *s = &line->tcp.stream;
	struct udplink *f = line->flow;
	struct bytes data;

	if (what & STREAM_OPEN)
		say_header(line);
	if (!udp_runs(&f->service) && !s->err)
		return; /* reached() looks again */
	while (framed_peek(s, &data)) {
		udplink_serve(f, data);
		udp_flush(net_of(f)); /* data is lent until it is taken */
		framed_take(s, data);
	}
	if (s->err || s->ended)
		stop(f, s->err ? err_text(s->err) : "closed by the relay");
}

static void dialled(struct dial *d, int fd)
{
	struct udplink_line *line = container_of(d, struct udplink_line, dial);
	struct udplink *f = line->flow;

	if (fd < 0) {
		entry_trouble(f->entry, net_of(f),
			      "the relay's port for visitors: %s",
			      err_text(fd));
		give_up(f, "the client cannot reach intPort");
		return;
	}
	line->open = true;
	tcp_start(&line->tcp, net_of(f), fd, &line->waker);
	if (!outward_data(f->client, &line->tcp))
		give_up(f, "too many connections to the relay");
	else if (!veil_waits(&line->tcp))
		say_header(line);
}

static bool open_line(struct udplink *f, const struct addr *relay)
{
	struct udplink_line *line = slots_get(&f->client->udplinks.lines);

	if (!line)
		return false;
	f->line = line;
	line->flow = f;
	line->waker.wake = wake_line;
	outward_dial(f->client, &line->dial, relay, dialled);
	return true;
}

/* ---- from the service to the visitor ---- */

/* False: it is lost. */
static bool carry(struct udplink *f, struct bytes data)
{
	struct client *c = f->client;
	struct carrier say = { .flow = f->id, .payload = data };
	struct addr relay;

	if (!f->line && (data.n > CARRIER_MOST || !f->id) &&
	    (control_int_port(&c->control, &relay) < 0 ||
	     !open_line(f, &relay)))
		return false;
	if (f->line && f->line->said)
		return framed_put(&f->line->tcp.stream, data);
	if (f->line)
		return framed_hold(c->net, &f->line->held, data);
	if (f->sent == UINT32_MAX)
		return false;
	say.counter = ++f->sent;
	lane_say(c, &say);
	return true;
}

static void come(struct udp *u)
{
	struct udplink *f = container_of(u, struct udplink, service);
	struct datagram d;

	while (udp_next(u, &d)) {
		used(f);
		f->out += d.data.n;
		f->entry->past.out += d.data.n;
		if (!shapes_let(f->client, f->entry, ENTRY_OUT, d.data.n) ||
		    !carry(f, d.data))
			f->client->lane.lost++;
	}
	udp_flush(u->net);
	if (u->err == -NAT_EREFUSED)
		entry_trouble(f->entry, net_of(f),
			      "%s: is the service running?", err_text(u->err));
}

/* ---- beginning ---- */

/* What has come meanwhile is served. */
static void reached(struct udplink *f)
{
	resolve_stop(&f->resolve);
	if (f->id)
		lane_deliver_early(f->client, f);
	if (f->line && f->line->open)
		wake_line(&f->line->waker, 0);
}

/* The first address to which there is a way. */
static void heard(struct resolve *r, const struct found *found)
{
	struct udplink *f = container_of(r, struct udplink, resolve);
	const struct service *s = &f->entry->service;
	const struct addr *as = s->edge.transparent ? &f->from : NULL;
	int rc = found->err ? found->err : -NAT_EUNREACH;

	for (int i = 0; i < found->n; i++) {
		struct addr to = found->addrs[i];

		to.port = s->lo;
		rc = udp_connect_as(&f->service, net_of(f), &to, as, come);
		if (rc == 0) {
			reached(f);
			return;
		}
	}
	if (!found->last)
		return;
	entry_trouble(f->entry, net_of(f), "%s: is the service running?",
		      err_text(rc));
	give_up(f, "the service cannot be reached");
}

static void make_room(struct client *c)
{
	if (c->udplinks.table.used < c->udplinks.table.limit)
		return;
	c->counts.flows++;
	give_up(container_of(c->udplinks.lru.next, struct udplink, lru),
		"gave way to another");
}

/* As far as the relay told. */
static void take_ends(struct udplink *f, const struct fastnat *m)
{
	struct proxied_ends ends = { .from = { 0 } };

	if (m->has & HAS_FROM)
		visit_from(&f->from, m->from);
	if (m->has & HAS_TO)
		visit_from(&ends.to, m->host);
	ends.from = f->from;
	proxied_head(&f->head, &f->entry->service, &ends);
}

static struct udplink *begin(struct client *c, struct entry *e,
			     const struct fastnat *m)
{
	struct udplink *f;

	make_room(c);
	f = slots_get(&c->udplinks.table);
	f->client = c;
	f->entry = e;
	e->visitors++;
	e->past.visitors++;
	f->since = f->last = c->net->loop->now;
	memcpy(f->out_id, m->out_id.p, FASTNAT_NONCE);
	take_ends(f, m);
	if (m->has & HAS_FLOW) {
		f->id = m->flow;
		map_put(&c->udplinks.by_id, &f->by_id, f->id);
	}
	list_append(&c->udplinks.lru, &f->lru);
	timer_init(&f->idle, idle);
	timer_start(&f->idle, c->net->loop, f->since + e->idle_ms + IDLE_MORE);
	return f;
}

/* One of an earlier life of the relay that happens to have this number. */
static void forget(struct client *c, uint32_t id)
{
	struct udplink *old = udplink_of_id(c, id);

	if (old)
		stop(old, "the relay began anew");
}

void udplink_told(struct client *c, struct entry *e, const struct fastnat *m,
		  const struct addr *relay)
{
	struct udplink *f = known(c, m);

	if (f) {
		if (!f->line && !open_line(f, relay))
			give_up(f, "too many visitors");
		return;
	}
	if (m->out_id.n != FASTNAT_NONCE)
		return;
	if (m->has & HAS_FLOW)
		forget(c, m->flow);
	f = begin(c, e, m);
	resolve_start(&f->resolve, c->net, e->service.host, heard);
	if (!f->id && !open_line(f, relay))
		give_up(f, "too many visitors");
}

const char *client_udp_fault(void)
{
	return NULL;
}
