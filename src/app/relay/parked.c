#include "app/relay/parked.h"
#include "app/relay/visitor.h"

static void leave(struct parked *p)
{
	struct session *s = p->session;

	timer_stop(&p->timer, s->relay->net->loop);
	list_remove(&p->node);
	s->parking.n--;
	slots_put(&s->relay->parked, p);
}

static void stop(struct parked *p)
{
	stream_stop(&p->tcp.stream, false);
	leave(p);
}

/* Nothing but answers to our pings is said here. */
static void wake(struct waker *w, unsigned what)
{
	struct parked *p = container_of(w, struct parked, waker);
	struct heard h;
	int rc;

	(void)what;
	while ((rc = talk_hear(&p->tcp.stream, &p->scan, &h)) > 0) {
		if (h.m.command != FASTNAT_PONG)
			break;
		p->heard = relay_now(p->session->relay);
	}
	if (rc || p->tcp.stream.err || p->tcp.stream.ended)
		stop(p);
}

static void beat(struct timer *t)
{
	struct parked *p = container_of(t, struct parked, timer);
	struct relay *r = p->session->relay;
	int64_t heartbeat = p->session->as.heartbeat;
	struct fastnat ping = { .command = FASTNAT_PING };

	if (relay_now(r) - p->heard > 2 * heartbeat ||
	    talk_say(&p->tcp.stream, &ping, true) < 0)
		stop(p);
	else
		timer_start(t, r->net->loop, relay_now(r) + heartbeat);
}

bool parked_start(struct session *s, struct tcp *from, uint32_t n)
{
	struct relay *r = s->relay;
	struct parked *p;

	if (s->parking.n == PARKED_MOST ||
	    !carrier_fresh(&s->parking.numbers, n))
		return false;
	p = slots_get(&r->parked);
	if (!p)
		return false;
	p->session = s;
	p->waker.wake = wake;
	p->heard = relay_now(r);
	tcp_move(&p->tcp, from, &p->waker);
	timer_init(&p->timer, beat);
	timer_start(&p->timer, r->net->loop, p->heard + s->as.heartbeat);
	list_append(&s->parking.list, &p->node);
	s->parking.n++;
	return true;
}

bool parked_use(struct session *s, struct visitor *v)
{
	struct parked *p;

	if (list_alone(&s->parking.list))
		return false;
	p = container_of(s->parking.list.prev, struct parked, node);
	visitor_ask(v, &p->tcp);
	leave(p);
	return true;
}

void parked_give(struct session *s, struct tcp *to, struct waker *up)
{
	struct parked *p =
		container_of(s->parking.list.prev, struct parked, node);

	tcp_move(to, &p->tcp, up);
	leave(p);
}

void parked_stop(struct session *s)
{
	list_each (at, &s->parking.list)
		stop(container_of(at, struct parked, node));
}
