#include "app/client/vhost.h"
#include "app/client/shares.h"
#include "base/cur.h"
#include "wire/site.h"

static void put_edits(struct fmt *f, const char *word,
		      const struct opt_list *edits)
{
	for (uint32_t i = 0; i < edits->n; i++)
		site_put_edit(f, word, bytes_of(edits->v[i]));
}

/* Its connections are of a visitor each: named in front, or from his address. */
static bool names_visitors(const struct service *s)
{
	return s->protocol == FASTNAT_HTTP &&
	       (s->edge.proxy || s->edge.transparent);
}

/* The name, and what wire/site.h knows behind it. */
static void put(struct fmt *f, const struct service *s)
{
	const struct service_site *site = &s->site;

	fmt_bytes(f, s->public_host);
	if (site->auth)
		site_put_auth(f, bytes_of(site->auth));
	if (site->most)
		fmt_put(f, " body=%llu", (unsigned long long)site->most);
	if (site->host)
		fmt_put(f, " host=%s", site->host);
	if (site->https)
		fmt_put(f, " https=1");
	if (names_visitors(s))
		fmt_put(f, " apart=1");
	if (site->page_text)
		site_put_page_word(f, bytes_of(site->page_text));
	put_edits(f, "ask", &site->ask);
	put_edits(f, "say", &site->say);
}

static const char *site_fault(const struct service *s)
{
	uint8_t room[FASTNAT_HOST];
	struct fmt f = fmt_to(SPAN(room));
	struct site site;

	if (s->site.auth && !strchr(s->site.auth, ':'))
		return "auth is not USER:PASSWORD";
	if (s->site.host && strchr(s->site.host, ' '))
		return "host is no host";
	put(&f, s);
	if (f.full)
		return "its options are longer than 2048 bytes, as they are "
		       "sent";
	return site_parse(&site, (struct bytes){ room + s->public_host.n,
						 f.n - s->public_host.n });
}

/* What nobody sees can be neither looked at nor changed. */
static const char *https_fault(const struct service *s)
{
	uint8_t room[FASTNAT_HOST];
	struct fmt f = fmt_to(SPAN(room));

	if (memchr(s->public_host.p, '/', s->public_host.n))
		return "https is passed through to the service: no path";
	put(&f, s);
	return f.n == s->public_host.n
		       ? NULL
		       : "https is passed through to the service: auth and "
			 "the like are for http";
}

const char *client_http_fault(const struct service *s)
{
	if (s->protocol < FASTNAT_HTTP)
		return NULL;
	if (!s->public_host.n)
		return "http and https go by a name: @blog, or "
		       "@www.example.org";
	return s->protocol == FASTNAT_HTTPS ? https_fault(s) : site_fault(s);
}

bool vhost_differs(const struct service *a, const struct service *b)
{
	uint8_t one[FASTNAT_HOST], two[FASTNAT_HOST];
	struct fmt f = fmt_to(SPAN(one)), g = fmt_to(SPAN(two));

	put(&f, a);
	put(&g, b);
	return !bytes_equal(fmt_done(&f), fmt_done(&g));
}

void vhost_ask(struct fastnat *m, const struct entry *e, struct span room)
{
	struct fmt f = fmt_to(room);

	if (!e->service.public_host.n)
		return;
	m->has |= HAS_HOST;
	if (shares_known && e->service.protocol == FASTNAT_HTTP) {
		m->has |= HAS_N;
		m->n = 1;
	}
	put(&f, &e->service);
	m->host = fmt_done(&f);
	m->out_port = 0;
}

void vhost_told(struct entry *e, const struct fastnat *m)
{
	struct fmt f = fmt_to(SPAN(e->host));

	if (m->has & HAS_HOST)
		fmt_bytes(&f, m->host);
	fmt_text(&f);
}

bool vhost_print(struct fmt *f, const struct entry *e)
{
	struct cur c = cur_of(bytes_of(e->host));
	struct bytes host = cur_until(&c, '/');
	const char *path = e->host + host.n;

	if (!host.n)
		return false;
	fmt_put(f, "%.*s:%u%s", (int)host.n, (const char *)host.p,
		(unsigned)e->port, path);
	return true;
}
