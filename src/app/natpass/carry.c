#include "app/natpass/carry.h"
#include "app/natpass/inner.h"
#include "os/sock.h"

enum { PATIENCE = 5000 };

static struct net *net_of(const struct carry *c)
{
	return c->agent->net;
}

static void put(struct carry *c)
{
	if (c->rule)
		slots_put(&c->agent->rules.carries, c);
	else
		kind_put(c->agent, NATPASS_TCP, c);
}

static void say_end(const struct carry *c, int err)
{
	struct traffic t = pair_moved(&c->pair);

	log_info(net_of(c)->log, "natpass",
		 "%.*s %.*s:%u ended in=%llu out=%llu seconds=%llu "
		 "reason=\"%s\"",
		 (int)c->link->peer.id_n, (const char *)c->link->peer.id,
		 (int)c->host_n, (const char *)c->host, (unsigned)c->port,
		 (unsigned long long)t.in, (unsigned long long)t.out,
		 (unsigned long long)(net_of(c)->loop->now - c->since) / 1000,
		 err ? err_text(err) : "done");
}

static void over(struct pair *p, int err)
{
	struct carry *c = container_of(p, struct carry, pair);

	say_end(c, err);
	pair_stop(p, err);
	put(c);
}

static void join(struct carry *c, struct stream *a, struct stream *b)
{
	c->joined = true;
	pair_start(&c->pair, net_of(c), a, b, over);
}

/* ---- asked of us ---- */

static void leave_dialling(struct waker *w, unsigned what)
{
	struct carry *c = container_of(w, struct carry, there);

	if (!(what & STREAM_DOWN))
		return;
	dial_stop(&c->dial);
	stream_stop(&c->link->stream, false);
	put(c);
}

static void refuse(struct carry *c, int err)
{
	char text[VLINK_WHY];
	struct fmt f = fmt_to(SPAN(text));

	fmt_put(&f, "%s: %.*s:%u", err_text(err), (int)c->host_n,
		(const char *)c->host, (unsigned)c->port);
	log_info(net_of(c)->log, "natpass", "%.*s asks in vain: %s",
		 (int)c->link->peer.id_n, (const char *)c->link->peer.id,
		 fmt_text(&f));
	vlink_refuse(c->link, fmt_text(&f));
	put(c);
}

static void dialled(struct dial *d, int fd)
{
	struct carry *c = container_of(d, struct carry, dial);

	if (fd < 0) {
		refuse(c, fd);
		return;
	}
	tcp_start(&c->tcp, net_of(c), fd, &c->here);
	vlink_accept(c->link);
	join(c, &c->link->stream, &c->tcp.stream);
}

static void keep_host(struct carry *c, struct bytes host, uint32_t port)
{
	c->host_n = (uint8_t)min_size(host.n, CARRY_HOST - 1);
	memcpy(c->host, host.p, c->host_n);
	c->port = (uint16_t)port;
}

void carry_asked(struct agent *a, struct vlink *l, void *place,
		 const struct natpass_request *ask)
{
	struct carry *c = place;
	struct hostport to;

	c->agent = a;
	c->link = l;
	c->since = a->net->loop->now;
	c->there.wake = leave_dialling;
	keep_host(c, ask->addr.addr, ask->addr.port);
	to.host = (struct bytes){ c->host, c->host_n };
	to.port = c->port;
	vlink_offered(l, &c->there);
	dial_start(&c->dial, a->net, &to, PATIENCE, dialled);
}

/* ---- come here ---- */

static void end_asking(struct carry *c)
{
	stream_stop(&c->tcp.stream, true);
	stream_stop(&c->link->stream, true);
	put(c);
}

/* Only its leaving matters. */
static void wake_here(struct waker *w, unsigned what)
{
	if (what & STREAM_DOWN)
		end_asking(container_of(w, struct carry, here));
}

static void wake_there(struct waker *w, unsigned what)
{
	struct carry *c = container_of(w, struct carry, there);

	if (what & STREAM_DOWN) {
		rule_trouble(c->rule, c->link);
		end_asking(c);
	} else if (what & STREAM_OPEN) {
		join(c, &c->tcp.stream, &c->link->stream);
	}
}

void carry_come(struct rule *r, int fd)
{
	struct agent *a = r->agent;
	struct carry *c = slots_get(&a->rules.carries);

	if (c) {
		c->here.wake = wake_here;
		c->there.wake = wake_there;
		c->link = vlink_open(&a->trunk, r->rule.target, &r->ask,
				     &c->there);
	}
	if (!c || !c->link) {
		if (c)
			slots_put(&a->rules.carries, c);
		sock_close(fd, true);
		return;
	}
	c->agent = a;
	c->rule = r;
	c->since = a->net->loop->now;
	keep_host(c, r->rule.to.host, r->rule.to.port);
	tcp_start(&c->tcp, a->net, fd, &c->here);
}

/* ---- the agent stops ---- */

void carry_stop(void *place)
{
	struct carry *c = place;

	if (c->joined) {
		say_end(c, -NAT_ECLOSED);
		pair_stop(&c->pair, -NAT_ECLOSED);
	} else if (c->rule) {
		end_asking(c);
		return;
	} else {
		dial_stop(&c->dial);
		stream_stop(&c->link->stream, false);
	}
	put(c);
}
