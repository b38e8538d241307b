#include "app/client/lane.h"
#include "app/client/udplink.h"
#include "app/client/inner.h"
#include "base/cur.h"
#include "net/bufs.h"

enum {
	HELLO_MS = 15000, /* less than any NAT forgets a UDP mapping in */
	AGAIN_MS = 1000,  /* unanswered: so soon, */
	AGAIN_TIMES = 5,  /* so often */
	STALE_MS = 1000,
	EARLY_HEAD = 10 /* flow (4), counter (4), length (2) */
};

/* ---- hello ---- */

static void hello(struct timer *t)
{
	struct client *c = container_of(t, struct client, lane.timer);
	struct lane *p = &c->lane;
	struct carrier say = { .payload = control_id(&c->control) };
	bool soon = p->unanswered < AGAIN_TIMES;

	p->unanswered++;
	say.counter = ++p->sent;
	lane_say(c, &say);
	udp_flush(c->net);
	timer_start(t, c->net->loop,
		    c->net->loop->now + (soon ? AGAIN_MS : HELLO_MS));
}

static void answered(struct client *c)
{
	struct lane *p = &c->lane;

	if (p->unanswered > AGAIN_TIMES)
		log_debug(c->net->log, "client", "the UDP path works");
	p->unanswered = 0;
	timer_start(&p->timer, c->net->loop, c->net->loop->now + HELLO_MS);
}

/* ---- datagrams ahead of the word that tells of their flow ---- */

static void let_go(struct client *c)
{
	struct lane *p = &c->lane;

	if (p->early)
		bufs_put(c->net, p->early);
	p->early = NULL;
	timer_stop(&p->stale, c->net->loop);
}

static void stale(struct timer *t)
{
	let_go(container_of(t, struct client, lane.stale));
}

static void keep_early(struct client *c, const struct carrier *got)
{
	struct lane *p = &c->lane;
	size_t n = got->payload.n;
	struct buf *b = p->early;
	uint8_t *to;

	if (!b) {
		b = p->early = bufs_get(c->net, POOL_68K, POOL_IN);
		timer_start(&p->stale, c->net->loop,
			    c->net->loop->now + STALE_MS);
	}
	if (!b || b->size - b->end < EARLY_HEAD + n) {
		p->lost++;
		return;
	}
	to = b->p + b->end;
	carrier_put_u32(to, got->flow);
	carrier_put_u32(to + 4, got->counter);
	to[8] = (uint8_t)(n >> 8);
	to[9] = (uint8_t)n;
	if (n)
		memcpy(to + EARLY_HEAD, got->payload.p, n);
	b->end += (uint32_t)(EARLY_HEAD + n);
}

void lane_deliver_early(struct client *c, struct udplink *f)
{
	struct buf *b = c->lane.early;
	struct cur in;

	if (!b)
		return;
	in = cur_of((struct bytes){ b->p, b->end });
	while (cur_left(&in)) {
		uint32_t flow = cur_u32(&in), counter = cur_u32(&in);
		size_t n = (size_t)cur_u8(&in) << 8;
		struct bytes data;

		n |= cur_u8(&in);
		data = cur_bytes(&in, n);
		if (flow == f->id && carrier_fresh(&f->window, counter))
			udplink_serve(f, data);
	}
	udp_flush(c->net);
}

/* ---- datagrams from the relay ---- */

static void hear_flow(struct client *c, const struct carrier *got)
{
	struct udplink *f = udplink_of_id(c, got->flow);

	if (!f || !udp_runs(&f->service))
		keep_early(c, got);
	else if (carrier_fresh(&f->window, got->counter))
		udplink_serve(f, got->payload);
}

static void come(struct udp *u)
{
	struct client *c = container_of(u, struct client, lane.udp);
	struct datagram d;
	struct carrier got;

	while (udp_next(u, &d)) {
		if (carrier_parse(&got, d.data) < 0 ||
		    !carrier_proven(&got, &c->lane.key, FASTNAT_RELAY))
			continue;
		if (got.flow)
			hear_flow(c, &got);
		else if (carrier_fresh(&c->lane.window, got.counter))
			answered(c);
	}
	udp_flush(c->net);
}

/* ---- coming and going ---- */

void lane_init(struct lane *p)
{
	timer_init(&p->timer, hello);
	timer_init(&p->stale, stale);
}

void lane_start(struct client *c, const struct addr *relay)
{
	struct lane *p = &c->lane;
	int rc = udp_connect(&p->udp, c->net, relay, come);

	if (rc < 0) {
		log_debug(c->net->log, "client", "no UDP path: %s",
			  err_text(rc));
		return;
	}
	carrier_key_init(&p->key, c->control.secrets.key);
	p->window = (struct carrier_window){ 0 };
	p->sent = p->unanswered = 0;
	hello(&p->timer);
}

void lane_renew(struct client *c)
{
	struct lane *p = &c->lane;
	struct addr relay;

	if (!udp_runs(&p->udp) || control_int_port(&c->control, &relay) < 0)
		return;
	udp_stop(&p->udp);
	p->unanswered = 0;
	if (udp_connect(&p->udp, c->net, &relay, come) == 0)
		hello(&p->timer);
	else
		timer_stop(&p->timer, c->net->loop);
}

void lane_stop(struct client *c)
{
	struct lane *p = &c->lane;

	timer_stop(&p->timer, c->net->loop);
	let_go(c);
	udp_stop(&p->udp);
	carrier_key_wipe(&p->key);
}

void lane_say(struct client *c, const struct carrier *say)
{
	static const struct udp_to relay = { NULL, NULL };
	struct lane *p = &c->lane;
	uint8_t head[CARRIER_HEAD];

	if (!udp_runs(&p->udp)) {
		p->lost++;
		return;
	}
	carrier_head(head, say, &p->key, FASTNAT_CLIENT);
	udp_send(&p->udp, &relay, (struct bytes){ head, sizeof head },
		 say->payload);
}
