#include "app/client/client.h"
#include "app/client/grouped.h"
#include "app/client/inner.h"
#include "app/client/publish.h"
#include "app/client/vhost.h"

/* ---- checking ---- */

/* Forgets what is gone, but for what is visited and what the relay has not heard
 * all about.
 */
static void sweep(struct entries *es)
{
	slots_each (struct entry, at, &es->table) {
		struct entry *e = at.it;

		if (e->state != ENTRY_ABSENT || e->visitors || e->told.there ||
		    e->told.unheeded)
			continue;
		if (e->named)
			map_remove(&es->names, &e->node);
		traffic_add(&es->gone, &e->past);
		slots_put(&es->table, e);
	}
}

/* Dials that are under way read where it was. */
static bool is_elsewhere(const struct entry *e, const struct service *s)
{
	return e->text[0] && !bytes_are(service_place(s), e->text);
}

/* Each that goes elsewhere takes another entry. */
static void check_room(const struct entries *es, const struct client_conf *conf,
		       struct diag *d)
{
	struct entries_walk at = { .conf = conf };
	uint32_t more = 0;

	while (entries_next(&at))
		more += is_elsewhere(
			entries_find(es, bytes_of(at.service.name)),
			&at.service);
	if (more > es->table.limit - es->table.used)
		diag_put(d, "too many that are gone have visitors still");
}

void client_check(struct client *c, const struct client_conf *conf,
		  struct diag *d)
{
	struct relays relays;
	int rc = relays_init(&relays, &conf->relay, d);

	sweep(&c->entries);
	if (rc == 0)
		rc = entries_check(&c->entries, conf, d);
	if (rc == 0)
		check_room(&c->entries, conf, d);
	c->fresh = c->identity;
	if (rc == 0)
		rc = identity_prove(&c->fresh, conf, d);
	(void)rc; /* said */
	secure_check(c->secure, conf->tls, d);
	outward_check(c, conf, d);
}

/* ---- the difference ---- */

static bool same_nets(const struct opt_list *a, const struct opt_list *b)
{
	bool same = a->n == b->n;

	for (uint32_t i = 0; same && i < a->n; i++)
		same = strcmp(a->v[i], b->v[i]) == 0;
	return same;
}

static bool same_rules(const struct service_rules *a,
		       const struct service_rules *b)
{
	return a->rate == b->rate && a->burst == b->burst &&
	       same_nets(&a->allow, &b->allow) && same_nets(&a->deny, &b->deny);
}

/* Must what the relay has be withdrawn first? */
static bool is_another(const struct entry *e, const struct service *s)
{
	const struct service *was = &e->service;
	uint16_t port = was->public_lo ? was->public_lo : e->port;

	return was->protocol != s->protocol || was->private != s->private ||
	       !bytes_equal(was->public_host, s->public_host) ||
	       (s->public_lo && s->public_lo != port) ||
	       grouped_differs(was, s);
}

/* As on the command line. */
static void print(struct fmt *f, const struct service *s)
{
	fmt_put(f, "%s:", service_type(s->protocol));
	service_print_local(f, s);
	if (s->private)
		fmt_put(f, "@private");
	else if (s->public_host.n)
		fmt_put(f, "@%.*s", (int)s->public_host.n,
			(const char *)s->public_host.p);
	else if (s->public_lo)
		fmt_put(f, "@%u", (unsigned)s->public_lo);
}

/* What the relay said, or will yet say, was about something else. */
static void tell_anew(struct entries *es, struct entry *e,
		      enum entry_state state)
{
	e->told.unheeded += e->state == ENTRY_ASKED;
	e->state = state;
	e->said = 0;
	es->busy = true;
}

/* Another entry of the same name, which its visitors to come are for. */
static struct entry *succeed(struct entries *es, struct entry *old)
{
	struct entry *e = slots_get(&es->table); /* check_room has seen to it */
	struct slot slot = e->slot;

	*e = *old;
	e->slot = slot;
	memset(e->shape, 0, sizeof e->shape);
	e->visitors = 0;
	old->past = (struct traffic){ 0, 0, 0 };
	map_remove(&es->names, &old->node);
	map_put(&es->names, &e->node, old->node.hash);
	old->named = old->listed = false;
	old->state = ENTRY_ABSENT;
	old->told = (struct entry_told){ .there = false };
	return e;
}

/* Must the relay be told of it? */
static bool is_news(const struct entry *e, const struct service *s,
		    int64_t idle_ms)
{
	return e->state == ENTRY_ABSENT || is_another(e, s) ||
	       e->service.public_lo != s->public_lo ||
	       (s->protocol == FASTNAT_UDP && e->idle_ms != idle_ms) ||
	       vhost_differs(&e->service, s) ||
	       e->service.edge.visitors != s->edge.visitors ||
	       !same_rules(&e->service.rules, &s->rules);
}

static void take(struct client *c, const struct service *s)
{
	struct entry *e = entries_find(&c->entries, bytes_of(s->name));
	int64_t idle_ms = s->idle_ms ? s->idle_ms : c->conf->udp_idle;
	bool elsewhere = is_elsewhere(e, s), news = is_news(e, s, idle_ms);
	bool is_new = e->state == ENTRY_ABSENT;
	char text[2 * ENTRY_TEXT + 64];
	struct fmt f = fmt_to(SPAN(text));

	fmt_put(&f, is_new ? "is new: " : "has changed: ");
	if (!is_new) {
		print(&f, &e->service);
		fmt_put(&f, " -> ");
	}
	print(&f, s);
	if (news || elsewhere || e->service.lo != s->lo)
		log_info(c->net->log, e->who, "%s", fmt_text(&f));
	if (elsewhere)
		e = succeed(&c->entries, e);
	if (e->told.there && is_another(e, s))
		e->told.otherwise = true;
	if (news)
		tell_anew(&c->entries, e, ENTRY_WANTED);
	if (e->service.private != s->private)
		e->port = 0;
	entry_set(e, s, idle_ms);
}

static void take_all(struct client *c)
{
	struct entries *es = &c->entries;
	struct entries_walk at = { .conf = c->conf };

	for (es->n = 0; entries_next(&at); es->n++)
		take(c, &at.service);
	slots_each (struct entry, e, &es->table) {
		if (e.it->listed || e.it->state == ENTRY_ABSENT)
			continue;
		tell_anew(es, e.it, ENTRY_ABSENT);
		log_info(c->net->log, e.it->who, "is gone");
	}
}

/* ---- going on ---- */

/* Looks at once for what it looks for, in the present list. */
static void look_anew(struct client *c)
{
	failback_end(c);
	moved_end(c);
	failback_begin(c);
	moved_begin(c);
}

/* Must the relay be gone to anew? */
static bool must_move(const struct client *c, enum relays_new relays)
{
	const struct control *ctl = &c->control;
	bool dials = ctl->state == CONTROL_DIAL;

	if (relays == RELAYS_GONE || (relays == RELAYS_KEPT && dials))
		return true;
	return ctl->guest && c->entries.n > 0 && !dials &&
	       ctl->state != CONTROL_WAIT;
}

void client_reload(struct client *c, const struct client_conf *conf)
{
	struct control *ctl = &c->control;
	bool look = c->conf->fail_back != conf->fail_back;
	enum relays_new relays;

	c->conf = conf;
	take_all(c);
	health_renew(c);
	shapes_renew(c);
	secure_reload(c->secure, conf->tls);
	c->identity = c->fresh;
	identity_wipe(&c->fresh);
	relays = relays_take(&ctl->relays, &conf->relay);
	if (must_move(c, relays))
		control_move(ctl, ctl->relays.now,
			     "is gone to anew: the settings have changed");
	else if (ctl->state == CONTROL_WAIT)
		control_retry(ctl, true);
	if (ctl->state != CONTROL_UP)
		return;
	if (look || relays == RELAYS_KEPT)
		look_anew(c);
	control_equip(ctl);
	publish_more(c);
}
