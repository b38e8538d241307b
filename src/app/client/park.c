#include "app/client/park.h"
#include "app/client/inner.h"
#include "app/client/shares.h"
#include "app/client/visit.h"
#include "net/veil.h"
#include "os/sock.h"
#include "wire/fastnat.h"

enum {
	LOOK_MS = 10000, /* ms; how often demand is looked at */
	UNACKED_MS = 20000
};

bool park_shares(const struct park *p)
{
	return shares_known && p->shares;
}

static uint32_t unused(const struct parks *ps)
{
	uint32_t n = 0;

	slots_each (struct park, p, &ps->table)
		n += !p.it->link && !park_shares(p.it);
	return n;
}

/* ---- ending ---- */

static void leave(struct park *p)
{
	slots_put(&p->client->parks.table, p);
}

void park_drop(struct park *p)
{
	if (p->open)
		stream_stop(&p->tcp.stream, false);
	else
		dial_stop(&p->dial);
	leave(p);
}

void park_move(struct park *p, struct tcp *to, struct waker *up)
{
	tcp_move(to, &p->tcp, up);
	leave(p);
}

/* ---- saying ---- */

/* False: p is gone. */
static bool say_header(struct park *p)
{
	const struct control *ctl = &p->client->control;
	struct fastnat m = {
		.has = HAS_OUT_ID | HAS_ID | HAS_N | HAS_MAC,
		.out_id = BYTES(""),
		.id = control_id(ctl),
		.n = ++p->client->parks.n,
	};
	uint8_t mac[FASTNAT_MAC];

	fastnat_park_mac(mac, ctl->secrets.key, m.id, m.n);
	m.mac = (struct bytes){ mac, sizeof mac };
	if (talk_say(&p->tcp.stream, &m, true) == 0)
		return true;
	park_drop(p);
	return false;
}

/* ---- hearing ---- */

/* False: p is gone, or given away. */
static bool obey(struct park *p, const struct fastnat *m)
{
	struct fastnat pong = { .command = FASTNAT_PONG };

	p->heard = p->client->net->loop->now;
	if (shares_known && m->command == FASTNAT_START_PROXY &&
	    (m->has & HAS_N)) {
		shares_take(p);
		return false;
	}
	if (m->command == FASTNAT_START_PROXY) {
		visit_parked(p->client, m, p);
		return false;
	}
	if (m->command != FASTNAT_PING ||
	    talk_say(&p->tcp.stream, &pong, true) < 0) {
		park_drop(p);
		return false;
	}
	return true;
}

static void look(struct park *p)
{
	struct heard h;
	int rc;

	while ((rc = talk_hear(&p->tcp.stream, &p->scan, &h)) > 0)
		if (!obey(p, &h.m))
			return;
	if (rc < 0 || p->tcp.stream.err || p->tcp.stream.ended)
		park_drop(p);
}

/* One that is given away is read by nobody until it moves. */
static void wake(struct waker *w, unsigned what)
{
	struct park *p = container_of(w, struct park, waker);

	if (veil_known && (what & STREAM_OPEN) && !say_header(p))
		return;
	if (!p->link)
		look(p);
	else if (what & STREAM_DOWN)
		link_unparked(p->link);
}

/* ---- opening ---- */

static void dialled(struct dial *d, int fd)
{
	struct park *p = container_of(d, struct park, dial);

	if (fd < 0) {
		leave(p);
		return;
	}
	p->open = true;
	p->heard = p->client->net->loop->now;
	sock_user_timeout(fd, UNACKED_MS);
	tcp_start(&p->tcp, p->client->net, fd, &p->waker);
	if (!outward_data(p->client, &p->tcp))
		park_drop(p);
	else if (!veil_waits(&p->tcp))
		say_header(p);
}

static void fill(struct client *c)
{
	struct parks *ps = &c->parks;
	struct addr relay;

	if (control_int_port(&c->control, &relay) < 0)
		return;
	for (uint32_t n = unused(ps); n < ps->want; n++) {
		struct park *p = slots_get(&ps->table);

		if (!p)
			return;
		p->client = c;
		p->waker.wake = wake;
		outward_dial(c, &p->dial, &relay, dialled);
	}
}

struct park *park_shared(struct client *c)
{
	struct park *p = slots_get(&c->parks.table);

	if (!p)
		return NULL;
	p->client = c;
	p->open = p->shares = true;
	p->waker.wake = wake;
	p->heard = c->net->loop->now;
	return p;
}

void parks_used(struct client *c)
{
	struct parks *ps = &c->parks;
	uint32_t left = unused(ps);

	if (left < ps->spare)
		ps->spare = left;
	if (left == 0 && ps->want < c->conf->max_parked)
		ps->want = (uint32_t)min_size(2 * (size_t)ps->want,
					      c->conf->max_parked);
	fill(c);
}

/* What was not used of late is too much; what is silent is dead. */
static void look_around(struct timer *t)
{
	struct client *c = container_of(t, struct client, parks.timer);
	struct parks *ps = &c->parks;
	int64_t dead = c->net->loop->now - 3 * c->control.heartbeat;
	uint32_t many = ps->spare / 2;

	ps->want = many < ps->want ? ps->want - many : 1;
	slots_each (struct park, p, &ps->table) {
		bool extra = !park_shares(p.it) && unused(ps) > ps->want;

		if (!p.it->link && p.it->open && (extra || p.it->heard < dead))
			park_drop(p.it);
	}
	fill(c);
	ps->spare = unused(ps);
	timer_start(t, c->net->loop, c->net->loop->now + LOOK_MS);
}

void parks_init(struct client *c)
{
	struct parks *ps = &c->parks;

	slots_init(&ps->table, SPAN(ps->mem), sizeof(struct park),
		   COUNT(ps->mem));
	timer_init(&ps->timer, look_around);
}

void parks_fit(struct client *c)
{
	struct parks *ps = &c->parks;

	ps->want = (uint32_t)min_size(ps->want, c->conf->max_parked);
	if (!c->conf->max_parked)
		parks_end(c);
	if (!c->conf->max_parked || timer_runs(&ps->timer))
		return;
	ps->want = ps->spare = 1;
	fill(c);
	timer_start(&ps->timer, c->net->loop, c->net->loop->now + LOOK_MS);
}

void parks_end(struct client *c)
{
	timer_stop(&c->parks.timer, c->net->loop);
	slots_each (struct park, p, &c->parks.table)
		if (!p.it->link)
			park_drop(p.it);
}
