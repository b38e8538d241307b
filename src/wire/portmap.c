#include "wire/portmap.h"

enum {
	LOOKS = 3,        /* sent while looking */
	ASKS = 5,         /* and while asking */
	FIRST_WAIT = 250, /* ms, then twice as long each time */
	GRACE = 250,      /* for a better way, behind the first answer */
	CLOCK = 60 * 1000,
	AGAIN = 120 * 1000, /* UPnP */
	REST = 30 * 1000,   /* of NONE, and between renewals that fail */
	PERMANENT = 0
};

enum step { SEARCH, DESCRIBE, ADDRESS, ADD, DELETE };

static const char *const names[] = { "PCP", "NAT-PMP", "UPnP" };

const char *portmap_name(uint8_t way)
{
	return names[way];
}

static void look(struct portmap *p, int64_t now)
{
	p->state = PORTMAP_LOOK;
	p->seen = p->failed = p->sent = 0;
	p->step = SEARCH;
	p->next = now;
	p->look_end = now + (FIRST_WAIT << LOOKS);
}

void portmap_init(struct portmap *p, const struct portmap_conf *conf,
		  struct bytes random, int64_t now)
{
	*p = (struct portmap){ .conf = conf, .look_again = -1 };
	memcpy(p->nonce, random.p, PCP_NONCE);
	p->outer.port = conf->outer;
	look(p, now);
}

/* ---- from state to state ---- */

static void set_next(struct portmap *p, int64_t now, int64_t wait)
{
	p->sent = 0;
	p->next = now + wait;
}

static void ask(struct portmap *p, int64_t now)
{
	p->state = PORTMAP_ASK;
	p->talking = false;
	if (p->way == PORTMAP_UPNP && p->step > ADDRESS)
		p->step = p->service ? ADDRESS : DESCRIBE;
	set_next(p, now, 0);
}

/* The best way that is there and has not failed; or there is none. */
static void choose(struct portmap *p, int64_t now)
{
	for (uint8_t way = 0; way < PORTMAP_WAYS; way++) {
		if (!(p->seen & ~p->failed & 1U << way))
			continue;
		p->way = way;
		ask(p, now);
		return;
	}
	if (!p->err)
		p->err = -NAT_ENOENT;
	p->state = PORTMAP_NONE;
	p->held = false;
	set_next(p, now, REST);
}

/* While the lease lasts, later; else another way. */
static void refused(struct portmap *p, int err, int64_t now)
{
	p->talking = false;
	p->err = err;
	if (p->state == PORTMAP_LEAVE) {
		p->state = PORTMAP_OVER;
	} else if (p->held && (p->until < 0 || p->until > now + REST)) {
		p->state = PORTMAP_HELD;
		set_next(p, now, REST);
	} else {
		p->failed |= (uint8_t)(1U << p->way);
		p->held = false;
		choose(p, now);
	}
}

static void granted(struct portmap *p, uint32_t lifetime, int64_t now)
{
	int64_t half = (int64_t)lifetime * 500;

	if (p->way == PORTMAP_UPNP && (half > AGAIN || lifetime == PERMANENT))
		half = AGAIN;
	p->held = true;
	p->state = PORTMAP_HELD;
	p->err = 0;
	p->until = lifetime == PERMANENT ? -1 : now + 2 * half;
	if (p->way == PORTMAP_UPNP && lifetime != PERMANENT)
		p->until = now + (int64_t)lifetime * 1000;
	set_next(p, now, half);
	p->look_again = p->way == PORTMAP_UPNP ? -1 : now + CLOCK;
}

void portmap_leave(struct portmap *p, int64_t now)
{
	if (!p->held) {
		p->state = PORTMAP_OVER;
		return;
	}
	p->state = PORTMAP_LEAVE;
	p->talking = false;
	p->step = DELETE;
	set_next(p, now, 0);
}

/* ---- saying ---- */

static void print_pcp(const struct portmap *p, struct fmt *f, uint8_t way,
		      uint8_t op)
{
	const struct portmap_conf *conf = p->conf;
	struct pcp m = { .version = way == PORTMAP_PCP ? PCP_PCP : PCP_NATPMP,
			 .op = op,
			 .protocol = conf->protocol,
			 .strict = conf->strict,
			 .inner = conf->inner,
			 .outer = p->outer.port,
			 .address = p->outer,
			 .lifetime = conf->lifetime,
			 .client = conf->own };

	memcpy(m.nonce, p->nonce, PCP_NONCE);
	if (p->state == PORTMAP_LEAVE) {
		m.lifetime = m.outer = 0;
		m.strict = false;
		m.address.family = ADDR_NONE;
	}
	pcp_print(f, &m);
}

static void print_upnp(struct portmap *p, struct fmt *f)
{
	static const uint8_t actions[] = { [ADDRESS] = UPNP_ADDRESS,
					   [ADD] = UPNP_ADD,
					   [DELETE] = UPNP_DELETE };
	struct upnp_ask a = { .at = &p->url,
			      .service = (enum upnp_service)p->service,
			      .protocol = p->conf->protocol,
			      .inner = p->conf->inner,
			      .outer = p->outer.port,
			      .lifetime = p->for_ever ? PERMANENT
						      : p->conf->lifetime,
			      .client = p->conf->own };

	if (p->step <= DESCRIBE) {
		upnp_get(f, &p->url);
		return;
	}
	a.action = (enum upnp_action)actions[p->step];
	upnp_print(f, &a);
}

/* All three in a row, each so often. */
static bool say_look(struct portmap *p, struct portmap_out *out, int64_t now)
{
	uint8_t way = p->sent % PORTMAP_WAYS, round = p->sent / PORTMAP_WAYS;

	if (round == LOOKS || p->next > now)
		return false;
	out->by = way == PORTMAP_UPNP ? PORTMAP_BY_SSDP : PORTMAP_BY_GATEWAY;
	if (way == PORTMAP_UPNP)
		upnp_search(out->f);
	else
		print_pcp(p, out->f, way, PCP_HELLO);
	if (++p->sent % PORTMAP_WAYS == 0)
		p->next = now + (FIRST_WAIT << round);
	return true;
}

static bool say_http(struct portmap *p, struct portmap_out *out)
{
	if (p->talking)
		return false;
	p->talking = true;
	out->by = PORTMAP_BY_HTTP;
	out->to = p->url.at;
	print_upnp(p, out->f);
	return true;
}

/* Has a lease run out? */
static bool is_late(const struct portmap *p, int64_t now)
{
	return p->state == PORTMAP_ASK && p->held && p->until >= 0 &&
	       p->until <= now;
}

static bool say_ask(struct portmap *p, struct portmap_out *out, int64_t now)
{
	bool soon = p->next > now;

	if (is_late(p, now) ||
	    (!soon && p->sent == ASKS && p->way != PORTMAP_UPNP)) {
		refused(p, -NAT_ETIMEOUT, now);
		return portmap_say(p, out, now);
	}
	if (p->way == PORTMAP_UPNP)
		return say_http(p, out);
	if (soon)
		return false;
	out->by = PORTMAP_BY_GATEWAY;
	print_pcp(p, out->f, p->way, PCP_MAP);
	p->next = now + (FIRST_WAIT << p->sent++);
	return true;
}

static bool say_held(struct portmap *p, struct portmap_out *out, int64_t now)
{
	if (p->next <= now) {
		ask(p, now);
		return say_ask(p, out, now);
	}
	if (p->look_again < 0 || p->look_again > now)
		return false;
	p->look_again = now + CLOCK;
	out->by = PORTMAP_BY_GATEWAY;
	print_pcp(p, out->f, p->way, PCP_HELLO);
	return true;
}

/* Who only looks has seen all there is. */
static void end_look(struct portmap *p, int64_t now)
{
	if (p->conf->inner == 0)
		p->state = PORTMAP_OVER;
	else
		choose(p, now);
}

bool portmap_say(struct portmap *p, struct portmap_out *out, int64_t now)
{
	out->to = p->conf->gateway;
	if (p->state == PORTMAP_LOOK && p->look_end <= now)
		end_look(p, now);
	if (p->state == PORTMAP_NONE && p->next <= now)
		look(p, now);
	switch (p->state) {
	case PORTMAP_LOOK:
		return say_look(p, out, now);
	case PORTMAP_ASK:
	case PORTMAP_LEAVE:
		return say_ask(p, out, now);
	case PORTMAP_HELD:
		return say_held(p, out, now);
	default:
		return false;
	}
}

int64_t portmap_due(const struct portmap *p)
{
	switch (p->state) {
	case PORTMAP_LOOK:
		return p->sent / PORTMAP_WAYS < LOOKS && p->next < p->look_end
			       ? p->next
			       : p->look_end;
	case PORTMAP_HELD:
		return p->look_again >= 0 && p->look_again < p->next
			       ? p->look_again
			       : p->next;
	case PORTMAP_ASK:
		if (p->held && p->until >= 0 && p->until < p->next)
			return p->until;
		return p->talking ? -1 : p->next;
	case PORTMAP_LEAVE:
		return p->talking ? -1 : p->next;
	case PORTMAP_NONE:
		return p->next;
	default:
		return -1;
	}
}

/* ---- hearing ---- */

/* The gateway's, of which the port is another matter. */
static void set_address(struct portmap *p, const struct addr *a)
{
	uint16_t port = p->outer.port;

	p->outer = *a;
	p->outer.port = port;
}

static void is_there(struct portmap *p, enum portmap_way way, int64_t now)
{
	p->seen |= (uint8_t)(1U << way);
	if (p->state != PORTMAP_LOOK)
		return;
	if (p->conf->inner == 0) {
		if (p->seen == (1U << PORTMAP_WAYS) - 1)
			p->look_end = now; /* that is all of them */
		return;
	}
	if (p->look_end > now + GRACE)
		p->look_end = now + GRACE;
	if (way == PORTMAP_PCP)
		p->look_end = now; /* there is none better */
}

/* RFC 6887 8.5; a clock that went back, or too fast or too slow beside ours. */
static bool has_forgotten(struct portmap *p, uint32_t epoch, int64_t now)
{
	int64_t theirs = (int64_t)epoch - p->epoch;
	int64_t ours = (now - p->epoch_at) / 1000;
	bool lost =
		p->clocked && (theirs < -1 || ours + 2 < theirs - theirs / 16 ||
			       theirs + 2 < ours - ours / 16);

	p->clocked = true;
	p->epoch = epoch;
	p->epoch_at = now;
	return lost;
}

static void hear_hello(struct portmap *p, const struct pcp *m, int64_t now)
{
	enum portmap_way way =
		m->version == PCP_PCP ? PORTMAP_PCP : PORTMAP_NATPMP;
	bool lost;

	/* NAT-PMP says 1 to PCP: of another version it speaks none */
	if (m->version == PCP_NATPMP && m->result == PCP_VERSION) {
		is_there(p, PORTMAP_NATPMP, now);
		return;
	}
	if (m->result == PCP_VERSION ||
	    (m->result != PCP_SUCCESS && way == PORTMAP_NATPMP))
		return;
	is_there(p, way, now);
	if (p->state == PORTMAP_LOOK || way != p->way)
		return;
	lost = has_forgotten(p, m->epoch, now);
	if (lost && p->state == PORTMAP_HELD)
		ask(p, now);
}

/* Is it about what was asked for? */
static bool is_ours(const struct portmap *p, const struct pcp *m)
{
	if (m->version == PCP_PCP)
		return p->way == PORTMAP_PCP &&
		       memcmp(m->nonce, p->nonce, PCP_NONCE) == 0 &&
		       m->protocol == p->conf->protocol &&
		       m->inner == p->conf->inner;
	return p->way == PORTMAP_NATPMP && m->protocol == p->conf->protocol &&
	       (m->result != PCP_SUCCESS || m->inner == p->conf->inner);
}

static void hear_map(struct portmap *p, const struct pcp *m, int64_t now)
{
	if ((p->state != PORTMAP_ASK && p->state != PORTMAP_LEAVE) ||
	    !is_ours(p, m))
		return;
	if (p->state == PORTMAP_LEAVE) {
		p->state = PORTMAP_OVER;
		return;
	}
	(void)has_forgotten(p, m->epoch, now);
	if (m->result != PCP_SUCCESS || m->outer == 0 || m->lifetime == 0) {
		refused(p, -NAT_EACCESS, now);
		return;
	}
	if (m->version == PCP_PCP)
		p->outer = m->address;
	p->outer.port = m->outer;
	granted(p, m->lifetime, now);
	if (p->conf->strict && m->outer != p->conf->outer) {
		portmap_leave(p, now); /* not what was wanted */
		p->err = -NAT_EINUSE;
	}
}

void portmap_hear(struct portmap *p, struct bytes pkt, int64_t now)
{
	struct pcp m;

	if (pcp_parse(&m, pkt) < 0)
		return;
	if (m.op == PCP_HELLO && m.version == PCP_NATPMP &&
	    m.result == PCP_SUCCESS && !(p->held && p->way != PORTMAP_NATPMP))
		set_address(p, &m.address);
	if (m.op == PCP_HELLO)
		hear_hello(p, &m, now);
	else
		hear_map(p, &m, now);
}

void portmap_hear_ssdp(struct portmap *p, struct bytes pkt, int64_t now)
{
	struct upnp_url u;

	if (p->state != PORTMAP_LOOK ||
	    upnp_found(&u, &p->conf->gateway, pkt) < 0)
		return;
	if (p->step == SEARCH)
		p->url = u;
	p->step = DESCRIBE;
	is_there(p, PORTMAP_UPNP, now);
}

static void hear_add(struct portmap *p, const struct upnp_answer *a,
		     int64_t now)
{
	if (a->error == UPNP_FOR_EVER && !p->for_ever) {
		p->for_ever = true;
		set_next(p, now, 0);
	} else if (a->error == UPNP_CONFLICT && !p->conf->strict &&
		   p->sent < ASKS) {
		p->sent++; /* another port, beyond those of services */
		p->outer.port =
			(uint16_t)(p->outer.port * 7919U % 16384U | 49152U);
	} else if (a->error) {
		refused(p,
			a->error == UPNP_CONFLICT ? -NAT_EINUSE : -NAT_EACCESS,
			now);
	} else {
		granted(p, p->for_ever ? PERMANENT : p->conf->lifetime, now);
	}
}

static void hear_soap(struct portmap *p, unsigned status, struct bytes body,
		      int64_t now)
{
	struct upnp_answer a;

	upnp_parse(&a, status, body);
	if (p->step == DELETE) {
		p->state = PORTMAP_OVER;
	} else if (p->step == ADD) {
		hear_add(p, &a, now);
	} else {
		set_address(p, &a.address);
		p->step = ADD;
	}
}

void portmap_hear_http(struct portmap *p, unsigned status, struct bytes body,
		       int64_t now)
{
	enum upnp_service service;

	if (!p->talking)
		return;
	p->talking = false;
	p->next = now;
	if (status == 0) {
		refused(p, -NAT_ETIMEOUT, now);
	} else if (p->step == DESCRIBE) {
		if (status != 200 ||
		    upnp_describe(&service, &p->url, body) < 0) {
			refused(p, -NAT_ENOENT, now);
			return;
		}
		p->service = (uint8_t)service;
		p->step = ADDRESS;
	} else {
		hear_soap(p, status, body, now);
	}
}
