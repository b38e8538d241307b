#include "app/client/plain.h"
#include "app/client/inner.h"
#include "app/client/visit.h"
#include "os/sock.h"

enum { POLL_MS = 15, QUIET_MS = 100 };

/* An original server tells the port only when a visitor has come to it. */
static void published(struct control *ctl, const struct fastnat *m)
{
	struct entry *e = entries_any(&ctl->client->entries);

	if (!(m->has & HAS_OUT_PORT) ||
	    (e->state == ENTRY_PUBLISHED && e->port == m->out_port))
		return;
	e->state = ENTRY_PUBLISHED;
	e->port = m->out_port;
	entry_print(e, &ctl->relays);
}

int plain_ready(struct control *ctl, const struct fastnat *m)
{
	published(ctl, m);
	return 0;
}

int plain_visit(struct control *ctl, const struct fastnat *m)
{
	published(ctl, m);
	return visit_of(ctl, entries_any(&ctl->client->entries), m);
}

const char *client_plain_fault(void)
{
	return NULL;
}

/* Where nobody can tell what is acknowledged, time alone must do. */
static void poll(struct timer *t)
{
	struct opening *o = container_of(t, struct opening, timer);
	struct link *l = o->link;
	struct loop *loop = l->client->net->loop;

	if (!o->release && sock_unacked(tcp_fd(&l->relay)) <= 0)
		o->release = loop->now + QUIET_MS;
	if (o->release && loop->now >= o->release) {
		link_join(l);
		return;
	}
	timer_start(t, loop, loop->now + POLL_MS);
}

void plain_hold(struct link *l)
{
	struct loop *loop = l->client->net->loop;

	timer_init(&l->opening->timer, poll);
	timer_start(&l->opening->timer, loop, loop->now + POLL_MS);
}

void plain_look(struct link *l)
{
	struct stream *s = &l->relay.stream;

	if (stream_peek(s, 1).p || s->ended)
		link_join(l);
}
