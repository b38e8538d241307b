#include "app/client/reach.h"
#include "app/client/inner.h"
#include "base/cur.h"
#include "os/mem.h"
#include "os/parts.h"

/* ---- settings ---- */

static int parse(struct target *to, struct hostport *at, struct bytes visit)
{
	struct cur c = cur_of(visit);
	int rc = target_parse(to, cur_until(&c, '='));

	if (rc == 0)
		rc = hostport_parse(at, (struct bytes){ c.p, cur_left(&c) });
	if (rc == 0 && at->host.n == 0)
		at->host = BYTES("127.0.0.1");
	return rc;
}

const char *client_visit_fault(const char *visit)
{
	struct hostport at;
	struct target to;

	return parse(&to, &at, bytes_of(visit)) < 0
		       ? "is not OWNER/SERVICE=ADDR: router1/ssh=2222"
		       : NULL;
}

const char *client_stdio_fault(const char *text)
{
	struct target to;

	return target_parse(&to, bytes_of(text)) < 0
		       ? "is not OWNER/SERVICE: router1/ssh"
		       : NULL;
}

/* ---- coming ---- */

static void come(struct listener *l)
{
	struct reach *r = container_of(l, struct reach, listener);

	for (int i = 0; i < LISTENER_BATCH; i++) {
		struct addr from;
		int fd = listener_accept(l, &from);

		if (fd < 0)
			return;
		call_start(r, fd, &from);
	}
}

/* ---- life ---- */

static struct reach *add(struct client *c, const struct target *to)
{
	struct reach *r = &c->reaches.v[c->reaches.n++];
	struct fmt f = fmt_to(SPAN(r->who));

	r->client = c;
	r->to = *to;
	fmt_put(&f, "client %.*s/%.*s", (int)to->owner.n,
		(const char *)to->owner.p, (int)to->service.n,
		(const char *)to->service.p);
	fmt_text(&f);
	return r;
}

static int listen_at(struct client *c, const char *visit, struct diag *d)
{
	struct hostport at = { .port = 0 };
	struct target to = { .owner = { NULL, 0 } };
	int rc = parse(&to, &at, bytes_of(visit));
	struct reach *r = rc == 0 ? add(c, &to) : NULL;

	if (r)
		rc = listener_start(&r->listener, c->net, at.host, at.port,
				    come);
	if (rc < 0)
		diag_put(d, "visit: cannot listen for %s: %s", visit,
			 err_text(rc));
	return rc;
}

void reaches_ready(const struct client *c)
{
	for (uint32_t i = 0; i < c->conf->visit.n; i++) {
		const struct reach *r = &c->reaches.v[i];
		char text[64];
		struct fmt f = fmt_to(SPAN(text));

		addr_print(&f, &r->listener.at);
		log_say(c->net->log, "client: ready on %s for %.*s/%.*s",
			fmt_text(&f), (int)r->to.owner.n,
			(const char *)r->to.owner.p, (int)r->to.service.n,
			(const char *)r->to.service.p);
	}
}

static int start_stdio(struct client *c)
{
	const struct addr nobody = { .family = ADDR_NONE };
	struct target to;
	int rc = target_parse(&to, bytes_of(c->conf->stdio));

	if (rc == 0)
		call_start(add(c, &to), -1, &nobody);
	return rc;
}

int reaches_start(struct client *c, struct diag *d)
{
	const struct opt_list *visits = &c->conf->visit;
	struct reaches *rs = &c->reaches;
	const struct part parts[] = {
		PART_SLOTS(&rs->calls, struct call, c->conf->max_visitors),
		PART_SLOTS(&rs->callings, struct calling,
			   c->conf->max_visitors),
	};
	int rc = parts_reserve(&rs->memory, parts, COUNT(parts));

	for (uint32_t i = 0; i < visits->n && rc == 0; i++)
		rc = listen_at(c, visits->v[i], d);
	c->reaches.outcome = c->conf->stdio ? -NAT_ECLOSED : 0;
	if (rc == 0 && c->conf->stdio)
		rc = start_stdio(c);
	return rc;
}

void reaches_drain(struct client *c)
{
	for (uint32_t i = 0; i < c->reaches.n; i++)
		listener_stop(&c->reaches.v[i].listener);
}

void reaches_stop(struct client *c)
{
	reaches_drain(c);
	calls_stop(c);
	mem_release(c->reaches.memory);
}
