#include "app/client/entry.h"
#include "app/client/vhost.h"
#include "os/console.h"
#include <assert.h>

static const char *wrong_kind(const struct client_conf *conf,
			      const struct service *s)
{
	const char *why = client_http_fault(s);

	if (why)
		return why;
	if (s->protocol == FASTNAT_UDP && s->path.n)
		return "udp goes to HOST:PORT, not to a unix socket";
	if (conf->plain && (conf->nservices > 1 || service_count(s) > 1 ||
			    s->protocol != FASTNAT_TCP))
		return "--plain publishes one tcp service of one port";
	return NULL;
}

/* ---- settings ---- */

static int check_services(const struct client_conf *conf, struct diag *d)
{
	unsigned before = d->count;
	long n = 0;

	for (uint32_t i = 0; i < conf->nservices; i++) {
		const struct service *s = &conf->services[i];
		const char *why = wrong_kind(conf, s);

		n += (long)service_count(s);
		if (why)
			diag_put(d, "service %s: %s", s->name, why);
	}
	if (n == 0 && !client_visits(conf))
		diag_put(d, "no service to publish: tcp:22, for example");
	if (n > ENTRIES_MOST)
		diag_put(d, "%ld ports to publish are more than %d", n,
			 (int)ENTRIES_MOST);
	return d->count == before ? 0 : -NAT_ECONF;
}

bool entries_next(struct entries_walk *at)
{
	const struct service *s = &at->conf->services[at->i];

	if (at->i == at->conf->nservices)
		return false;
	service_at(&at->service, s, at->k++);
	if (at->k == service_count(s)) {
		at->k = 0;
		at->i++;
	}
	return true;
}

static struct entry *add(struct entries *es, const char *name)
{
	struct entry *e = slots_get(&es->table);
	struct fmt who;

	if (!e)
		return NULL;
	who = fmt_to(SPAN(e->who));
	fmt_put(&who, "client %s", name);
	fmt_text(&who);
	memcpy(e->service.name, name, strlen(name) + 1);
	e->named = true;
	map_put(&es->names, &e->node, map_hash(bytes_of(name)));
	return e;
}

/* NULL, or why it cannot be one of them. */
static const char *enlist(struct entries *es, const struct service *s)
{
	struct entry *e = entries_find(es, bytes_of(s->name));

	if (e && e->listed)
		return "the name is there twice: NAME=...";
	if (!e)
		e = add(es, s->name);
	if (!e)
		return err_text(-NAT_ELIMIT);
	e->listed = true;
	return NULL;
}

int entries_check(struct entries *es, const struct client_conf *conf,
		  struct diag *d)
{
	struct entries_walk at = { .conf = conf };
	unsigned before = d->count;

	if (check_services(conf, d) < 0)
		return -NAT_ECONF;
	slots_each (struct entry, e, &es->table)
		e.it->listed = false;
	while (entries_next(&at)) {
		const char *why = enlist(es, &at.service);

		if (why)
			diag_put(d, "service %s: %s", at.service.name, why);
	}
	return d->count == before ? 0 : -NAT_ECONF;
}

/* The text is that of e from now on. */
void entry_set(struct entry *e, const struct service *s, int64_t idle_ms)
{
	struct bytes *place;

	e->service = *s;
	e->idle_ms = s->idle_ms ? s->idle_ms : idle_ms;
	place = s->path.n ? &e->service.path : &e->service.host;
	assert(place->n < ENTRY_TEXT);
	memmove(e->text, place->p, place->n);
	e->text[place->n] = '\0';
	place->p = (const uint8_t *)e->text;
}

int entries_init(struct entries *es, const struct client_conf *conf,
		 struct diag *d)
{
	struct entries_walk at = { .conf = conf };

	if (entries_check(es, conf, d) < 0)
		return -NAT_ECONF;
	for (; entries_next(&at); es->n++) {
		struct entry *e = entries_find(es, bytes_of(at.service.name));

		entry_set(e, &at.service, conf->udp_idle);
		e->state = ENTRY_WANTED;
	}
	return 0;
}

/* ---- all of them ---- */

struct entry *entries_find(const struct entries *es, struct bytes name)
{
	uint32_t hash = map_hash(name);
	struct map_node *at = map_find(&es->names, hash, NULL);

	while (at) {
		struct entry *e = container_of(at, struct entry, node);

		if (bytes_are(name, e->service.name))
			return e;
		at = map_find(&es->names, hash, at);
	}
	return NULL;
}

void entry_dial(const struct entry *e, struct dial *d, struct net *net,
		int64_t patience, void (*done)(struct dial *, int fd))
{
	const struct service *s = &e->service;
	const struct hostport to = { s->host, s->lo };
	struct addr path = { .family = ADDR_UNIX, .path = e->text };

	if (s->path.n)
		dial_addr(d, net, &path, patience, done);
	else
		dial_start(d, net, &to, patience, done);
}

void entry_print(const struct entry *e, const struct relays *relays)
{
	uint8_t line[LOG_LINE];
	struct fmt f = fmt_to(SPAN(line));

	fmt_put(&f, "%s %s ", e->service.name,
		service_type(e->service.protocol));
	if (e->service.private)
		fmt_put(&f, "private");
	else if (!vhost_print(&f, e))
		relays_print_port(&f, relays, e->port);
	fmt_put(&f, " -> ");
	service_print_local(&f, &e->service);
	fmt_put(&f, "\n");
	console_tell(fmt_done(&f));
}

bool entries_have(const struct entries *es, enum fastnat_protocol protocol)
{
	slots_each (struct entry, e, &es->table)
		if (e.it->state != ENTRY_ABSENT &&
		    e.it->service.protocol == protocol)
			return true;
	return false;
}

struct entry *entries_any(const struct entries *es)
{
	slots_each (struct entry, e, &es->table)
		if (e.it->state != ENTRY_ABSENT)
			return e.it;
	return NULL;
}
