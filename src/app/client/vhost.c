#include "app/client/vhost.h"
#include "base/cur.h"

const char *client_http_fault(const struct service *s)
{
	if (s->protocol < FASTNAT_HTTP)
		return NULL;
	if (s->protocol == FASTNAT_HTTPS)
		return "https services are not there yet";
	return s->public_host.n ? NULL
				: "http goes by a name: @blog, or "
				  "@www.example.org";
}

void vhost_ask(struct fastnat *m, const struct entry *e)
{
	if (!e->service.public_host.n)
		return;
	m->has |= HAS_HOST;
	m->host = e->service.public_host;
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
