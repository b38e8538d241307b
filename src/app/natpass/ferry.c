#include "app/natpass/ferry.h"
#include "app/natpass/inner.h"

static struct net *net_of(const struct ferry *f)
{
	return f->agent->net;
}

/* ---- ending ---- */

static void put(struct ferry *f)
{
	if (!f->rule) {
		kind_put(f->agent, NATPASS_UDP, f);
		return;
	}
	map_remove(&f->agent->rules.flows, &f->node);
	list_remove(&f->idle);
	slots_put(&f->agent->rules.ferries, f);
}

static void end(struct ferry *f, const char *why)
{
	log_info(net_of(f)->log, "natpass",
		 "%.*s udp %.*s:%u ended in=%llu out=%llu lost=%llu "
		 "seconds=%llu reason=\"%s\"",
		 (int)f->link->peer.id_n, (const char *)f->link->peer.id,
		 (int)f->host_n, (const char *)f->host, (unsigned)f->port,
		 (unsigned long long)f->in, (unsigned long long)f->out,
		 (unsigned long long)f->lost,
		 (unsigned long long)(f->last - f->since) / 1000, why);
	stream_stop(&f->link->stream, false);
	timer_stop(&f->timer, net_of(f)->loop);
	if (f->held)
		bufs_put(net_of(f), f->held);
	if (f->resolve.net)
		resolve_stop(&f->resolve);
	if (udp_runs(&f->udp))
		udp_stop(&f->udp);
	put(f);
}

static void idle(struct timer *t)
{
	struct ferry *f = container_of(t, struct ferry, timer);
	int64_t due = f->last + f->agent->conf->udp_idle;

	if (net_of(f)->loop->now >= due)
		end(f, "idle");
	else
		timer_start(t, net_of(f)->loop, due);
}

static void begin(struct ferry *f, struct agent *a)
{
	f->agent = a;
	f->since = f->last = a->net->loop->now;
	timer_init(&f->timer, idle);
	timer_start(&f->timer, a->net->loop, f->last + a->conf->udp_idle);
}

static void used(struct ferry *f)
{
	f->last = net_of(f)->loop->now;
	if (!f->rule)
		return;
	list_remove(&f->idle);
	list_append(&f->agent->rules.idles, &f->idle);
}

static void name(struct ferry *f, struct bytes host, uint32_t port)
{
	f->host_n = (uint8_t)min_size(host.n, FERRY_HOST - 1);
	memcpy(f->host, host.p, f->host_n);
	f->port = (uint16_t)port;
}

/* ---- over the link ---- */

/* One datagram of this side. False: it is lost. */
static bool carry(struct ferry *f, struct bytes d)
{
	struct stream *s = &f->link->stream;
	struct span room = stream_reserve(s, d.n);

	if (!room.p)
		return false;
	if (d.n)
		memcpy(room.p, d.p, d.n);
	stream_commit(s, d.n);
	return true;
}

static void deliver(struct ferry *f, struct bytes d)
{
	const struct udp_to to = { f->rule ? &f->from : NULL, NULL };
	struct udp *u = f->rule ? &f->rule->udp : &f->udp;

	used(f);
	*(f->rule ? &f->out : &f->in) += d.n;
	udp_send(u, &to, BYTES(""), d);
	udp_flush(net_of(f));
}

static void release(struct ferry *f)
{
	struct buf *b = f->held;

	f->held = NULL;
	if (b && !carry(f, (struct bytes){ b->p, b->end }))
		f->lost++;
	if (b)
		bufs_put(net_of(f), b);
}

static void wake(struct waker *w, unsigned what)
{
	struct ferry *f = container_of(w, struct ferry, waker);
	struct stream *s = &f->link->stream;
	struct span in;

	if (what & STREAM_OPEN)
		release(f);
	in = stream_peek(s, 1);
	if (in.p) {
		deliver(f, bytes_in(in));
		stream_take(s, in.n);
	}
	if (!s->err && !s->ended)
		return;
	if (s->err && f->rule)
		rule_trouble(f->rule, f->link);
	end(f, s->err ? err_text(s->err) : "done");
}

/* ---- asked of us ---- */

static void heard_service(struct udp *u)
{
	struct ferry *f = container_of(u, struct ferry, udp);
	struct datagram d;

	while (udp_next(u, &d)) {
		used(f);
		f->out += d.data.n;
		if (!carry(f, d.data))
			f->lost++;
	}
}

/* The first address to which there is a way. */
static void reached(struct resolve *r, const struct found *found)
{
	struct ferry *f = container_of(r, struct ferry, resolve);
	int rc = found->err ? found->err : -NAT_EUNREACH;

	if (udp_runs(&f->udp))
		return;
	for (int i = 0; i < found->n; i++) {
		struct addr to = found->addrs[i];

		to.port = f->port;
		rc = udp_connect(&f->udp, net_of(f), &to, heard_service);
		if (rc == 0) {
			vlink_accept(f->link);
			return;
		}
	}
	if (!found->last)
		return;
	vlink_why(f->link, err_text(rc));
	end(f, err_text(rc));
}

void ferry_asked(struct agent *a, struct vlink *l, void *place,
		 const struct natpass_request *ask)
{
	struct ferry *f = place;

	f->link = l;
	f->waker.wake = wake;
	begin(f, a);
	name(f, ask->addr.addr, ask->addr.port);
	vlink_offered(l, &f->waker);
	resolve_start(&f->resolve, a->net, (struct bytes){ f->host, f->host_n },
		      reached);
}

void ferry_stop(void *place)
{
	end(place, "the client stops");
}

/* ---- come here ---- */

static uint32_t hash_of(const struct rule *r, const struct addr *a)
{
	uint8_t key[sizeof a->ip + sizeof a->port + 1];

	addr_cut(key, a, 128);
	memcpy(key + sizeof a->ip, &a->port, sizeof a->port);
	key[sizeof key - 1] = (uint8_t)(r - r->agent->rules.v);
	return map_mix(&r->agent->trunk.links.seed, bytes_in(SPAN(key)));
}

static struct ferry *find(const struct rule *r, const struct addr *from,
			  uint32_t hash)
{
	struct map_node *n = NULL;

	while ((n = map_find(&r->agent->rules.flows, hash, n)) != NULL) {
		struct ferry *f = container_of(n, struct ferry, node);

		if (f->rule == r && addr_same_ip(&f->from, from) &&
		    f->from.port == from->port)
			return f;
	}
	return NULL;
}

/* When all places are taken, of who has been silent longest. */
static struct ferry *place(struct rules *rs)
{
	if (rs->ferries.used == rs->ferries.limit)
		end(container_of(rs->idles.next, struct ferry, idle),
		    "gave way to another");
	return slots_get(&rs->ferries);
}

static struct ferry *open(struct rule *r, const struct addr *from,
			  uint32_t hash)
{
	struct agent *a = r->agent;
	struct ferry *f = place(&a->rules);

	f->waker.wake = wake;
	f->link = vlink_open(&a->trunk, r->rule.target, &r->ask, &f->waker);
	if (!f->link) {
		slots_put(&a->rules.ferries, f);
		return NULL;
	}
	f->rule = r;
	f->from = *from;
	begin(f, a);
	name(f, r->rule.to.host, r->rule.to.port);
	map_put(&a->rules.flows, &f->node, hash);
	list_append(&a->rules.idles, &f->idle);
	return f;
}

static bool hold(struct ferry *f, struct bytes d)
{
	if (f->held || pool_class_of(d.n) == POOL_CLASSES)
		return false;
	f->held = bufs_get(net_of(f), pool_class_of(d.n), POOL_IN);
	if (!f->held)
		return false;
	if (d.n)
		memcpy(f->held->p, d.p, d.n);
	f->held->end = (uint32_t)d.n;
	return true;
}

void ferry_come(struct rule *r)
{
	struct datagram d;

	while (udp_next(&r->udp, &d)) {
		uint32_t hash = hash_of(r, d.peer);
		struct ferry *f = find(r, d.peer, hash);

		if (!f)
			f = r->agent->draining ? NULL : open(r, d.peer, hash);
		if (!f)
			continue;
		used(f);
		f->in += d.data.n;
		if (f->link->state == VLINK_OPEN ? !carry(f, d.data)
						 : !hold(f, d.data))
			f->lost++;
	}
}
