#include "app/natpass/rule.h"
#include "app/natpass/carry.h"
#include "app/natpass/ferry.h"
#include "app/natpass/inner.h"
#include "os/mem.h"
#include "os/parts.h"

static void come(struct listener *l)
{
	struct rule *r = container_of(l, struct rule, listener);

	for (int i = 0; i < LISTENER_BATCH; i++) {
		struct addr from;
		int fd = listener_accept(l, &from);

		if (fd < 0)
			return;
		carry_come(r, fd);
	}
}

static void come_udp(struct udp *u)
{
	ferry_come(container_of(u, struct rule, udp));
}

static int open_port(struct rule *r)
{
	const struct hostport *hp = &r->rule.at;

	if (r->rule.type == NATPASS_UDP)
		return udp_bind(&r->udp, r->agent->net, hp->host, hp->port,
				come_udp);
	return listener_start(&r->listener, r->agent->net, hp->host, hp->port,
			      come);
}

static int add(struct rules *rs, struct agent *a, const char *text,
	       struct diag *d)
{
	struct rule *r = &rs->v[rs->n++];
	int rc = passrule_parse(&r->rule, bytes_of(text));

	r->agent = a;
	r->text = text;
	r->ask = (struct natpass_request){
		.name = bytes_of(text),
		.type = r->rule.type,
		.told = NATPASS_CADDR,
		.addr = { r->rule.to.host, r->rule.to.port },
	};
	if (rc == 0)
		rc = open_port(r);
	if (rc < 0)
		diag_put(d, "forward %s: %s", text, err_text(rc));
	return rc;
}

void rules_ready(const struct rules *rs)
{
	for (uint32_t i = 0; i < rs->n; i++) {
		const struct rule *r = &rs->v[i];
		bool udp = r->rule.type == NATPASS_UDP;
		char at[64];
		struct fmt f = fmt_to(SPAN(at));

		addr_print(&f, udp ? &r->udp.at : &r->listener.at);
		log_say(r->agent->net->log,
			"natpass: ready on %s%s for %.*s %.*s:%u",
			udp ? "udp " : "", fmt_text(&f), (int)r->rule.target.n,
			(const char *)r->rule.target.p, (int)r->rule.to.host.n,
			(const char *)r->rule.to.host.p,
			(unsigned)r->rule.to.port);
	}
}

int rules_start(struct rules *rs, struct agent *a, struct diag *d)
{
	uint32_t most = a->conf->max_links;
	const struct part parts[] = {
		PART_SLOTS(&rs->carries, struct carry, most),
		PART_SLOTS(&rs->ferries, struct ferry, most),
		PART_MAP(&rs->flows, most),
	};
	int rc;

	list_init(&rs->idles);
	if (a->conf->forward.n == 0)
		return 0;
	rc = parts_reserve(&rs->memory, parts, COUNT(parts));
	for (uint32_t i = 0; i < a->conf->forward.n && rc == 0; i++)
		rc = add(rs, a, a->conf->forward.v[i], d);
	return rc;
}

void rules_drain(struct rules *rs)
{
	for (uint32_t i = 0; i < rs->n; i++) {
		struct rule *r = &rs->v[i];

		if (r->rule.type != NATPASS_UDP && listener_runs(&r->listener))
			listener_stop(&r->listener);
	}
}

void rules_stop(struct rules *rs)
{
	rules_drain(rs);
	if (!rs->memory.p)
		return;
	slots_each (struct carry, c, &rs->carries)
		carry_stop(c.it);
	slots_each (struct ferry, f, &rs->ferries)
		ferry_stop(f.it);
	for (uint32_t i = 0; i < rs->n; i++)
		if (udp_runs(&rs->v[i].udp))
			udp_stop(&rs->v[i].udp);
	mem_release(rs->memory);
}

void rule_trouble(struct rule *r, const struct vlink *l)
{
	const char *why = *l->why ? l->why : err_text(l->stream.err);

	log_seldom(r->agent->net->log,
		   log_at(&r->rate, r->agent->net->loop->now), "natpass",
		   "%s: %s", r->text, why);
}
