#include "net/ways.h"
#include "os/group.h"
#include "os/ifaces.h"
#include "os/rand.h"

enum { REFUSED = 30000 /* ms until a relay that said no is asked again */ };

static struct loop *loop_of(const struct ways *w)
{
	return w->paths->net->loop;
}

/* ---- sockets ---- */

static void ready(struct udp *u)
{
	struct way *way = container_of(u, struct way, udp);
	struct ways *w = way->of;
	unsigned base = (unsigned)(way - w->hosts);
	struct datagram d;

	while (udp_next(u, &d)) {
		if (d.peer->port == MDNS_PORT &&
		    named_hear(&w->paths->named, d.data))
			continue;
		w->ops->heard(w, base, d.peer,
			      (struct span){ (uint8_t *)(uintptr_t)d.data.p,
					     d.data.n });
	}
}

static int open_at(struct ways *w, const struct addr *at)
{
	char text[64];
	struct fmt f = fmt_to(SPAN(text));
	unsigned i = 0;
	int rc;

	while (i < WAYS_HOSTS && udp_runs(&w->hosts[i].udp))
		i++;
	if (i == WAYS_HOSTS)
		return -NAT_ELIMIT;
	w->hosts[i].of = w;
	addr_print_ip(&f, at);
	rc = udp_bind(&w->hosts[i].udp, w->paths->net, fmt_done(&f), 0, ready);
	if (rc == 0)
		w->ops->up(w, i, ICE_HOST, &w->hosts[i].udp.at);
	return rc;
}

static bool is_open_at(const struct ways *w, const struct addr *at)
{
	for (unsigned i = 0; i < WAYS_HOSTS; i++)
		if (udp_runs(&w->hosts[i].udp) &&
		    addr_same_ip(&w->hosts[i].udp.at, at))
			return true;
	return false;
}

struct own { /* addresses of this machine */
	struct addr v[WAYS_HOSTS];
	unsigned n;
};

static void list(struct own *o, const struct addr *first)
{
	struct addr *to = o->v;
	int n;

	o->n = 0;
	if (first->family == ADDR_IP4 || first->family == ADDR_IP6)
		to[o->n++] = *first;
	n = ifaces_list(o->v + o->n, WAYS_HOSTS - o->n);
	o->n += n > 0 ? (unsigned)n : 0;
}

static bool is_among(const struct own *o, const struct addr *a)
{
	for (unsigned i = 0; i < o->n; i++)
		if (addr_same_ip(&o->v[i], a))
			return true;
	return false;
}

static bool close_gone(struct ways *w, const struct own *o)
{
	bool any = false;

	for (unsigned i = 0; i < WAYS_HOSTS; i++) {
		struct udp *u = &w->hosts[i].udp;

		if (!udp_runs(u) || is_among(o, &u->at))
			continue;
		udp_stop(u);
		w->ops->down(w, i);
		any = true;
	}
	return any;
}

static bool open_new(struct ways *w, const struct own *o)
{
	bool any = false;

	for (unsigned i = 0; i < o->n; i++)
		if (!is_open_at(w, &o->v[i]))
			any |= open_at(w, &o->v[i]) == 0;
	return any;
}

/* ---- relays ---- */

static void tell_soon(struct ways *w)
{
	soon_start(&w->tell, loop_of(w));
}

static unsigned number_of(const struct relay *r)
{
	unsigned i = 0;

	while (r->of->relays[i] != r)
		i++;
	return i;
}

static struct relay *relay_of(struct relayed *r)
{
	return container_of(r, struct relay, relayed);
}

/* By which of its addresses one of that family is reached. */
static unsigned base_of(const struct relay *r, const struct addr *at)
{
	const struct addr *also = &r->relayed.turn.also;
	bool second = also->family && addr_is_ip4(also) == addr_is_ip4(at);

	return (second ? WAYS_ALL : WAYS_HOSTS) + number_of(r);
}

static void tell_up(struct relay *r, const struct addr *at)
{
	if (at->family)
		r->of->ops->up(r->of, base_of(r, at), ICE_RELAY, at);
}

static void relay_ready(struct relayed *r)
{
	struct relay *x = relay_of(r);
	struct ways *w = x->of;

	w->relay_err[number_of(x)] = 0;
	w->backoff = (struct backoff){ .tries = 0 };
	tell_up(x, &r->turn.relayed);
	tell_up(x, &r->turn.also);
	tell_soon(w);
}

static void relay_heard(struct relayed *r, const struct addr *from,
			struct span data)
{
	struct relay *x = relay_of(r);
	struct ways *w = x->of;

	w->ops->heard(w, base_of(x, from), from, data);
}

/* One that was lost may be back soon: a server that begins anew knows nothing of
 * what it had.
 */
static void try_later(struct ways *w, int err)
{
	bool lost = err == -NAT_EAGAIN || err == -NAT_ECLOSED ||
		    err == -NAT_ETIMEOUT || err == -NAT_EREFUSED ||
		    err == -NAT_ERESET || err == -NAT_EUNREACH;
	int64_t now = loop_of(w)->now;
	uint32_t chance;

	rand_fill((struct span){ (uint8_t *)&chance, sizeof chance });
	timer_start(&w->again, loop_of(w),
		    now + backoff_next(&w->backoff, now, lost ? 0 : REFUSED,
				       chance));
}

static void relay_over(struct relayed *r, int err)
{
	struct relay *x = relay_of(r);
	struct ways *w = x->of;
	unsigned i = number_of(x);

	relayed_stop(r);
	slots_put(&w->paths->slots, x);
	w->relays[i] = NULL;
	w->relay_err[i] = (int8_t)err;
	if (!r->turn.relayed.family)
		w->relay_tried[i]++;
	try_later(w, err);
	w->ops->down(w, WAYS_HOSTS + i);
	w->ops->down(w, WAYS_ALL + i);
	tell_soon(w);
}

static const struct relayed_ops relay_ops = { relay_ready, relay_heard,
					      relay_over };

static void open_relay(struct ways *w, unsigned i)
{
	char user[RELAYED_USER], password[RELAYED_USER];
	struct fmt u = fmt_to(SPAN(user)), p = fmt_to(SPAN(password));
	struct relayed_ask ask = { .ops = &relay_ops,
				   .server = &w->paths->turn[i],
				   .room = &w->paths->room,
				   .tried = w->relay_tried[i] };
	struct relay *r = slots_get(&w->paths->slots);

	if (!r) {
		w->relay_err[i] = -NAT_ELIMIT;
		return;
	}
	w->relays[i] = r;
	r->of = w;
	paths_login(w->paths, &u, &p);
	ask.user = fmt_done(&u);
	ask.password = fmt_done(&p);
	relayed_start(&r->relayed, w->paths->net, &ask);
}

static void open_relays(struct ways *w)
{
	for (unsigned i = 0; i < w->paths->nturn; i++)
		if (!w->relays[i])
			open_relay(w, i);
}

static void open_again(struct timer *t)
{
	open_relays(container_of(t, struct ways, again));
}

void ways_doubt(struct ways *w)
{
	for (unsigned i = 0; i < w->paths->nturn; i++)
		if (w->relays[i])
			relayed_doubt(&w->relays[i]->relayed);
}

static unsigned relay_at(unsigned base)
{
	return (base - WAYS_HOSTS) % PATHS_TURN;
}

const char *ways_name(const struct ways *w, unsigned base)
{
	return w->paths->turn[relay_at(base)].text;
}

void ways_explain(const struct ways *w, struct fmt *f)
{
	for (unsigned i = 0; i < w->paths->nturn; i++)
		if (w->relay_err[i])
			fmt_put(f, ", %s: %s", w->paths->turn[i].text,
				err_text(w->relay_err[i]));
}

/* ---- STUN servers ---- */

static void tell_server(struct ways_name *n, const struct addr *found)
{
	struct addr at = *found;
	bool *told = at.family == ADDR_IP4 ? &n->four : &n->six;

	if (*told)
		return;
	*told = true;
	at.port = n->of->paths->stun[n - n->of->names].port;
	n->of->ops->stun(n->of, &at);
}

/* One of each family. */
static void resolved(struct resolve *r, const struct found *f)
{
	struct ways_name *n = container_of(r, struct ways_name, resolve);

	n->asks = !f->last;
	for (unsigned i = 0; i < f->n; i++)
		tell_server(n, &f->addrs[i]);
	tell_soon(n->of);
}

static void ask_servers(struct ways *w, const struct addr *stun)
{
	for (unsigned i = 0; i < w->paths->nstun; i++) {
		w->names[i] = (struct ways_name){ .of = w, .asks = true };
		resolve_start(&w->names[i].resolve, w->paths->net,
			      w->paths->stun[i].host, resolved);
	}
	if (!w->paths->nstun && stun->family != ADDR_NONE)
		w->ops->stun(w, stun);
}

/* ---- what is known ---- */

static bool waits(const struct ways *w)
{
	for (unsigned i = 0; i < w->paths->nturn; i++)
		if (w->relays[i] &&
		    w->relays[i]->relayed.turn.state != TURN_READY)
			return true;
	for (unsigned i = 0; i < w->paths->nstun; i++)
		if (w->names[i].asks)
			return true;
	return false;
}

static void tell(struct soon *soon)
{
	struct ways *w = container_of(soon, struct ways, tell);

	if (w->told || waits(w))
		return;
	w->told = true;
	w->ops->gathered(w);
}

/* ---- sending ---- */

void ways_send(struct ways *w, unsigned base, const struct addr *to,
	       struct bytes b)
{
	const struct udp_to at = { to, NULL };

	if (base < WAYS_HOSTS && udp_runs(&w->hosts[base].udp))
		udp_send(&w->hosts[base].udp, &at, BYTES(""), b);
	else if (base >= WAYS_HOSTS && w->relays[relay_at(base)])
		relayed_send(&w->relays[relay_at(base)]->relayed, to, b);
}

void ways_cry(struct ways *w, const struct addr *to, struct bytes b,
	      struct udp *group)
{
	const struct udp_to all = { to, NULL };

	for (unsigned i = 0; i < WAYS_HOSTS; i++) {
		struct udp *u = &w->hosts[i].udp;

		if (!udp_runs(u) || u->at.family != to->family)
			continue;
		if (group && to->family == ADDR_IP4)
			(void)group_join(group->io.fd, to, &u->at);
		udp_send(u, &all, BYTES(""), b);
	}
}

void ways_favour(struct ways *w, unsigned base, const struct addr *to)
{
	if (base >= WAYS_HOSTS && w->relays[relay_at(base)])
		relayed_bind(&w->relays[relay_at(base)]->relayed, to);
}

/* ---- life ---- */

bool ways_look(struct ways *w, const struct addr *first)
{
	struct own own;
	bool any = false;

	w->first = *first;
	if (w->paths->direct) {
		list(&own, first);
		any = close_gone(w, &own);
		any |= open_new(w, &own);
	}
	w->told = false;
	ways_doubt(w);
	open_relays(w);
	tell_soon(w);
	return any;
}

int ways_start(struct ways *w, struct paths *paths, const struct ways_ask *ask)
{
	w->paths = paths;
	w->ops = ask->ops;
	soon_init(&w->tell, tell);
	timer_init(&w->again, open_again);
	ways_look(w, &ask->first);
	if (paths->direct)
		ask_servers(w, &ask->stun);
	for (unsigned i = 0; i < WAYS_HOSTS; i++)
		if (udp_runs(&w->hosts[i].udp))
			return 0;
	return paths->nturn ? 0 : -NAT_EADDR;
}

void ways_stop(struct ways *w)
{
	if (!w->paths)
		return;
	named_forget(&w->paths->named, w);
	for (unsigned i = 0; i < PATHS_STUN; i++)
		if (w->names[i].asks)
			resolve_stop(&w->names[i].resolve);
	for (unsigned i = 0; i < PATHS_TURN; i++) {
		if (!w->relays[i])
			continue;
		relayed_stop(&w->relays[i]->relayed);
		slots_put(&w->paths->slots, w->relays[i]);
		w->relays[i] = NULL;
	}
	for (unsigned i = 0; i < WAYS_HOSTS; i++)
		if (udp_runs(&w->hosts[i].udp))
			udp_stop(&w->hosts[i].udp);
	soon_stop(&w->tell);
	timer_stop(&w->again, loop_of(w));
}
