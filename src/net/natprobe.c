#include "net/natprobe.h"
#include "os/rand.h"

static void say(struct natprobe *p)
{
	struct loop *l = p->net->loop;
	uint8_t room[STUN_MOST];
	struct fmt f = fmt_to(SPAN(room));
	struct nattype_out out = { .f = &f };
	int64_t due;

	while (nattype_say(&p->type, &out, l->now)) {
		const struct udp_to to = { &out.to, NULL };

		udp_send(&p->sockets[out.socket], &to, BYTES(""), fmt_done(&f));
		udp_flush(p->net);
		f = fmt_to(SPAN(room));
	}
	due = nattype_due(&p->type);
	timer_start(&p->due, l, due < 0 ? l->now : due);
}

static void late(struct timer *t)
{
	struct natprobe *p = container_of(t, struct natprobe, due);

	if (nattype_due(&p->type) >= 0) {
		say(p);
		return;
	}
	natprobe_stop(p);
	p->done(p);
}

static void hear(struct natprobe *p, unsigned socket)
{
	struct udp *u = &p->sockets[socket];
	struct datagram d;

	while (udp_next(u, &d)) {
		struct addr here = *d.here;
		struct nattype_heard h = { .socket = socket,
					   .from = d.peer,
					   .here = &here,
					   .data = d.data };

		here.port = u->at.port;
		nattype_hear(&p->type, &h, p->net->loop->now);
	}
	say(p);
}

static void come_0(struct udp *u)
{
	hear(container_of(u, struct natprobe, sockets[0]), 0);
}

static void come_1(struct udp *u)
{
	hear(container_of(u, struct natprobe, sockets[1]), 1);
}

static void come_2(struct udp *u)
{
	hear(container_of(u, struct natprobe, sockets[2]), 2);
}

static int open_sockets(struct natprobe *p, bool four)
{
	static void (*const come[])(struct udp *) = { come_0, come_1, come_2 };
	int rc = 0;

	for (size_t i = 0; i < NATTYPE_SOCKETS && rc == 0; i++)
		rc = udp_bind(&p->sockets[i], p->net,
			      four ? BYTES("0.0.0.0") : BYTES("::"), 0,
			      come[i]);
	return rc;
}

int natprobe_start(struct natprobe *p, struct net *net,
		   const struct natprobe_ask *ask)
{
	uint8_t random[NATTYPE_ASKS * STUN_ID];
	int rc;

	*p = (struct natprobe){ .net = net, .done = ask->done };
	timer_init(&p->due, late);
	rc = open_sockets(p, ask->servers[0].family == ADDR_IP4);
	if (rc < 0) {
		natprobe_stop(p);
		return rc;
	}
	rand_fill(SPAN(random));
	nattype_init(&p->type, ask->servers, ask->count, bytes_in(SPAN(random)),
		     net->loop->now);
	if (ask->user)
		p->type.user = *ask->user;
	say(p);
	return 0;
}

void natprobe_stop(struct natprobe *p)
{
	if (!p->net)
		return;
	timer_stop(&p->due, p->net->loop);
	for (size_t i = 0; i < NATTYPE_SOCKETS; i++)
		udp_stop(&p->sockets[i]);
}
