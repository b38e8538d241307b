/* flow - datagrams and their channel: of one who sends to a join, or to a host's
 * service.
 *
 * A join's ends when it is idle, or gives way to another. A host's channel is its
 * caller's; idle, it only closes its socket, and what comes next opens another.
 */
#include "net/ties.h"
#include "base/addr.h"

static struct net *net_of(const struct flow *f)
{
	return f->of->of->net;
}

static int64_t now_of(const struct flow *f)
{
	return net_of(f)->loop->now;
}

/* ---- ending ---- */

static void end(struct flow *f, const char *why)
{
	struct tables *t = f->of->of;
	const struct tie_end e = { f->service->name,
				   f->at ? f->far : (struct addr){ 0 },
				   f->in,
				   f->out,
				   f->since,
				   why };

	if (f->lost)
		log_info(t->net->log, t->role, "%llu datagrams found no room",
			 (unsigned long long)f->lost);
	ties_say(f->of, &e);
	stream_stop(&f->chan.stream, false);
	timer_stop(&f->timer, t->net->loop);
	if (f->resolve.net)
		resolve_stop(&f->resolve);
	if (udp_runs(&f->own))
		udp_stop(&f->own);
	if (f->at) {
		map_remove(&t->senders, &f->sender);
		list_remove(&f->idle);
	}
	list_remove(&f->node);
	f->of->n--;
	slots_put(&t->flows, f);
}

void flow_end_all(struct ties *t)
{
	while (!list_alone(&t->flows))
		end(container_of(t->flows.next, struct flow, node),
		    err_text(-NAT_ECLOSED));
}

static void used(struct flow *f)
{
	struct tables *t = f->of->of;

	f->last = now_of(f);
	if (!f->at)
		return;
	list_remove(&f->idle);
	list_append(&t->idle, &f->idle);
}

static void tick(struct timer *at)
{
	struct flow *f = container_of(at, struct flow, timer);
	int64_t due = f->last + f->of->of->udp_idle;

	if (now_of(f) < due)
		timer_start(at, net_of(f)->loop, due);
	else if (f->at)
		end(f, "idle");
	else if (udp_runs(&f->own))
		udp_stop(&f->own);
}

/* ---- by the channel ---- */

static void carry(struct flow *f, struct bytes d)
{
	uint64_t *moved = f->at ? &f->in : &f->out;

	used(f);
	*moved += d.n;
	if (!chan_say(&f->chan, d))
		f->lost++;
}

static void heard_service(struct udp *u)
{
	struct flow *f = container_of(u, struct flow, own);
	struct datagram d;

	while (udp_next(u, &d))
		carry(f, d.data);
}

/* A host's socket, which may have been idle. */
static bool open(struct flow *f)
{
	if (udp_runs(&f->own))
		return true;
	timer_start(&f->timer, net_of(f)->loop,
		    now_of(f) + f->of->of->udp_idle);
	return udp_connect(&f->own, net_of(f), &f->far, heard_service) == 0;
}

static void deliver(struct flow *f, struct bytes d)
{
	const struct udp_to to = { f->at ? &f->far : NULL,
				   f->here.family ? &f->here : NULL };

	used(f);
	if (d.n > DGRAM_MOST || (!f->at && !open(f))) {
		f->lost++;
		return;
	}
	*(f->at ? &f->out : &f->in) += d.n;
	udp_send(f->at ? f->at : &f->own, &to, BYTES(""), d);
	udp_flush(net_of(f));
}

static void pull(struct flow *f)
{
	struct stream *s = &f->chan.stream;
	struct span in;

	while ((in = stream_peek(s, 1)).p) {
		deliver(f, bytes_in(in));
		stream_take(s, in.n);
	}
	if (s->err || s->ended)
		end(f, s->err ? err_text(s->err) : "done");
}

/* What comes while the service's address is looked up stays in the channel. */
static void wake(struct waker *w, unsigned what)
{
	struct flow *f = container_of(w, struct flow, waker);

	(void)what;
	if (f->at || f->far.family != ADDR_NONE)
		pull(f);
	else if (f->chan.stream.err)
		end(f, err_text(f->chan.stream.err));
}

/* ---- beginning ---- */

static struct flow *begin(struct ties *t, const struct p2p_service *s)
{
	struct flow *f = ties_may(t) ? slots_get(&t->of->flows) : NULL;

	if (!f)
		return NULL;
	f->of = t;
	f->service = s;
	f->waker.wake = wake;
	f->since = f->last = t->of->net->loop->now;
	timer_init(&f->timer, tick);
	list_init(&f->idle);
	list_append(&t->flows, &f->node);
	t->n++;
	return f;
}

/* The first address to which there is a way. */
static void found(struct resolve *r, const struct found *all)
{
	struct flow *f = container_of(r, struct flow, resolve);

	if (f->far.family != ADDR_NONE)
		return;
	for (int i = 0; i < all->n && !udp_runs(&f->own); i++) {
		f->far = all->addrs[i];
		f->far.port = f->service->at.port;
		if (!open(f))
			f->far.family = ADDR_NONE;
	}
	if (f->far.family != ADDR_NONE)
		pull(f);
	else if (all->last)
		end(f, err_text(all->err ? all->err : -NAT_EUNREACH));
}

bool flow_come(struct ties *t, uint16_t sid, const struct p2p_service *s)
{
	struct flow *f = begin(t, s);

	if (!f)
		return false;
	chan_take(&f->chan, t->assoc, sid, &f->waker);
	resolve_start(&f->resolve, t->of->net, s->at.host, found);
	return true;
}

/* ---- who sends to a join ---- */

static uint32_t hash_of(const struct tables *t, const struct udp *at,
			const struct addr *a)
{
	uint8_t key[sizeof a->ip + 2 * sizeof a->port];

	addr_cut(key, a, 128);
	memcpy(key + sizeof a->ip, &a->port, sizeof a->port);
	memcpy(key + sizeof a->ip + sizeof a->port, &at->at.port,
	       sizeof a->port);
	return map_mix(&t->seed, bytes_in(SPAN(key)));
}

static struct flow *find(const struct tables *t, const struct udp *at,
			 const struct addr *from, uint32_t hash)
{
	struct map_node *n = NULL;

	while ((n = map_find(&t->senders, hash, n)) != NULL) {
		struct flow *f = container_of(n, struct flow, sender);

		if (f->at == at && addr_same_ip(&f->far, from) &&
		    f->far.port == from->port)
			return f;
	}
	return NULL;
}

/* When all places are taken, the one goes that has been silent longest; those of a
 * host do not. False: then there is none.
 */
static bool make_room(struct tables *t)
{
	if (t->flows.used < t->flows.limit)
		return true;
	if (list_alone(&t->idle))
		return false;
	end(container_of(t->idle.next, struct flow, idle),
	    "gave way to another");
	return true;
}

static struct flow *call(struct ties *t, const struct p2p_service *s)
{
	const struct dcep_open o = { .type = DCEP_TIMES | DCEP_UNORDERED,
				     .label = BYTES("tunnel-udp"),
				     .protocol = s->name };
	struct flow *f = make_room(t->of) ? begin(t, s) : NULL;

	if (!f || chan_open(&f->chan, t->assoc, &o, &f->waker))
		return f;
	list_remove(&f->node);
	t->n--;
	slots_put(&t->of->flows, f);
	return NULL;
}

static struct flow *meet(struct ties *t, struct udp *at,
			 const struct datagram *d, const struct p2p_service *s)
{
	uint32_t hash = hash_of(t->of, at, d->peer);
	struct flow *f = find(t->of, at, d->peer, hash);

	if (!f)
		f = call(t, s);
	if (!f || f->at)
		return f;
	f->at = at;
	f->far = *d->peer;
	if (d->here)
		f->here = *d->here;
	map_put(&t->of->senders, &f->sender, hash);
	timer_start(&f->timer, net_of(f)->loop, f->last + t->of->udp_idle);
	return f;
}

void flow_hear(struct ties *t, struct udp *u, const struct p2p_service *s)
{
	struct datagram d;

	while (udp_next(u, &d)) {
		struct flow *f = meet(t, u, &d, s);

		if (f)
			carry(f, d.data);
		else
			ties_say_full(t, d.peer, s->name);
	}
}
