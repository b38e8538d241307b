#include "app/natpass/server.h"
#include "app/natpass/pass.h"
#include "crypt/crc.h"
#include "crypt/ct.h"
#include "os/cpu.h"
#include "os/file.h"
#include "os/mem.h"
#include "os/rand.h"

enum { KNOCKING = 64 }; /* connections before they say who they are */

/* ---- settings ---- */

void natpass_fit(const struct natpass_conf *conf, struct diag *d)
{
	if (conf->listen.n == 0)
		return;
	if (!conf->secret == !conf->secret_file)
		diag_option(d, "natpass", "needs either secret or secret-file");
	if (!secure_wanted(conf->tls, SECURE_SERVER) && !conf->plain)
		diag_option(d, "natpass",
			    "without TLS everybody on the way can log in: "
			    "give tls-dir, or natpass-plain if that is meant");
	if (conf->secret && natpass_secret_fault(bytes_of(conf->secret)))
		diag_option(d, "secret",
			    natpass_secret_fault(bytes_of(conf->secret)));
}

size_t natpass_descriptors(const struct natpass_conf *conf)
{
	return conf->listen.n ? conf->max_clients + KNOCKING + conf->listen.n
			      : 0;
}

/* ---- secrets ---- */

/* The text that is not in force. */
static struct span spare_text(const struct natpass_server *s)
{
	return s->texts[s->secrets.p == s->texts[0].p];
}

static int load_secrets(struct natpass_server *s,
			const struct natpass_conf *conf, struct diag *d)
{
	struct span to = spare_text(s);
	struct diag outer = *d;
	unsigned before = d->count;
	long n;

	if (conf->secret) {
		struct bytes one = bytes_of(conf->secret);

		n = (long)min_size(one.n, to.n);
		memcpy(to.p, one.p, (size_t)n);
	} else {
		n = file_read_secret(conf->secret_file, to);
	}
	if (n < 0) {
		diag_put(d, "secret file %s: %s", conf->secret_file,
			 n == -NAT_EINVAL ? "others can read it: chmod 600 it"
					  : err_text((int)n));
		return (int)n;
	}
	s->fresh = (struct bytes){ to.p, (size_t)n };
	d->where = conf->secret_file ? conf->secret_file : d->where;
	if (passfile_check(s->fresh, d) == 0)
		diag_put(d, "no secret in it");
	d->where = outer.where;
	d->line = outer.line;
	return d->count == before ? 0 : -NAT_ECONF;
}

static void use_secrets(struct natpass_server *s)
{
	struct bytes was = s->secrets;

	s->secrets = s->fresh;
	if (was.p)
		ct_wipe((void *)(uintptr_t)was.p, was.n);
}

void natpass_check(struct natpass_server *s, const struct natpass_conf *conf,
		   struct diag *d)
{
	if (!s)
		return;
	(void)!load_secrets(s, conf, d); /* it is said */
	secure_check(s->secure, conf->tls, d);
}

/* Who logged in by a secret that is no more is asked for the new one. */
static bool still_known(const struct natpass_server *s, struct bytes id,
			struct bytes before)
{
	struct passfile_line was, now;

	return passfile_find(&was, before, id) &&
	       passfile_find(&now, s->secrets, id) &&
	       ct_equal(was.secret, now.secret);
}

void natpass_reload(struct natpass_server *s, const struct natpass_conf *conf)
{
	struct bytes before;

	if (!s)
		return;
	before = s->secrets;
	s->secrets = s->fresh;
	s->conf = conf;
	secure_reload(s->secure, conf->tls);
	slots_each (struct pass_conn, c, &s->conns)
		if (c.it->up && !still_known(s, pass_id(c.it), before))
			pass_drop(c.it, "its secret is no longer valid");
	s->secrets = before;
	use_secrets(s);
}

/* ---- life ---- */

struct memory {
	size_t conns, links, by_id, by_link, bans, texts, all;
	uint32_t nconns, ids, keys;
};

static struct memory plan(const struct natpass_conf *conf)
{
	struct memory m = { .nconns = conf->max_clients + KNOCKING };

	m.ids = map_buckets(m.nconns);
	m.keys = map_buckets(conf->max_links);
	m.by_id = m.nconns * sizeof(struct pass_conn);
	m.links = m.by_id + m.ids * sizeof(struct map_node *);
	m.by_link = m.links + conf->max_links * sizeof(struct pass_link);
	m.bans = m.by_link + m.keys * sizeof(struct map_node *);
	m.texts = m.bans + PASS_BANS * sizeof(struct ban_row);
	m.all = m.texts + 2 * (size_t)PASS_SECRETS;
	return m;
}

static struct span part(struct span all, size_t from, size_t to)
{
	return (struct span){ all.p + from, to - from };
}

static int reserve(struct natpass_server *s)
{
	static const struct ban_rule rule = { 10, 60000 };
	struct memory m = plan(s->conf);
	struct span all = mem_reserve(m.all);

	if (!all.p)
		return -NAT_EMEMORY;
	s->memory = all;
	rand_fill(SPAN(s->seed.k));
	slots_init(&s->conns, part(all, 0, m.by_id), sizeof(struct pass_conn),
		   m.nconns);
	map_init(&s->by_id, part(all, m.by_id, m.links), m.ids);
	slots_init(&s->links, part(all, m.links, m.by_link),
		   sizeof(struct pass_link), s->conf->max_links);
	map_init(&s->by_link, part(all, m.by_link, m.bans), m.keys);
	bans_init(&s->bans, part(all, m.bans, m.texts), &rule, &s->seed);
	for (size_t i = 0; i < COUNT(s->texts); i++)
		s->texts[i] = part(all, m.texts + i * PASS_SECRETS,
				   m.texts + (i + 1) * PASS_SECRETS);
	return 0;
}

static int open_ports(struct natpass_server *s, struct diag *d)
{
	const struct opt_list *l = &s->conf->listen;

	for (uint32_t i = 0; i < l->n; i++) {
		struct pass_port *p = &s->ports.v[i];
		struct hostport hp;
		int rc = hostport_parse(&hp, bytes_of(l->v[i]));

		p->server = s;
		if (rc == 0)
			rc = listener_start(&p->listener, s->net, hp.host,
					    hp.port, pass_come);
		if (rc < 0) {
			diag_put(d, "natpass %s: %s", l->v[i], err_text(rc));
			return rc;
		}
		s->ports.n++;
	}
	return 0;
}

static int set_up(struct natpass_server *s, struct diag *d)
{
	const struct secure_wish wish = { .side = SECURE_SERVER,
					  .told = true,
					  .most = s->conf->max_clients +
						  KNOCKING,
					  .conf = s->conf->tls };
	int rc = reserve(s);

	crc32_native(cpu_has_aes(), cpu_has_wide_fold());
	if (rc < 0) {
		diag_put(d, "natpass: %s", err_text(rc));
		return rc;
	}
	rc = load_secrets(s, s->conf, d);
	if (rc < 0)
		return rc;
	use_secrets(s);
	rc = secure_start(&s->secure, s->net, &wish, d);
	return rc < 0 ? rc : open_ports(s, d);
}

int natpass_start(struct natpass_server **out, struct net *net,
		  const struct natpass_conf *conf, struct diag *d)
{
	struct natpass_server *s;
	int rc;

	*out = NULL;
	if (conf->listen.n == 0)
		return 0;
	s = (void *)mem_reserve(sizeof *s).p;
	if (!s) {
		diag_put(d, "natpass: %s", err_text(-NAT_EMEMORY));
		return -NAT_EMEMORY;
	}
	s->net = net;
	s->conf = conf;
	list_init(&s->knocking);
	rc = set_up(s, d);
	if (rc < 0) {
		natpass_stop(s);
		return rc;
	}
	*out = s;
	return 0;
}

void natpass_ready(const struct natpass_server *s)
{
	for (uint32_t i = 0; s && i < s->ports.n; i++) {
		char at[64];
		struct fmt f = fmt_to(SPAN(at));

		addr_print(&f, &s->ports.v[i].listener.at);
		secure_port(&f, s->secure && !s->conf->plain);
		log_say(s->net->log, "natpass: ready on %s", fmt_text(&f));
	}
}

void natpass_stop(struct natpass_server *s)
{
	if (!s)
		return;
	natpass_drain(s);
	if (s->memory.p) {
		slots_each (struct pass_conn, c, &s->conns)
			pass_drop(c.it, "the server stops");
		for (size_t i = 0; i < COUNT(s->texts); i++)
			if (s->texts[i].p)
				ct_wipe(s->texts[i].p, s->texts[i].n);
		mem_release(s->memory);
	}
	secure_stop(s->secure);
	mem_release((struct span){ (uint8_t *)s, sizeof *s });
}

void natpass_drain(struct natpass_server *s)
{
	for (uint32_t i = 0; s && i < s->ports.n; i++)
		listener_stop(&s->ports.v[i].listener);
}

uint32_t natpass_sockets(const struct natpass_server *s, int fds[OPT_LIST_MAX])
{
	uint32_t n = s ? s->ports.n : 0;

	for (uint32_t i = 0; i < n; i++)
		fds[i] = s->ports.v[i].listener.io.fd;
	return n;
}

bool natpass_busy(const struct natpass_server *s)
{
	return s && s->links.used > 0;
}
