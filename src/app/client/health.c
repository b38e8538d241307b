#include "app/client/health.h"
#include "app/client/inner.h"
#include "app/client/proxied.h"
#include "app/client/publish.h"
#include "base/cur.h"
#include "os/mem.h"
#include "os/parts.h"
#include "os/sock.h"

enum health_state { REST, DIAL, TALK };

struct health { /* the check of one entry */
	struct slot slot;
	struct client *client;
	struct entry *entry;
	enum health_state state;
	struct timer timer;
	struct dial dial;
	struct tcp tcp;
	struct waker waker;
	uint32_t fails; /* in a row */
	unsigned
		status; /* of the last answer that was none; 0: there was none */
};

struct healths {
	struct span memory;
	struct slots table;
};

static const struct service_check *check_of(const struct health *h)
{
	return &h->entry->service.edge.check;
}

static struct net *net_of(const struct health *h)
{
	return h->client->net;
}

/* ---- the verdict ---- */

static void end_attempt(struct health *h)
{
	if (h->state == DIAL)
		dial_stop(&h->dial);
	else if (h->state == TALK)
		stream_stop(&h->tcp.stream, false);
	h->state = REST;
}

static void say_fault(struct health *h, int err)
{
	struct entry *e = h->entry;
	struct fmt f = fmt_to(SPAN(e->why));

	fmt_put(&f, "the check fails: ");
	if (h->status)
		fmt_put(&f, "status %u", h->status);
	else
		fmt_put(&f, "%s", err_text(err));
	fmt_text(&f);
	log_warn(net_of(h)->log, e->who, "%s; not published until it is passed",
		 e->why);
}

/* It is said when it is clear: when it changes, or there is nothing to hope for. */
static void judge(struct health *h, int err)
{
	struct entry *e = h->entry;
	bool was = e->health.down, out;

	end_attempt(h);
	timer_start(&h->timer, net_of(h)->loop,
		    net_of(h)->loop->now + check_of(h)->interval);
	h->fails = err ? h->fails + 1 : 0;
	out = h->fails >= check_of(h)->fails;
	if (err && h->fails == check_of(h)->fails)
		say_fault(h, err);
	if (!err && was)
		log_info(net_of(h)->log, e->who, "passes its check");
	if ((!err && was) || (out && !was))
		publish_hold(h->client, e, out);
}

/* ---- what is asked ---- */

/* "HTTP/1.1 200": from 200 to 399 all is well. -NAT_EAGAIN: not all is there. */
static int read_status(struct health *h, struct bytes in)
{
	struct cur c = cur_of(in);
	uint32_t status;

	if (in.n < sizeof "HTTP/1.1 200" - 1)
		return -NAT_EAGAIN;
	if (!bytes_are(cur_bytes(&c, 7), "HTTP/1."))
		return -NAT_EPROTO;
	cur_u8(&c);
	c = cur_of(cur_bytes(&c, 4));
	if (!cur_eat(&c, ' ') || !cur_number(&c, 999, &status) || cur_left(&c))
		return -NAT_EPROTO;
	h->status = status;
	return status >= 200 && status < 400 ? 0 : -NAT_EPROTO;
}

static void hear(struct waker *w, unsigned what)
{
	struct health *h = container_of(w, struct health, waker);
	struct stream *s = &h->tcp.stream;
	struct span in;
	size_t seen = 0;
	int rc;

	(void)what;
	do {
		in = stream_peek(s, seen + 1);
		rc = read_status(h, bytes_in(in));
	} while (rc == -NAT_EAGAIN && in.n > seen && (seen = in.n) > 0);
	if (rc != -NAT_EAGAIN)
		judge(h, rc);
	else if (s->err || s->ended)
		judge(h, s->err ? s->err : -NAT_ECLOSED);
}

static void put_request(struct fmt *f, const struct service *s)
{
	fmt_put(f, "GET %s HTTP/1.1\r\nHost: ", s->edge.check.path);
	if (s->site.host)
		fmt_put(f, "%s", s->site.host);
	else if (s->path.n)
		fmt_put(f, "localhost");
	else
		service_print_local(f, s);
	fmt_put(f, "\r\nUser-Agent: nat\r\nConnection: close\r\n\r\n");
}

static void ask(struct health *h)
{
	enum { ROOM = 1024 };
	struct stream *s = &h->tcp.stream;
	struct span room;
	struct fmt f;

	proxied_say(s, &h->entry->service,
		    &(struct proxied_ends){ .from = { 0 } });
	room = stream_reserve(s, ROOM);
	if (!room.p) {
		judge(h, -NAT_EMEMORY);
		return;
	}
	f = fmt_to(room);
	put_request(&f, &h->entry->service);
	stream_commit(s, f.n);
}

static void dialled(struct dial *d, int fd)
{
	struct health *h = container_of(d, struct health, dial);

	if (fd >= 0 && check_of(h)->path[0]) {
		h->state = TALK;
		h->waker.wake = hear;
		tcp_start(&h->tcp, net_of(h), fd, &h->waker);
		ask(h);
		return;
	}
	h->state = REST;
	if (fd >= 0)
		sock_close(fd, false);
	judge(h, fd < 0 ? fd : 0);
}

static void time_is_up(struct timer *t)
{
	struct health *h = container_of(t, struct health, timer);
	int64_t patience = check_of(h)->timeout;

	if (h->state != REST) {
		judge(h, -NAT_ETIMEOUT);
		return;
	}
	h->state = DIAL;
	h->status = 0;
	timer_start(t, net_of(h)->loop, net_of(h)->loop->now + patience);
	entry_dial(h->entry, &h->dial, net_of(h), patience, dialled);
}

/* ---- all of them ---- */

static void stop_all(struct client *c)
{
	slots_each (struct health, h, &c->healths->table) {
		end_attempt(h.it);
		timer_stop(&h.it->timer, c->net->loop);
		slots_put(&c->healths->table, h.it);
	}
}

/* At once; one that has just come, or was not checked before, must pass first. */
static void begin(struct client *c, struct entry *e)
{
	struct health *h =
		slots_get(&c->healths->table); /* as many as entries */

	h->client = c;
	h->entry = e;
	timer_init(&h->timer, time_is_up);
	timer_start(&h->timer, c->net->loop, c->net->loop->now);
	e->health.down = e->health.down || !e->health.checked;
	e->health.checked = true;
}

void health_renew(struct client *c)
{
	stop_all(c);
	if (c->conf->plain)
		return;
	slots_each (struct entry, at, &c->entries.table) {
		struct entry *e = at.it;
		bool is_checked = e->service.edge.check.path;

		if (e->state == ENTRY_ABSENT)
			continue;
		if (is_checked)
			begin(c, e);
		else if (e->health.down)
			publish_hold(c, e, false);
		e->health.checked = is_checked;
	}
}

int health_start(struct client *c)
{
	struct span memory = mem_reserve(sizeof(struct healths));
	struct healths *hs = (struct healths *)(void *)memory.p;
	const struct part part =
		PART_SLOTS(hs ? &hs->table : NULL, struct health, ENTRIES_ALL);
	int rc;

	if (!hs)
		return -NAT_EMEMORY;
	c->healths = hs;
	rc = parts_reserve(&hs->memory, &part, 1);
	if (rc == 0)
		health_renew(c);
	return rc;
}

void health_stop(struct client *c)
{
	struct healths *hs = c->healths;

	if (!hs)
		return;
	if (hs->memory.p)
		stop_all(c);
	mem_release(hs->memory);
	mem_release((struct span){ (uint8_t *)hs, sizeof *hs });
	c->healths = NULL;
}

size_t health_descriptors(const struct client_conf *conf)
{
	size_t n = 0;

	for (uint32_t i = 0; i < conf->nservices; i++)
		if (conf->services[i].edge.check.path)
			n += service_count(&conf->services[i]);
	return n;
}
