#include "app/relay/route.h"
#include "app/relay/published.h"
#include "base/cur.h"

/* ---- names ---- */

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* Labels of a host (RFC 1123 2.1, and '_'), as many as fit. */
static const char *read_host(struct route_name *name, struct bytes text)
{
	struct cur c = cur_of(text);

	if (text.n == 0 || text.n + name->host_n > ROUTE_HOST)
		return "no host name";
	while (cur_left(&c)) {
		struct bytes label = cur_until(&c, '.');

		if (!fastnat_is_name(label) || label.n > 63)
			return "not a host name";
	}
	for (size_t i = 0; i < text.n; i++)
		name->host[name->host_n++] = lower(text.p[i]);
	if (name->host[name->host_n - 1] == '.')
		name->host_n--;
	return NULL;
}

static const char *read_path(struct route_name *name, struct bytes text)
{
	while (text.n > 0 && text.p[text.n - 1] == '/')
		text.n--;
	if (text.n > ROUTE_PATH)
		return "the path is longer than 128 bytes";
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] >= 0x7f || text.p[i] == '?' ||
		    text.p[i] == '#' || text.p[i] == '"' || text.p[i] == '\\')
			return "not the beginning of a path";
	name->path_n = (uint8_t)text.n;
	memcpy(name->path, text.p, text.n);
	return NULL;
}

/* blog is blog.DOMAIN. */
static const char *add_domain(struct route_name *name, const char *domain)
{
	if (memchr(name->host, '.', name->host_n) || name->wild)
		return NULL;
	if (!domain)
		return "this relay has no --domain: ask for a whole name, "
		       "with a dot";
	if (name->host_n == ROUTE_HOST)
		return "the name is too long";
	name->host[name->host_n++] = '.';
	return read_host(name, bytes_of(domain));
}

const char *route_read(struct route_name *name, struct bytes text,
		       const char *domain)
{
	struct cur c = cur_of(text);
	struct bytes host = cur_until(&c, '/');
	struct bytes path = { text.p + host.n, text.n - host.n };
	const char *why;

	*name = (struct route_name){ .wild = false };
	if (host.n > 2 && host.p[0] == '*' && host.p[1] == '.') {
		name->wild = true;
		host = (struct bytes){ host.p + 2, host.n - 2 };
	}
	why = read_host(name, host);
	if (!why)
		why = add_domain(name, domain);
	return why ? why : read_path(name, path);
}

const char *route_domain_fault(struct bytes domain)
{
	struct route_name name = { .wild = false };

	return read_host(&name, domain);
}

void route_print(struct fmt *f, const struct route_name *name)
{
	fmt_put(f, "%s%.*s%.*s", name->wild ? "*." : "", name->host_n,
		(const char *)name->host, name->path_n,
		(const char *)name->path);
}

static struct bytes host_of(const struct route_name *name)
{
	return (struct bytes){ name->host, name->host_n };
}

static struct bytes path_of(const struct route_name *name)
{
	return (struct bytes){ name->path, name->path_n };
}

bool route_same(const struct route_name *a, const struct route_name *b)
{
	return a->wild == b->wild && a->passes == b->passes &&
	       bytes_equal(host_of(a), host_of(b)) &&
	       bytes_equal(path_of(a), path_of(b));
}

/* ---- the table ---- */

static uint32_t hash_of(const struct routes *rs, struct bytes host)
{
	return map_mix(&rs->seed, host);
}

static struct route *of_name(const struct routes *rs,
			     const struct route_name *name)
{
	uint32_t hash = hash_of(rs, host_of(name));
	struct map_node *at = NULL;

	while ((at = map_find(&rs->by_host, hash, at)) != NULL) {
		struct route *r = container_of(at, struct route, node);

		if (route_same(&r->name, name))
			return r;
	}
	return NULL;
}

static void let_find(struct routes *rs, struct route *r)
{
	r->found = true;
	map_put(&rs->by_host, &r->node, hash_of(rs, host_of(&r->name)));
}

int route_put(struct routes *rs, const struct route_name *name,
	      struct published *p)
{
	struct route *first = of_name(rs, name), *r = slots_get(&rs->table);

	if (!r)
		return -NAT_ELIMIT;
	if (first && !group_joins(first->published, p)) {
		slots_put(&rs->table, r);
		return -NAT_EINUSE;
	}
	r->published = p;
	p->route = r;
	r->name = *name;
	if (!first)
		let_find(rs, r);
	return 0;
}

const char *route_settle(struct route *r, struct bytes words)
{
	struct site site;
	const char *why = site_parse(&site, words);

	if (why)
		return why;
	memcpy(r->words, words.p, words.n);
	return site_parse(&r->site, (struct bytes){ r->words, words.n });
}

void route_remove(struct routes *rs, struct published *p)
{
	struct published *next = group_next(p);
	struct route *r = p->route;

	p->route = NULL;
	if (r->found)
		map_remove(&rs->by_host, &r->node);
	if (r->found && next)
		let_find(rs, next->route);
	slots_put(&rs->table, r);
}

/* ---- looking ---- */

/* By whole segments: /api is not the beginning of /apis. */
static bool begins(struct bytes path, struct bytes with)
{
	if (path.n < with.n ||
	    !bytes_equal((struct bytes){ path.p, with.n }, with))
		return false;
	return path.n == with.n || with.n == 0 || path.p[with.n] == '/' ||
	       path.p[with.n] == '?';
}

/* What is looked for: one that passes TLS through, or one of HTTP for that path,
 * p NULL: for any.
 */
struct wish {
	bool passes;
	struct bytes path;
};

static bool suits(const struct route_name *name, const struct wish *w)
{
	return name->passes == w->passes &&
	       (!w->path.p || begins(w->path, path_of(name)));
}

static const struct route *longest(const struct routes *rs, struct bytes host,
				   bool wild, const struct wish *w)
{
	uint32_t hash = hash_of(rs, host);
	const struct route *best = NULL;
	struct map_node *at = NULL;

	while ((at = map_find(&rs->by_host, hash, at)) != NULL) {
		const struct route *r = container_of(at, struct route, node);

		if (r->name.wild == wild &&
		    bytes_equal(host_of(&r->name), host) &&
		    suits(&r->name, w) &&
		    (!best || r->name.path_n > best->name.path_n))
			best = r;
	}
	return best;
}

static const struct route *nearest(const struct routes *rs, struct bytes host,
				   const struct wish *w)
{
	const struct route *r = longest(rs, host, false, w);
	struct cur c = cur_of(host);

	for (int up = 0; !r && up < ROUTE_LEVELS && cur_left(&c); up++) {
		cur_until(&c, '.');
		r = longest(rs, (struct bytes){ c.p, cur_left(&c) }, true, w);
	}
	return r;
}

/* As names are kept; nothing: no name is as long. */
static struct bytes plain(uint8_t room[ROUTE_HOST + 1], struct bytes host)
{
	if (host.n > ROUTE_HOST + 1)
		return (struct bytes){ room, 0 };
	for (size_t i = 0; i < host.n; i++)
		room[i] = lower(host.p[i]);
	if (host.n > 1 && room[host.n - 1] == '.')
		host.n--;
	return (struct bytes){ room, host.n };
}

struct published *route_find(const struct routes *rs, struct bytes host,
			     struct bytes path)
{
	uint8_t room[ROUTE_HOST + 1];
	const struct wish w = { .path = path };
	const struct route *r = nearest(rs, plain(room, host), &w);

	return r ? r->published : NULL;
}

struct published *route_find_tls(const struct routes *rs, struct bytes host)
{
	static const struct wish through = { .passes = true },
				 ends = { .passes = false };
	uint8_t room[ROUTE_HOST + 1];
	struct bytes name = plain(room, host);
	const struct route *a = nearest(rs, name, &through);
	const struct route *b = nearest(rs, name, &ends);

	if (a && b && a->name.wild &&
	    (!b->name.wild || b->name.host_n > a->name.host_n))
		a = NULL;
	a = a ? a : b;
	return a ? a->published : NULL;
}

uint32_t route_mark(const struct routes *rs, struct bytes host)
{
	uint8_t room[ROUTE_HOST + 1];

	return hash_of(rs, plain(room, host)) | 1;
}
