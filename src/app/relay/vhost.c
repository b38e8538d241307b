#include "app/relay/published.h"
#include "app/relay/visitor.h"
#include "app/relay/web_inner.h"
#include "base/cur.h"
#include <assert.h>

/* The name, and the words behind it. */
static struct bytes name_of(const struct fastnat *m, struct bytes *words)
{
	struct cur c = cur_of(m->host);
	struct bytes name = cur_until(&c, ' ');

	*words = (struct bytes){ c.p, cur_left(&c) };
	return name;
}

static const char *read_name(struct route_name *to, const struct relay *r,
			     const struct fastnat *m)
{
	struct bytes words, name = name_of(m, &words);
	const char *why;

	why = route_read(to, name, r->conf->web.domain);
	to->passes = m->protocol == FASTNAT_HTTPS;
	if (!why && to->passes && (to->path_n || words.n))
		why = "https is passed through: no path, and nothing behind "
		      "the name";
	return why;
}

/* Can somebody find it? */
static const char *find_fault(const struct relay *r, const struct fastnat *m,
			      const struct site *site)
{
	bool https = r->conf->web.https.n;

	if (m->protocol == FASTNAT_HTTPS && !https)
		return "this relay passes no HTTPS through: it has no --https";
	if (site->https && !https && !r->conf->web.trust.n)
		return "this relay has no --https to send visitors to";
	return NULL;
}

const char *web_fault(const struct relay *r, const struct fastnat *m)
{
	struct route_name name;
	struct bytes words;
	struct site site;
	const char *why;

	if (!r->web)
		return "this relay serves no HTTP: it has no --http";
	if (!(m->has & HAS_HOST))
		return "no host";
	why = read_name(&name, r, m);
	name_of(m, &words);
	if (!why)
		why = site_parse(&site, words);
	return why ? why : find_fault(r, m, &site);
}

int web_publish(struct published *p, const struct fastnat *m)
{
	struct relay *r = p->relay;
	struct route_name name;
	const char *why = read_name(&name, r, m);

	assert(!why); /* web_fault has looked */
	(void)why;
	return route_put(&r->web->routes, &name, p);
}

const char *web_refusal(const struct fastnat *m, int err)
{
	if (m->protocol < FASTNAT_HTTP || err == -NAT_ELIMIT)
		return NULL;
	return err == -NAT_EINUSE ? "another client has published this name"
				  : err_text(err);
}

void web_withdraw(struct published *p)
{
	struct web *web = p->relay->web; /* NULL: the relay stops */

	if (!p->route || !web)
		return;
	route_remove(&web->routes, p);
	slots_each (struct web_conn, c, &web->conns)
		if (c.it->state == WEB_HEAD && c.it->up &&
		    c.it->up->published == p)
			web_drop(c.it, 0);
}

bool web_differs(const struct published *p, const struct fastnat *m)
{
	struct route_name name;

	if (!p->route || !(m->has & HAS_HOST))
		return p->route;
	return read_name(&name, p->relay, m) ||
	       !route_same(&name, &p->route->name);
}

void web_told(struct published *p, const struct fastnat *m)
{
	struct bytes words;
	const char *why;

	if (!p->route)
		return;
	name_of(m, &words);
	p->route->shares = m->has & HAS_N;
	why = route_settle(p->route, words);
	assert(!why);
	(void)why;
}

uint16_t web_port_of(const struct published *p)
{
	const struct web *web = p->relay->web;
	bool https = p->protocol == FASTNAT_HTTPS || (web && !web->http);

	if (!p->route || !web)
		return 0;
	return https ? web->https : web->http;
}

void web_print_name(struct fmt *f, const struct published *p)
{
	if (p->route)
		route_print(f, &p->route->name);
}

void web_tell(const struct published *p, struct fastnat *yes, struct span room)
{
	struct fmt f = fmt_to(room);

	if (!p->route)
		return;
	web_print_name(&f, p);
	yes->has |= HAS_HOST;
	yes->host = fmt_done(&f);
	yes->out_port = web_port_of(p);
}

const char *web_listens(const struct relay *r, uint32_t at, struct addr *a)
{
	const struct web_port *p;

	if (!r->web || at >= r->web->nports)
		return NULL;
	p = &r->web->ports[at];
	*a = p->listener.at;
	if (p->http && p->https)
		return "http, https";
	return p->http ? "http" : "https";
}

bool web_count(const struct relay *r, struct web_counts *n)
{
	if (!r->web)
		return false;
	n->connections = r->web->conns.used;
	n->shared = r->web->sharing.strands.used;
	n->requests = r->web->requests;
	return true;
}

const char *relay_domain_fault(const struct relay_conf *conf)
{
	const char *domain = conf->web.domain;

	return domain ? route_domain_fault(bytes_of(domain)) : NULL;
}
