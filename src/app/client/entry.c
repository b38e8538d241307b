#include "app/client/entry.h"
#include "os/console.h"

static const char *wrong_kind(const struct client_conf *conf,
			      const struct service *s)
{
	if (s->protocol != FASTNAT_TCP && s->protocol != FASTNAT_UDP)
		return "only tcp and udp services can be published so far";
	if (s->protocol == FASTNAT_UDP && s->path.n)
		return "udp goes to HOST:PORT, not to a unix socket";
	if (conf->plain && (conf->nservices > 1 || service_count(s) > 1 ||
			    s->protocol != FASTNAT_TCP))
		return "--plain publishes one tcp service of one port";
	return NULL;
}

long entries_count(const struct client_conf *conf, struct diag *d)
{
	long n = 0;
	bool good = true;

	for (uint32_t i = 0; i < conf->nservices; i++) {
		const struct service *s = &conf->services[i];
		const char *why = wrong_kind(conf, s);

		n += (long)service_count(s);
		if (why)
			diag_put(d, "service %s: %s", s->name, why);
		good = good && !why;
	}
	if (n == 0 && !client_visits(conf))
		diag_put(d, "no service to publish: tcp:22, for example");
	if (n > ENTRIES_MOST)
		diag_put(d, "%ld ports to publish are more than %d", n,
			 (int)ENTRIES_MOST);
	return good && (n > 0 || client_visits(conf)) && n <= ENTRIES_MOST
		       ? n
		       : -NAT_ECONF;
}

/* The i-th port of s. */
static int add(struct entries *es, const struct service *s, unsigned i,
	       int64_t idle_ms, struct diag *d)
{
	struct entry *e = &es->v[es->n];
	struct fmt who = fmt_to(SPAN(e->who)), path = fmt_to(SPAN(e->path));
	struct bytes name;

	service_at(&e->service, s, i);
	e->idle_ms = s->idle_ms ? s->idle_ms : idle_ms;
	name = bytes_of(e->service.name);
	fmt_put(&who, "client %s", e->service.name);
	fmt_text(&who);
	fmt_bytes(&path, e->service.path);
	if (path.full || path.n == ENTRY_PATH) {
		diag_put(d, "service %s: the path is too long", s->name);
		return -NAT_ECONF;
	}
	fmt_text(&path);
	if (entries_find(es, name)) {
		diag_put(d, "service %s: the name is there twice: NAME=...",
			 e->service.name);
		return -NAT_ECONF;
	}
	map_put(&es->names, &e->node, map_hash(name));
	es->n++;
	return 0;
}

/* The services that ask for a port of their own, or those that take any. */
static int add_all(struct entries *es, const struct client_conf *conf,
		   bool of_their_own, struct diag *d)
{
	int err = 0;

	for (uint32_t i = 0; i < conf->nservices; i++) {
		const struct service *s = &conf->services[i];

		if ((s->public_lo != 0) != of_their_own)
			continue;
		for (unsigned k = 0; k < service_count(s); k++)
			if (add(es, s, k, conf->udp_idle, d) < 0)
				err = -NAT_ECONF;
	}
	return err;
}

/* Who takes any port comes last, lest it is given one that another asks for. */
int entries_init(struct entries *es, const struct client_conf *conf,
		 struct diag *d)
{
	int err = add_all(es, conf, true, d), rc;

	rc = add_all(es, conf, false, d);
	return err ? err : rc;
}

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

void entry_print(const struct entry *e, const struct relays *relays)
{
	uint8_t line[LOG_LINE];
	struct fmt f = fmt_to(SPAN(line));

	fmt_put(&f, "%s %s ", e->service.name,
		service_type(e->service.protocol));
	if (e->service.private)
		fmt_put(&f, "private");
	else
		relays_print_port(&f, relays, e->port);
	fmt_put(&f, " -> ");
	service_print_local(&f, &e->service);
	fmt_put(&f, "\n");
	console_tell(fmt_done(&f));
}

void entry_trouble(struct entry *e, struct net *net, const char *form, ...)
{
	uint8_t text[LOG_LINE];
	struct fmt f = fmt_to(SPAN(text));
	uint32_t unsaid;
	va_list ap;

	if (!log_may(&e->trouble, net->loop->now, &unsaid))
		return;
	va_start(ap, form);
	fmt_vput(&f, form, ap);
	va_end(ap);
	if (unsaid)
		fmt_put(&f, " (and %lu times before)", (unsigned long)unsaid);
	log_warn(net->log, e->who, "%.*s", (int)f.n, (const char *)text);
}

bool entries_have(const struct entries *es, enum fastnat_protocol protocol)
{
	for (uint32_t i = 0; i < es->n; i++)
		if (es->v[i].service.protocol == protocol)
			return true;
	return false;
}
