#include "app/tracker/probe.h"
#include "base/cur.h"
#include "os/rand.h"

enum { WAITS = 2000, /* ms */ MINUTES = 60 };

void prober_init(struct prober *r, struct net *net, const struct map_seed *seed)
{
	r->net = net;
	limit_init(&r->named, SPAN(r->rates), seed);
}

static void end(struct probe *p)
{
	timer_stop(&p->end, p->prober->net->loop);
	udp_stop(&p->udp);
}

void prober_stop(struct prober *r)
{
	for (int i = 0; i < PROBES; i++)
		if (udp_runs(&r->probes[i].udp))
			end(&r->probes[i]);
}

/* ---- where strangers may not send us ---- */

/* As IPv4 behind ::ffff:0:0/96 and as IPv6: RFC 6890, multicast. */
static const struct {
	uint8_t ip[16];
	uint8_t bits;
} inner[] = {
#define IP4(...) \
	{ \
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, __VA_ARGS__ \
	}
	{ IP4(0), 96 + 8 },
	{ IP4(10), 96 + 8 },
	{ IP4(100, 64), 96 + 10 },
	{ IP4(127), 96 + 8 },
	{ IP4(169, 254), 96 + 16 },
	{ IP4(172, 16), 96 + 12 },
	{ IP4(192, 168), 96 + 16 },
	{ IP4(224), 96 + 3 },
	{ { 0 }, 64 },
	{ { 0xfc }, 7 },
	{ { 0xfe, 0x80 }, 9 },
	{ { 0xff }, 8 },
#undef IP4
};

static bool is_inner(const struct addr *a)
{
	for (size_t i = 0; i < COUNT(inner); i++) {
		uint8_t ip[16];

		addr_cut(ip, a, inner[i].bits);
		if (inner[i].bits < 96 && addr_is_ip4(a))
			continue;
		if (memcmp(ip, inner[i].ip, sizeof ip) == 0)
			return true;
	}
	return false;
}

/* ---- asking ---- */

/* limit.h counts by the second: its clock goes sixty times slower here. */
static bool may_name(struct prober *r, const struct addr *a, bool who)
{
	static const struct limit_rate rates[] = { { 1, 1 }, { 4, 4 } };
	uint8_t key[20] = { 0 };

	if (who)
		addr_host(key, a);
	else
		addr_cut(key, a, 128);
	key[16] = (uint8_t)(who ? 0 : a->port >> 8);
	key[17] = (uint8_t)(who ? 0 : a->port);
	key[18] = who;
	return limit_take(&r->named, bytes_in(SPAN(key)), &rates[who],
			  r->net->loop->now / MINUTES);
}

static bool is_answer(const struct probe *p, struct bytes b)
{
	struct stun m;
	struct addr a;

	if (stun_parse(&m, b) == 0)
		return m.type == STUN_BINDING_OK &&
		       memcmp(m.id, p->id, sizeof p->id) == 0;
	return addr_parse(&a, b) == 0;
}

static void come(struct udp *u)
{
	struct probe *p = container_of(u, struct probe, udp);
	struct datagram d;
	bool good = false;

	while (udp_next(u, &d))
		good = good || is_answer(p, d.data);
	if (!good && !u->err)
		return;
	end(p);
	if (good)
		p->prober->heard(p->prober, p);
}

static void late(struct timer *t)
{
	end(container_of(t, struct probe, end));
}

static void send(struct probe *p)
{
	static const struct udp_to peer = { NULL, NULL };
	struct stun m = { .type = STUN_BINDING };
	uint8_t room[STUN_HEAD];
	struct fmt f = fmt_to(SPAN(room));

	memcpy(m.id, p->id, sizeof m.id);
	stun_print(&f, &m);
	udp_send(&p->udp, &peer, BYTES(""), fmt_done(&f));
	udp_send(&p->udp, &peer, BYTES("//nat"), BYTES(""));
	udp_flush(p->prober->net);
}

static struct probe *idle_one(struct prober *r)
{
	for (int i = 0; i < PROBES; i++)
		if (!udp_runs(&r->probes[i].udp))
			return &r->probes[i];
	return NULL;
}

void prober_ask(struct prober *r, const struct addr *at, const struct addr *by,
		struct slot_name member)
{
	struct probe *p = idle_one(r);

	if (!p || at->port == 0 || (is_inner(at) && !is_inner(by)) ||
	    !may_name(r, by, true) || !may_name(r, at, false))
		return;
	*p = (struct probe){ .prober = r, .at = *at, .member = member };
	rand_fill(SPAN(p->id));
	timer_init(&p->end, late);
	if (udp_connect(&p->udp, r->net, at, come) < 0)
		return;
	timer_start(&p->end, r->net->loop, r->net->loop->now + WAITS);
	send(p);
}
