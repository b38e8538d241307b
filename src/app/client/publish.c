#include "app/client/publish.h"
#include "app/client/inner.h"

enum { RETRY = 30000, RETRY_LEAST = 1000, RETRY_MOST = 3600000 }; /* ms */

static void start_retry(struct client *c)
{
	int64_t due = INT64_MAX;

	for (uint32_t i = 0; i < c->entries.n; i++) {
		const struct entry *e = &c->entries.v[i];

		if (e->state == ENTRY_REFUSED && e->due < due)
			due = e->due;
	}
	if (due < INT64_MAX)
		timer_start(&c->entries.retry, c->net->loop, due);
}

static void want(struct entries *es, struct entry *e)
{
	uint32_t at = (uint32_t)(e - es->v);

	e->state = ENTRY_WANTED;
	if (at < es->next)
		es->next = at;
}

static void retry(struct timer *t)
{
	struct client *c = container_of(t, struct client, entries.retry);

	for (uint32_t i = 0; i < c->entries.n; i++) {
		struct entry *e = &c->entries.v[i];

		if (e->state == ENTRY_REFUSED && e->due <= c->net->loop->now)
			want(&c->entries, e);
	}
	start_retry(c);
	publish_more(c);
}

void publish_init(struct client *c)
{
	timer_init(&c->entries.retry, retry);
}

void publish_begin(struct client *c)
{
	for (uint32_t i = 0; i < c->entries.n; i++)
		want(&c->entries, &c->entries.v[i]);
}

void publish_end(struct client *c)
{
	timer_stop(&c->entries.retry, c->net->loop);
}

void publish_withdraw(struct client *c)
{
	if (c->control.state != CONTROL_UP)
		return;
	for (uint32_t i = 0; i < c->entries.n; i++) {
		const struct entry *e = &c->entries.v[i];

		if (e->state == ENTRY_PUBLISHED)
			control_say(
				&c->control,
				&(struct fastnat){
					.command = FASTNAT_UNPUBLISH,
					.has = HAS_SERVICE,
					.service = bytes_of(e->service.name) });
	}
	tcp_push(&c->control.tcp);
}

/* Any port will do, but visitors know the one that it had. */
static uint16_t port_for(const struct entry *e)
{
	return e->service.public_lo ? e->service.public_lo : e->port;
}

static struct bytes join(struct span room, const struct opt_list *nets)
{
	struct fmt f = fmt_to(room);

	for (uint32_t i = 0; i < nets->n; i++)
		fmt_put(&f, "%s%s", i ? " " : "", nets->v[i]);
	return fmt_done(&f);
}

static int ask(struct client *c, const struct entry *e)
{
	const struct service_rules *rules = &e->service.rules;
	uint8_t allow[FASTNAT_NETS], deny[FASTNAT_NETS];
	bool udp = e->service.protocol == FASTNAT_UDP;
	struct fastnat m = {
		.command = FASTNAT_PUBLISH,
		.has = HAS_SERVICE | HAS_PROTOCOL |
		       (e->service.private ? HAS_PRIVATE : HAS_OUT_PORT) |
		       (udp ? HAS_IDLE : 0u) |
		       (rules->allow.n ? HAS_ALLOW : 0u) |
		       (rules->deny.n ? HAS_DENY : 0u) |
		       (rules->rate ? HAS_RATE : 0u) |
		       (rules->burst ? HAS_BURST : 0u),
		.service = bytes_of(e->service.name),
		.protocol = e->service.protocol,
		.out_port = port_for(e),
		.yes = 1,
		.idle_ms = (uint32_t)e->idle_ms,
		.rules = { join(SPAN(allow), &rules->allow),
			   join(SPAN(deny), &rules->deny), rules->rate,
			   rules->burst },
	};

	return talk_say(&c->control.tcp.stream, &m, true);
}

void publish_more(struct client *c)
{
	struct entries *es = &c->entries;

	if (c->draining)
		return;
	for (; es->next < es->n; es->next++) {
		struct entry *e = &es->v[es->next];

		if (e->state != ENTRY_WANTED)
			continue;
		if (ask(c, e) < 0)
			return;
		e->state = ENTRY_ASKED;
	}
}

static struct entry *asked(struct control *ctl, const struct fastnat *m)
{
	struct entry *e = entries_find(&ctl->client->entries, m->service);

	return e && e->state == ENTRY_ASKED ? e : NULL;
}

int publish_done(struct control *ctl, const struct fastnat *m)
{
	struct entry *e = asked(ctl, m);

	if (!e)
		return 0;
	e->state = ENTRY_PUBLISHED;
	if (e->service.private && m->out_port)
		return -NAT_EPROTO; /* on a port, where anybody comes */
	if (e->port != m->out_port && !e->service.public_lo)
		state_changed(ctl->client);
	e->port = m->out_port;
	e->said = 0;
	e->why[0] = '\0';
	entry_print(e, &ctl->relays);
	return 0;
}

/* Once for each reason. */
static void explain(struct control *ctl, struct entry *e, struct bytes error)
{
	enum { MOST = 160 };
	struct log *log = ctl->client->net->log;
	uint32_t hash = map_hash(error) | 1;
	uint8_t text[LOG_LINE];
	struct fmt f = fmt_to(SPAN(text));

	relays_print(&f, &ctl->relays);
	fmt_put(&f, " refuses ");
	if (e->service.public_lo)
		fmt_put(&f, "port %u", (unsigned)e->service.public_lo);
	else
		fmt_put(&f, e->service.private ? "it" : "a port");
	fmt_put(&f, ": %.*s; trying again until it works%s",
		(int)min_size(error.n, MOST), (const char *)error.p,
		e->service.private ? "" : ", or choose another: @PORT");
	log_put(log, e->said == hash ? LOG_DEBUG : LOG_WARN, e->who, "%.*s",
		(int)f.n, (const char *)text);
	e->said = hash;
	f = fmt_to(SPAN(e->why));
	fmt_bytes(&f, error);
	fmt_text(&f);
}

static int64_t wait_of(const struct fastnat *m)
{
	int64_t ms = m->has & HAS_RETRY ? m->retry_ms : RETRY;

	return ms < RETRY_LEAST  ? RETRY_LEAST
	       : ms > RETRY_MOST ? RETRY_MOST
				 : ms;
}

int publish_refused(struct control *ctl, const struct fastnat *m)
{
	struct client *c = ctl->client;
	struct entry *e = asked(ctl, m);

	if (!e)
		return 0;
	if (!e->service.public_lo && e->port) {
		e->port = 0;
		want(&c->entries, e);
		return 0;
	}
	explain(ctl, e, m->error);
	e->state = ENTRY_REFUSED;
	e->due = c->net->loop->now + wait_of(m);
	start_retry(c);
	return 0;
}
