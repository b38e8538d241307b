#include "app/client/publish.h"
#include "app/client/grouped.h"
#include "app/client/inner.h"
#include "app/client/vhost.h"

enum { RETRY = 30000, RETRY_LEAST = 1000, RETRY_MOST = 3600000 }; /* ms */

static void start_retry(struct client *c)
{
	int64_t due = INT64_MAX;

	slots_each (struct entry, e, &c->entries.table)
		if (e.it->state == ENTRY_REFUSED && e.it->due < due)
			due = e.it->due;
	if (due < INT64_MAX)
		timer_start(&c->entries.retry, c->net->loop, due);
}

static void want(struct entries *es, struct entry *e)
{
	e->state = ENTRY_WANTED;
	es->busy = true;
}

static void retry(struct timer *t)
{
	struct client *c = container_of(t, struct client, entries.retry);

	slots_each (struct entry, e, &c->entries.table)
		if (e.it->state == ENTRY_REFUSED &&
		    e.it->due <= c->net->loop->now)
			want(&c->entries, e.it);
	start_retry(c);
	publish_more(c);
}

void publish_init(struct client *c)
{
	timer_init(&c->entries.retry, retry);
}

void publish_begin(struct client *c)
{
	slots_each (struct entry, e, &c->entries.table) {
		e.it->told = (struct entry_told){ .there = false };
		if (e.it->state != ENTRY_ABSENT)
			want(&c->entries, e.it);
	}
}

void publish_end(struct client *c)
{
	timer_stop(&c->entries.retry, c->net->loop);
}

static int withdraw(struct client *c, const struct entry *e)
{
	return talk_say(
		&c->control.tcp.stream,
		&(struct fastnat){ .command = FASTNAT_UNPUBLISH,
				   .has = HAS_SERVICE,
				   .service = bytes_of(e->service.name) },
		true);
}

void publish_withdraw(struct client *c)
{
	if (c->control.state != CONTROL_UP)
		return;
	slots_each (struct entry, e, &c->entries.table)
		if (e.it->told.there && withdraw(c, e.it) < 0)
			break;
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
	uint8_t allow[FASTNAT_NETS], deny[FASTNAT_NETS], host[FASTNAT_HOST];
	uint8_t mac[FASTNAT_MAC];
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
		.rules = { .allow = join(SPAN(allow), &rules->allow),
			   .deny = join(SPAN(deny), &rules->deny),
			   .rate = rules->rate,
			   .burst = rules->burst },
	};

	vhost_ask(&m, e, SPAN(host));
	grouped_ask(&m, &e->service, mac);
	return talk_say(&c->control.tcp.stream, &m, true);
}

/* What comes first: the ports of what goes may be those of what comes, and who
 * takes any port must not be given one that another asks for.
 */
enum rank { WITHDRAW, OWN_PORT, ANY_PORT, NOTHING };

static enum rank rank_of(const struct entry *e)
{
	if (e->told.there &&
	    (e->told.otherwise || e->state == ENTRY_ABSENT || e->health.down))
		return WITHDRAW;
	if (e->state != ENTRY_WANTED || e->health.down)
		return NOTHING;
	return e->service.public_lo ? OWN_PORT : ANY_PORT;
}

static int say(struct client *c, struct entry *e)
{
	bool withdraws = rank_of(e) == WITHDRAW;
	int rc = withdraws ? withdraw(c, e) : ask(c, e);

	if (rc < 0)
		return rc;
	e->told.there = !withdraws;
	e->told.otherwise = false;
	if (!withdraws)
		e->state = ENTRY_ASKED;
	return 0;
}

void publish_more(struct client *c)
{
	if (c->draining || !c->entries.busy)
		return;
	for (int rank = WITHDRAW; rank < NOTHING; rank++)
		slots_each (struct entry, e, &c->entries.table)
			if (rank_of(e.it) == (enum rank)rank &&
			    say(c, e.it) < 0)
				return;
	c->entries.busy = false;
}

void publish_hold(struct client *c, struct entry *e, bool down)
{
	e->health.down = down;
	if (e->state == ENTRY_ABSENT)
		return;
	e->told.unheeded += e->state == ENTRY_ASKED;
	want(&c->entries, e);
	if (c->control.state == CONTROL_UP)
		publish_more(c);
}

/* Answers come in the order in which they were asked for. */
static struct entry *asked(struct control *ctl, const struct fastnat *m)
{
	struct entry *e = entries_find(&ctl->client->entries, m->service);

	if (!e || e->state == ENTRY_ABSENT || e->told.unheeded) {
		if (e && e->told.unheeded)
			e->told.unheeded--;
		return NULL;
	}
	return e->state == ENTRY_ASKED ? e : NULL;
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
	vhost_told(e, m);
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
	bool port = !e->service.private && !e->service.public_host.n;

	relays_print(&f, &ctl->relays);
	fmt_put(&f, " refuses ");
	if (e->service.public_lo)
		fmt_put(&f, "port %u", (unsigned)e->service.public_lo);
	else
		fmt_put(&f, port ? "a port" : "it");
	fmt_put(&f, ": %.*s; trying again until it works%s",
		(int)min_size(error.n, MOST), (const char *)error.p,
		port ? ", or choose another: @PORT" : "");
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
