#include "app/client/visit.h"
#include "app/client/inner.h"
#include "os/sock.h"

void visit_from(struct addr *a, struct bytes text)
{
	struct hostport hp;

	if (hostport_parse(&hp, text) == 0 && addr_parse_ip(a, hp.host) == 0)
		a->port = hp.port;
}

/* The service that is visited; NULL: it is not in the settings. */
static struct entry *wanted(const struct client *c, const struct fastnat *m)
{
	struct entry *e = entries_find(&c->entries, m->service);

	return e && e->state != ENTRY_ABSENT ? e : NULL;
}

/* Told once already: no link, and nothing wrong with that. */
static void serve(struct client *c, struct entry *e, const struct fastnat *m,
		  const struct link_from *from)
{
	if (!links_fresh(&c->links, m->out_id)) {
		log_debug(c->net->log, "client", "a visitor was told twice");
	} else if (!e) {
		control_failed(&c->control, m->out_id, "no such service");
	} else if (link_open(c, e, m, from) < 0) {
		c->counts.visitors++;
		entry_trouble(e, c->net,
			      "more than %lu visitors at once: one is turned "
			      "away (--max-visitors)",
			      (unsigned long)c->links.table.used);
		control_failed(&c->control, m->out_id, "too many visitors");
	} else {
		return;
	}
	if (from->park)
		park_drop(from->park);
}

int visit_of(struct control *ctl, struct entry *e, const struct fastnat *m)
{
	struct link_from from = { .park = NULL };
	int rc = sock_there(tcp_fd(&ctl->tcp), &from.relay);

	if (rc < 0) {
		control_failed(ctl, m->out_id, err_text(rc));
		return 0;
	}
	from.relay.port = outward_port(ctl, m->int_port);
	serve(ctl->client, e, m, &from);
	return 0;
}

void visit_parked(struct client *c, const struct fastnat *m, struct park *p)
{
	struct entry *e = wanted(c, m);
	struct link_from from = { .park = p };
	bool shares = park_shares(p);

	if (e && e->service.protocol == FASTNAT_UDP)
		e = NULL;
	if (control_int_port(&c->control, &from.relay) < 0) {
		park_drop(p);
		return;
	}
	serve(c, e, m, &from);
	if (!shares)
		parks_used(c);
}

/* From "service" alone: what it is published as must be what is asked for. */
int visit_start(struct control *ctl, const struct fastnat *m)
{
	uint8_t protocol = m->has & HAS_PROTOCOL ? m->protocol : FASTNAT_TCP;
	struct entry *e = wanted(ctl->client, m);
	struct addr relay;

	if (e && e->service.protocol != protocol)
		e = NULL;
	if (!e || protocol != FASTNAT_UDP)
		return visit_of(ctl, e, m);
	if (control_int_port(ctl, &relay) == 0)
		udplink_told(ctl->client, e, m, &relay);
	return 0;
}
