#include "app/client/link.h"
#include "app/client/inner.h"
#include "app/client/plain.h"
#include "app/client/proxied.h"
#include "app/client/shapes.h"
#include "app/client/visit.h"
#include "net/veil.h"
#include "os/sock.h"

enum {
	PATIENCE = 5000, /* ms, to connect */
	PARKED = 600     /* after that the relay gives up, or has given up, a
			  * parked connection that has not answered */
};

bool links_fresh(struct links *ls, struct bytes out_id)
{
	struct served *s = &ls->served[ls->next % LINKS_SERVED];

	for (size_t i = 0; i < LINKS_SERVED; i++) {
		struct bytes had = { ls->served[i].out_id, ls->served[i].n };

		if (bytes_equal(had, out_id))
			return false;
	}
	s->n = (uint8_t)out_id.n;
	memcpy(s->out_id, out_id.p, out_id.n);
	ls->next++;
	return true;
}

/* Not when the relay has been told that it failed, which it may hear late. */
static void unserve(struct link *l)
{
	struct links *ls = &l->client->links;

	if (l->state >= LINK_HEADER && l->pair.ab.moved == 0 &&
	    ls->next - l->served <= LINKS_SERVED)
		ls->served[l->served % LINKS_SERVED].n = 0;
}

static struct net *net_of(const struct link *l)
{
	return l->client->net;
}

static struct bytes out_id_of(const struct link *l)
{
	return (struct bytes){ l->opening->out_id, l->opening->out_id_n };
}

static void enter(struct link *l, enum link_state state)
{
	static const char *const names[] = {
#define X(name) #name,
		LINK_STATES(X)
#undef X
	};

	log_debug(net_of(l)->log, l->entry->who, "link %u %s",
		  (unsigned)slots_name(&l->client->links.table, l).index,
		  names[state]);
	l->state = state;
}

/* ---- ending ---- */

static void say_end(const struct link *l, int err)
{
	uint8_t from[64];
	struct fmt f = fmt_to(SPAN(from));

	if (l->from.family != ADDR_NONE)
		addr_print(&f, &l->from);
	else
		fmt_put(&f, "a visitor");
	log_info(net_of(l)->log, l->entry->who,
		 "%s ended in=%llu out=%llu seconds=%llu reason=\"%s\"",
		 fmt_text(&f), (unsigned long long)l->pair.ab.moved,
		 (unsigned long long)l->pair.ba.moved,
		 (unsigned long long)(net_of(l)->loop->now - l->since) / 1000,
		 err ? err_text(err) : "done");
}

static void forget_opening(struct link *l)
{
	if (l->opening)
		slots_put(&l->client->links.openings, l->opening);
	l->opening = NULL;
}

static void end_dial(struct link *l, int err)
{
	(void)err;
	dial_stop(&l->opening->dial);
	if (l->opening->park)
		park_drop(l->opening->park);
	if (l->opening->fd >= 0)
		sock_close(l->opening->fd, false);
}

static void end_opening(struct link *l, int err)
{
	timer_stop(&l->opening->timer, net_of(l)->loop);
	stream_stop(&l->relay.stream, err == -NAT_ERESET);
	if (l->opening->fd >= 0)
		sock_close(l->opening->fd, false);
}

static void end_pair(struct link *l, int err)
{
	struct traffic t = pair_moved(&l->pair);

	say_end(l, err);
	traffic_add(&l->entry->past, &t);
	shapes_leave(l);
	pair_stop(&l->pair, err);
}

void link_end(struct link *l, int err)
{
	static void (*const ends[])(struct link *, int) = {
		[LINK_SERVICE] = end_dial,   [LINK_RELAY] = end_dial,
		[LINK_HEADER] = end_opening, [LINK_HOLD] = end_opening,
		[LINK_CLOSE] = end_opening,  [LINK_PAIR] = end_pair,
	};

	net_count(net_of(l), err);
	unserve(l);
	l->entry->visitors--;
	ends[l->state](l, err);
	forget_opening(l);
	slots_put(&l->client->links.table, l);
}

void links_end(struct client *c, bool all)
{
	slots_each (struct link, at, &c->links.table) {
		if (all || at.it->state != LINK_PAIR)
			link_end(at.it, -NAT_ERESET);
	}
}

/* ---- joining ---- */

static void over(struct pair *p, int err)
{
	link_end(container_of(p, struct link, pair), err);
}

void link_join(struct link *l)
{
	const struct proxied_ends ends = { l->from, l->opening->at };
	int fd = l->opening->fd;

	timer_stop(&l->opening->timer, net_of(l)->loop);
	forget_opening(l);
	enter(l, LINK_PAIR);
	tcp_start(&l->service, net_of(l), fd, &l->pair.from_b);
	proxied_say(&l->service.stream, &l->entry->service, &ends);
	pair_join(&l->pair, net_of(l), &l->relay.stream, &l->service.stream,
		  over);
	shapes_join(l);
	pair_go(&l->pair);
}

/* The header stands alone in its segment toward an original server. */
static void say_header(struct link *l)
{
	bool plain = l->client->conf->plain;
	uint8_t mac[FASTNAT_MAC];
	struct fastnat m = {
		.has = HAS_OUT_ID | (l->opening->parked ? HAS_OK
				     : plain            ? 0u
							: HAS_MAC),
		.out_id = out_id_of(l),
		.yes = 1,
		.mac = { mac, FASTNAT_MAC },
	};

	if (m.has & HAS_MAC)
		fastnat_data_mac(mac, l->client->control.secrets.key, m.out_id);
	if (talk_say(&l->relay.stream, &m, m.has & HAS_MAC) < 0)
		return;
	if (l->opening->fd < 0) {
		enter(l, LINK_CLOSE);
		stream_finish(&l->relay.stream);
	} else if (plain) {
		enter(l, LINK_HOLD);
		plain_hold(l);
	} else {
		link_join(l);
	}
}

static void woken(struct waker *w, unsigned what)
{
	struct link *l = container_of(w, struct opening, waker)->link;

	if ((what & STREAM_DOWN) && !outward_bare(l->client))
		control_failed(&l->client->control, out_id_of(l),
			       "no handshake with intPort");
	if ((what & STREAM_DOWN) || l->relay.stream.finished)
		link_end(l, l->relay.stream.err);
	else if (l->state == LINK_HEADER)
		say_header(l);
	else if (l->state == LINK_HOLD)
		plain_look(l);
}

static void relay_dialled(struct dial *d, int fd)
{
	struct link *l = container_of(d, struct opening, dial)->link;

	if (fd < 0) {
		entry_trouble(l->entry, net_of(l),
			      "the relay's port %u for visitors: %s",
			      (unsigned)l->opening->to.port, err_text(fd));
		control_failed(&l->client->control, out_id_of(l),
			       "the client cannot reach intPort");
		link_end(l, fd);
		return;
	}
	enter(l, LINK_HEADER);
	l->opening->waker.wake = woken;
	tcp_start(&l->relay, net_of(l), fd, &l->opening->waker);
	if (!outward_open(l->client, &l->relay, l->opening->to.port))
		link_end(l, -NAT_ELIMIT);
	else if (!veil_waits(&l->relay))
		say_header(l);
}

static void dial_relay(struct link *l)
{
	enter(l, LINK_RELAY);
	outward_dial(l->client, &l->opening->dial, &l->opening->to,
		     relay_dialled);
}

/* An original server learns it from a connection that ends at once. */
static void refuse(struct link *l, int err)
{
	const char *text = err_text(err);
	uint8_t local[256];
	struct fmt f = fmt_to(SPAN(local));

	service_print_local(&f, &l->entry->service);
	entry_trouble(l->entry, net_of(l), "%s: %s: is the service running?",
		      fmt_text(&f), text);
	if (l->client->conf->plain) {
		dial_relay(l);
		return;
	}
	control_failed(&l->client->control, out_id_of(l), text);
	link_end(l, err);
}

/* The relay hears on it that all is well, and then the service. */
static void use_park(struct link *l)
{
	enter(l, LINK_HEADER);
	l->opening->parked = true;
	l->opening->waker.wake = woken;
	park_move(l->opening->park, &l->relay, &l->opening->waker);
	l->opening->park = NULL;
	say_header(l);
}

static void service_dialled(struct dial *d, int fd)
{
	struct link *l = container_of(d, struct opening, dial)->link;

	if (fd < 0) {
		refuse(l, fd);
		return;
	}
	l->opening->fd = fd;
	if (l->opening->park && net_of(l)->loop->now - l->since > PARKED)
		link_unparked(l);
	if (l->opening->park)
		use_park(l);
	else
		dial_relay(l);
}

/* ---- beginning ---- */

void link_unparked(struct link *l)
{
	park_drop(l->opening->park);
	l->opening->park = NULL;
}

/* A private service is visited by clients of the relay. */
static void say_visit(const struct link *l, const struct fastnat *m)
{
	enum { MOST = 64 };

	if ((m->has & HAS_NAME) && (m->has & HAS_FROM))
		log_info(net_of(l)->log, l->entry->who, "%.*s is client %.*s",
			 (int)min_size(m->from.n, MOST),
			 (const char *)m->from.p, (int)m->name.n,
			 (const char *)m->name.p);
}

static void begin_opening(struct link *l, const struct fastnat *m,
			  const struct link_from *from)
{
	struct opening *o = l->opening;

	o->link = l;
	o->to = from->relay;
	o->park = from->park;
	if (o->park)
		o->park->link = l;
	if (m->has & HAS_TO)
		visit_from(&o->at, m->host);
	o->fd = -1;
	o->out_id_n = (uint8_t)m->out_id.n;
	memcpy(o->out_id, m->out_id.p, m->out_id.n);
}

int link_open(struct client *c, struct entry *e, const struct fastnat *m,
	      const struct link_from *from)
{
	struct link *l = slots_get(&c->links.table);

	if (!l)
		return -NAT_ELIMIT;
	l->client = c;
	l->entry = e;
	e->visitors++;
	e->past.visitors++;
	l->since = c->net->loop->now;
	l->served = c->links.next - 1; /* whose outId was fresh just now */
	if (m->has & HAS_FROM)
		visit_from(&l->from, m->from);
	say_visit(l, m);
	l->opening = slots_get(&c->links.openings); /* as many as links */
	begin_opening(l, m, from);
	enter(l, LINK_SERVICE);
	if (e->service.edge.transparent)
		dial_as(&l->opening->dial, &l->from);
	entry_dial(e, &l->opening->dial, net_of(l), PATIENCE, service_dialled);
	return 0;
}
