#include "app/client/visit.h"
#include "app/client/inner.h"
#include "os/sock.h"

int visit_of(struct control *ctl, struct entry *e, const struct fastnat *m)
{
	struct client *c = ctl->client;
	struct addr relay;
	int rc = sock_there(tcp_fd(&ctl->tcp), &relay);

	if (rc < 0)
		return rc;
	relay.port = m->int_port;
	if (!links_fresh(&c->links, m->out_id)) {
		log_debug(c->net->log, "client", "a visitor was told twice");
	} else if (!e) {
		control_failed(ctl, m->out_id, "no such service");
	} else if (link_open(c, e, m, &relay) < 0) {
		entry_trouble(e, c->net,
			      "more than %lu visitors at once: one is turned "
			      "away (--max-visitors)",
			      (unsigned long)c->links.table.used);
		control_failed(ctl, m->out_id, "too many visitors");
	}
	return 0;
}

int visit_start(struct control *ctl, const struct fastnat *m)
{
	bool tcp = !(m->has & HAS_PROTOCOL) || m->protocol == FASTNAT_TCP;
	struct entry *e =
		tcp ? entries_find(&ctl->client->entries, m->service) : NULL;

	return visit_of(ctl, e, m);
}
