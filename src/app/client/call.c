#include "app/client/call.h"
#include "app/client/inner.h"
#include "net/veil.h"
#include "os/sock.h"

enum {
	LIMIT = 15000 /* ms; until it is joined; the relay says no after 10 s */
};

static struct net *net_of(const struct call *call)
{
	return call->reach->client->net;
}

static bool is_stdio(const struct call *call)
{
	return call->local == &call->reach->client->reaches.stdio.stream;
}

static void enter(struct call *call, enum call_state state)
{
	static const char *const names[] = {
#define X(name) #name,
		CALL_STATES(X)
#undef X
	};

	log_debug(net_of(call)->log, call->reach->who, "call %s", names[state]);
	call->state = state;
}

/* ---- ending ---- */

static void say_end(const struct call *call, int err)
{
	uint8_t from[64];
	struct fmt f = fmt_to(SPAN(from));

	if (call->from.family != ADDR_NONE)
		addr_print(&f, &call->from);
	else
		fmt_put(&f, "stdio");
	log_info(net_of(call)->log, call->reach->who,
		 "%.*s ended in=%llu out=%llu seconds=%llu reason=\"%s\"",
		 (int)f.n, (const char *)from,
		 (unsigned long long)call->pair.ab.moved,
		 (unsigned long long)call->pair.ba.moved,
		 (unsigned long long)(net_of(call)->loop->now - call->since) /
			 1000,
		 err ? err_text(err) : "done");
}

/* The side of the relay, as far as it is there. */
static void hang_up(struct call *call)
{
	if (call->state == CALL_DIAL)
		dial_stop(&call->calling->dial);
	if (call->state == CALL_ASK)
		stream_stop(&call->relay.stream, true);
}

static void forget_calling(struct call *call)
{
	timer_stop(&call->calling->limit, net_of(call)->loop);
	slots_put(&call->reach->client->reaches.callings, call->calling);
	call->calling = NULL;
}

static void end(struct call *call, int err)
{
	struct reaches *rs = &call->reach->client->reaches;
	struct traffic t = pair_moved(&call->pair);

	net_count(net_of(call), err);
	call->reach->visitors--;
	traffic_add(&call->reach->past, &t);
	if (is_stdio(call)) {
		rs->outcome = err;
		net_of(call)->loop->quit = true;
	}
	if (call->state == CALL_PAIR) {
		say_end(call, err);
		pair_stop(&call->pair, err);
	} else {
		call->reach->failed++;
		hang_up(call);
		forget_calling(call);
		stream_stop(call->local, true);
	}
	slots_put(&rs->calls, call);
}

/* ---- joining ---- */

static void over(struct pair *p, int err)
{
	struct call *call = container_of(p, struct call, pair);

	if (err && is_stdio(call))
		reach_trouble(call->reach, "broke off: %s", err_text(err));
	end(call, err);
}

static void join(struct call *call)
{
	forget_calling(call);
	enter(call, CALL_PAIR);
	pair_start(&call->pair, net_of(call), call->local, &call->relay.stream,
		   over);
}

static void refused(struct call *call, const struct fastnat *m)
{
	enum { MOST = 160 };

	reach_trouble(call->reach, "refused: %.*s",
		      (int)min_size(m->error.n, MOST),
		      (const char *)m->error.p);
	end(call, m->has & HAS_RETRY ? -NAT_EAGAIN : -NAT_EACCESS);
}

/* The byte behind the header is the visitor's first: no line end. False: call is
 * over.
 */
static bool say_header(struct call *call)
{
	struct client *c = call->reach->client;
	uint8_t mac[FASTNAT_MAC];
	struct fastnat m = {
		.command = FASTNAT_VISIT,
		.has = HAS_ID | HAS_N | HAS_NAME | HAS_SERVICE | HAS_MAC,
		.id = control_id(&c->control),
		.n = ++c->reaches.numbers,
		.name = call->reach->to.owner,
		.service = call->reach->to.service,
		.mac = { mac, sizeof mac },
	};

	fastnat_visit_mac(mac, c->control.secrets.key, &m);
	if (talk_say(&call->relay.stream, &m, false) == 0)
		return true;
	end(call, -NAT_EMEMORY);
	return false;
}

static void hear_answer(struct waker *w, unsigned what)
{
	struct call *call = container_of(w, struct calling, there)->call;
	struct stream *in = &call->relay.stream;
	struct heard h;
	int rc;

	if ((what & STREAM_OPEN) && !say_header(call))
		return;
	rc = talk_hear(in, &call->calling->scan, &h);
	if (rc > 0 && h.m.command == FASTNAT_NONE && h.m.yes) {
		join(call);
	} else if (rc > 0 && h.m.command == FASTNAT_ERROR) {
		refused(call, &h.m);
	} else if (rc || in->err || in->ended) {
		rc = rc ? -NAT_EPROTO : in->err ? in->err : -NAT_ECLOSED;
		reach_trouble(call->reach, "the relay: %s", err_text(rc));
		end(call, rc);
	}
}

static void dialled(struct dial *d, int fd)
{
	struct call *call = container_of(d, struct calling, dial)->call;

	if (fd < 0) {
		reach_trouble(call->reach, "the relay's port: %s",
			      err_text(fd));
		enter(call, CALL_WAIT);
		end(call, fd);
		return;
	}
	call->calling->there.wake = hear_answer;
	call->calling->scan = (struct json_scan){ 0 };
	tcp_start(&call->relay, net_of(call), fd, &call->calling->there);
	enter(call, CALL_ASK);
	if (!outward_data(call->reach->client, &call->relay))
		end(call, -NAT_ELIMIT);
	else if (!veil_waits(&call->relay))
		say_header(call);
}

static void dial(struct call *call)
{
	struct addr relay;

	if (control_int_port(&call->reach->client->control, &relay) < 0)
		return;
	enter(call, CALL_DIAL);
	outward_dial(call->reach->client, &call->calling->dial, &relay,
		     dialled);
}

void calls_begin(struct client *c)
{
	c->reaches.numbers = 0;
	slots_each (struct call, call, &c->reaches.calls)
		if (call.it->state == CALL_WAIT)
			dial(call.it);
}

void calls_end(struct client *c)
{
	slots_each (struct call, call, &c->reaches.calls) {
		if (call.it->state == CALL_PAIR)
			continue;
		hang_up(call.it);
		enter(call.it, CALL_WAIT);
	}
}

/* ---- coming ---- */

static void too_late(struct timer *t)
{
	struct call *call = container_of(t, struct calling, limit)->call;

	reach_trouble(call->reach, "%s",
		      call->state == CALL_WAIT ? "no relay to be reached"
					       : "no answer from the relay");
	end(call, -NAT_ETIMEOUT);
}

/* While it waits only its leaving matters. */
static void wake_here(struct waker *w, unsigned what)
{
	struct call *call = container_of(w, struct calling, here)->call;

	if (what & STREAM_DOWN)
		end(call, call->local->err);
}

static void open_local(struct call *call, int fd)
{
	struct client *c = call->reach->client;

	call->calling->here.wake = wake_here;
	if (fd < 0) {
		call->local = &c->reaches.stdio.stream;
		stdio_start(&c->reaches.stdio, c->net->loop,
			    &call->calling->here);
	} else {
		call->local = &call->tcp.stream;
		tcp_start(&call->tcp, c->net, fd, &call->calling->here);
	}
}

void call_start(struct reach *r, int fd, const struct addr *from)
{
	struct client *c = r->client;
	bool room = c->reaches.calls.used + c->links.table.used <
		    c->conf->max_visitors;
	struct call *call = room ? slots_get(&c->reaches.calls) : NULL;

	if (!call) {
		c->counts.calls++;
		reach_trouble(r, "too many at once: one is turned away "
				 "(--max-visitors)");
		sock_close(fd, true);
		return;
	}
	call->reach = r;
	r->visitors++;
	r->past.visitors++;
	call->from = *from;
	call->since = c->net->loop->now;
	call->calling = slots_get(&c->reaches.callings); /* as many as calls */
	call->calling->call = call;
	timer_init(&call->calling->limit, too_late);
	timer_start(&call->calling->limit, c->net->loop, call->since + LIMIT);
	open_local(call, fd);
	dial(call);
}

void calls_stop(struct client *c)
{
	slots_each (struct call, call, &c->reaches.calls)
		end(call.it, -NAT_ECLOSED);
}
