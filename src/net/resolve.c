#include "net/resolve.h"
#include "net/hosts.h"
#include "net/resolver.h"
#include "os/mem.h"

static const char *const hosts_path = "/etc/hosts";

/* ---- what all share ---- */

int resolver_start(struct net *net, const char *conf)
{
	struct span mem = mem_reserve(sizeof(struct resolver));
	struct resolver *rs = (struct resolver *)(void *)mem.p;

	if (!rs)
		return -NAT_EMEMORY;
	rs->net = net;
	slots_init(&rs->lookups, SPAN(rs->memory), sizeof rs->memory[0],
		   RESOLVE_LOOKUPS);
	list_init(&rs->waiting);
	answers_init(&rs->answers);
	reread_init(&rs->conf_file, conf, SPAN(rs->conf_text));
	reread_init(&rs->hosts_file, hosts_path, SPAN(rs->hosts_text));
	net->resolver = rs;
	return 0;
}

void resolver_stop(struct net *net)
{
	struct resolver *rs = net->resolver;

	slots_each (struct lookup, at, &rs->lookups)
		lookup_end(at.it);
	mem_release((struct span){ (uint8_t *)rs, sizeof *rs });
	net->resolver = NULL;
}

static void complain(const struct resolver *rs, const struct reread *file)
{
	if (file->err < 0 && file->err != -NAT_ENOENT)
		log_warn(rs->net->log, "names", "%s: %s", file->path,
			 err_text(file->err));
}

void resolver_look(struct resolver *rs)
{
	int64_t now = rs->net->loop->now;

	if (reread_look(&rs->hosts_file, now))
		complain(rs, &rs->hosts_file);
	if (!reread_look(&rs->conf_file, now))
		return;
	complain(rs, &rs->conf_file);
	resolvconf_parse(&rs->conf, rs->conf_file.text);
	rs->server = 0;
	answers_forget(&rs->answers);
	log_debug(rs->net->log, "names", "%s: servers=%u search=%u",
		  rs->conf_file.path, rs->conf.nservers, rs->conf.nsearch);
}

void resolver_freed(struct resolver *rs)
{
	struct resolve *r;

	if (list_alone(&rs->waiting))
		return;
	r = container_of(rs->waiting.next, struct resolve, node);
	list_remove(&r->node);
	soon_start(&r->begin, rs->net->loop);
}

/* ---- one who asks ---- */

static struct lookup *lookup_of(struct resolver *rs, struct bytes host)
{
	slots_each (struct lookup, at, &rs->lookups)
		if (lookup_serves(at.it, host))
			return at.it;
	return NULL;
}

static void ask(struct resolve *r)
{
	struct resolver *rs = r->net->resolver;
	struct lookup *shared = lookup_of(rs, r->host), *l = shared;

	if (!l)
		l = slots_get(&rs->lookups);
	if (!l) {
		list_append(&rs->waiting, &r->node);
		return;
	}
	r->lookup = l;
	if (!shared) {
		l->resolver = rs;
		list_init(&l->waiting);
	}
	list_append(&l->waiting, &r->node);
	if (!shared)
		lookup_begin(l, r->host);
}

static void begin(struct soon *s)
{
	struct resolve *r = container_of(s, struct resolve, begin);
	struct resolver *rs = r->net->resolver;
	struct found f = { .last = true };
	int n;

	resolver_look(rs);
	n = hosts_find(rs->hosts_file.text, r->host, f.addrs, RESOLVE_ADDRS);
	f.n = (uint8_t)n;
	if (n == 0 && (!hosts_may_ask(r->host) || r->host.n > DNS_NAME))
		f.err = -NAT_ENAME;
	if (n > 0 || f.err) {
		resolver_freed(rs);
		r->heard(r, &f);
		return;
	}
	ask(r);
}

void resolve_start(struct resolve *r, struct net *net, struct bytes host,
		   void (*heard)(struct resolve *, const struct found *))
{
	*r = (struct resolve){ .net = net, .heard = heard, .host = host };
	list_init(&r->node);
	soon_init(&r->begin, begin);
	soon_start(&r->begin, net->loop);
}

/* Whoever was called to begin and does not lets the next one. */
void resolve_stop(struct resolve *r)
{
	struct lookup *l = r->lookup;
	bool called = !list_alone(&r->begin.node);

	soon_stop(&r->begin);
	list_remove(&r->node);
	r->lookup = NULL;
	if (l && list_alone(&l->waiting))
		lookup_end(l);
	else if (called)
		resolver_freed(r->net->resolver);
}
