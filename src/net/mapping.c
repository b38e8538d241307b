#include "net/mapping.h"
#include "os/rand.h"

enum { PATIENCE = 5000 /* ms, of HTTP */ };

/* ---- saying ---- */

static void say_ssdp(struct mapping *m, struct bytes text)
{
	struct addr many = { .family = ADDR_IP4,
			     .port = UPNP_PORT,
			     .ip = { 239, 255, 255, 250 } };
	struct addr one = m->conf.gateway;
	const struct udp_to to_many = { &many, NULL }, to_one = { &one, NULL };

	if (!udp_runs(&m->ssdp))
		return;
	one.port = UPNP_PORT;
	udp_send(&m->ssdp, &to_many, BYTES(""), text);
	udp_send(&m->ssdp, &to_one, BYTES(""), text);
	udp_flush(m->net);
}

static void send(struct mapping *m, const struct portmap_out *out)
{
	const struct udp_to peer = { NULL, NULL };

	if (out->by == PORTMAP_BY_SSDP) {
		say_ssdp(m, fmt_done(out->f));
	} else if (out->by == PORTMAP_BY_HTTP) {
		fetch_stop(&m->fetch);
		fetch_start(&m->fetch, m->net, &out->to, fmt_done(out->f),
			    PATIENCE);
	} else {
		udp_send(&m->gateway, &peer, BYTES(""), fmt_done(out->f));
		udp_flush(m->net);
	}
}

/* The last thing that is done in a turn. */
static void go_on(struct mapping *m)
{
	struct loop *l = m->net->loop;
	uint8_t room[UPNP_ASK];
	struct fmt f = fmt_to(SPAN(room));
	struct portmap_out out = { .f = &f };
	int64_t due;

	while (portmap_say(&m->map, &out, l->now)) {
		send(m, &out);
		f.n = 0;
	}
	due = portmap_due(&m->map);
	if (due < 0)
		timer_stop(&m->due, l);
	else
		timer_start(&m->due, l, due);
	m->changed(m);
}

static void late(struct timer *t)
{
	go_on(container_of(t, struct mapping, due));
}

static void look(struct soon *s)
{
	go_on(container_of(s, struct mapping, look));
}

/* ---- hearing ---- */

static void gateway_says(struct udp *u)
{
	struct mapping *m = container_of(u, struct mapping, gateway);
	struct datagram d;

	while (udp_next(u, &d))
		portmap_hear(&m->map, d.data, m->net->loop->now);
	go_on(m);
}

static void ssdp_says(struct udp *u)
{
	struct mapping *m = container_of(u, struct mapping, ssdp);
	struct datagram d;

	while (udp_next(u, &d))
		if (addr_same_ip(d.peer, &m->conf.gateway))
			portmap_hear_ssdp(&m->map, d.data, m->net->loop->now);
	go_on(m);
}

static void http_says(struct fetch *f, unsigned status, struct bytes body)
{
	struct mapping *m = container_of(f, struct mapping, fetch);

	portmap_hear_http(&m->map, status, body, m->net->loop->now);
	go_on(m);
}

/* ---- life ---- */

/* Without SSDP, of IPv6 say, there are two ways left. */
static void start_ssdp(struct mapping *m)
{
	if (m->conf.gateway.family != ADDR_IP4 ||
	    udp_bind(&m->ssdp, m->net, BYTES("0.0.0.0"), 0, ssdp_says) < 0)
		m->ssdp.io.loop = NULL;
}

int mapping_start(struct mapping *m, struct net *net, struct span page,
		  void (*changed)(struct mapping *m))
{
	uint8_t random[PCP_NONCE];
	struct addr to = m->conf.gateway;
	int rc;

	m->net = net;
	m->changed = changed;
	to.port = PCP_PORT;
	rc = udp_connect(&m->gateway, net, &to, gateway_says);
	if (rc < 0)
		return rc;
	m->conf.own = m->gateway.at;
	start_ssdp(m);
	fetch_init(&m->fetch, page, http_says);
	rand_fill(SPAN(random));
	portmap_init(&m->map, &m->conf, bytes_in(SPAN(random)), net->loop->now);
	timer_init(&m->due, late);
	soon_init(&m->look, look);
	soon_start(&m->look, net->loop);
	return 0;
}

void mapping_leave(struct mapping *m)
{
	portmap_leave(&m->map, m->net->loop->now);
	soon_start(&m->look, m->net->loop);
}

void mapping_stop(struct mapping *m)
{
	if (!udp_runs(&m->gateway))
		return;
	soon_stop(&m->look);
	timer_stop(&m->due, m->net->loop);
	fetch_stop(&m->fetch);
	udp_stop(&m->ssdp);
	udp_stop(&m->gateway);
}
