#include "app/natpass/agent.h"
#include "app/natpass/inner.h"
#include "crypt/crc.h"
#include "crypt/ct.h"
#include "os/cpu.h"
#include "os/file.h"
#include "os/host.h"
#include "os/mem.h"
#include "os/parts.h"
#include "os/rand.h"
#include "wire/allowed.h"
#include "wire/passfile.h"
#include "wire/passrule.h"

/* ---- settings ---- */

static void fit_lists(const struct agent_conf *conf, struct diag *d)
{
	struct passrule rule;

	for (uint32_t i = 0; i < conf->allow.n; i++) {
		const char *why = allowed_fault(bytes_of(conf->allow.v[i]));

		if (why)
			diag_option(d, "allow", why);
	}
	for (uint32_t i = 0; i < conf->forward.n; i++)
		if (passrule_parse(&rule, bytes_of(conf->forward.v[i])) < 0)
			diag_option(d, "forward",
				    "is not [udp:][ADDR:]PORT:TARGET:HOST:PORT:"
				    " 2222:box:127.0.0.1:22");
}

void agent_fit(struct agent_conf *conf, struct diag *d)
{
	conf->secure.transport = conf->tls ? "tls" : "tcp";
	conf->secure.calls = false;
	if (!conf->server) {
		if (conf->allow.n || conf->forward.n)
			diag_option(d, "natpass",
				    "is where allow and forward are for");
		return;
	}
	if (!conf->secret == !conf->secret_file)
		diag_option(d, "natpass", "needs either secret or secret-file");
	if (conf->secret && natpass_secret_fault(bytes_of(conf->secret)))
		diag_option(d, "secret",
			    natpass_secret_fault(bytes_of(conf->secret)));
	if (conf->id && strlen(conf->id) > NATPASS_ID)
		diag_option(d, "id", "is longer than 128 bytes");
	if (conf->id && bytes_are(bytes_of(conf->id), "server"))
		diag_option(d, "id", "is what servers are called");
	secure_fit(&conf->use, &conf->secure, SECURE_CLIENT, d);
	fit_lists(conf, d);
}

/* A link has one, but while it is dialled. */
size_t agent_descriptors(const struct agent_conf *conf)
{
	return conf->server ? conf->max_links + conf->forward.n + DIAL_ADDRS
			    : 0;
}

/* ---- secrets ---- */

static int load_secrets(struct agent *a, const struct agent_conf *conf,
			struct diag *d)
{
	struct span to = a->texts[a->secrets.p == a->texts[0].p];
	struct passfile_line line;
	long n;

	if (conf->secret) {
		n = (long)min_size(strlen(conf->secret), to.n);
		memcpy(to.p, conf->secret, (size_t)n);
	} else {
		n = file_read_secret(conf->secret_file, to);
	}
	if (n < 0) {
		diag_put(d, "secret file %s: %s", conf->secret_file,
			 n == -NAT_EINVAL ? "others can read it: chmod 600 it"
					  : err_text((int)n));
		return (int)n;
	}
	a->fresh = (struct bytes){ to.p, (size_t)n };
	if (passfile_find(&line, a->fresh, agent_id(a)))
		return 0;
	diag_put(d, "no good secret for %.*s%s%s", (int)a->id_n,
		 (const char *)a->id, conf->secret ? "" : " in ",
		 conf->secret ? "" : conf->secret_file);
	return -NAT_ECONF;
}

static void use_secrets(struct agent *a)
{
	struct bytes was = a->secrets;

	a->secrets = a->fresh;
	if (was.p && was.p != a->fresh.p)
		ct_wipe((void *)(uintptr_t)was.p, was.n);
}

static void make_id(struct agent *a)
{
	struct fmt f = fmt_to(SPAN(a->id));
	uint8_t random[3];

	if (a->conf->id) {
		fmt_put(&f, "%s", a->conf->id);
	} else {
		rand_fill(SPAN(random));
		host_name(&f);
		f.n = min_size(f.n, NATPASS_ID - sizeof "-xxxxxx");
		fmt_put(&f, "-");
		fmt_hex(&f, bytes_in(SPAN(random)));
	}
	a->id_n = (uint8_t)f.n;
}

/* ---- who asks ---- */

static const struct kind *kind_of(uint32_t type, size_t *i)
{
	for (*i = 0; kinds[*i].type != NATPASS_TYPES; ++*i)
		if (kinds[*i].type == type)
			return &kinds[*i];
	return NULL;
}

static bool allows(const struct agent_conf *conf,
		   const struct natpass_request *ask)
{
	for (uint32_t i = 0; i < conf->allow.n; i++)
		if (allowed_has(bytes_of(conf->allow.v[i]), ask))
			return true;
	return false;
}

bool agent_keeps_shells(const struct agent_conf *conf)
{
	const struct natpass_request ask = { .type = NATPASS_SHELL };

	return conf->server && allows(conf, &ask);
}

const char *agent_objects(struct agent *a, const struct natpass *m)
{
	const struct natpass_request *ask = &m->request;
	const struct kind *k;
	size_t i;

	k = kind_of(ask->type, &i);
	if (a->draining)
		return "it is about to stop";
	if (!k)
		return "that is not known here";
	if (k->why_not)
		return k->why_not;
	if (allows(a->conf, ask))
		return NULL;
	log_seldom(a->net->log, log_at(&a->refusals, a->net->loop->now),
		   "natpass", "%.*s asks for %s%s%.*s: not allowed",
		   (int)m->from.n, (const char *)m->from.p,
		   natpass_type_names[ask->type],
		   ask->told == NATPASS_CADDR ? " " : "",
		   ask->told == NATPASS_CADDR ? (int)ask->addr.addr.n : 0,
		   (const char *)ask->addr.addr.p);
	return "that is not allowed here (--allow)";
}

void agent_asked(struct agent *a, struct vlink *l,
		 const struct natpass_request *ask)
{
	size_t i;
	const struct kind *k = kind_of(ask->type, &i);
	void *place = slots_get(&a->places[i]); /* as many as links */

	k->asked(a, l, place, ask);
}

void kind_put(struct agent *a, uint32_t type, void *place)
{
	size_t i;

	if (kind_of(type, &i))
		slots_put(&a->places[i], place);
}

uint32_t kind_used(const struct agent *a, uint32_t type)
{
	size_t i;

	return kind_of(type, &i) ? a->places[i].used : 0;
}

/* ---- life ---- */

static int reserve(struct agent *a)
{
	struct trunk *t = &a->trunk;
	uint32_t most = a->conf->max_links;
	struct part parts[4 + KINDS] = {
		PART_SLOTS(&t->links.table, struct vlink, most),
		PART_MAP(&t->links.by_id, most),
		PART_MEM(&a->texts[0], uint8_t, AGENT_SECRETS),
		PART_MEM(&a->texts[1], uint8_t, AGENT_SECRETS),
	};
	size_t n = 4;

	for (size_t i = 0; kinds[i].type != NATPASS_TYPES; i++) {
		if (!kinds[i].size)
			continue;
		parts[n++] = (struct part){ .to = { .slots = &a->places[i] },
					    .limit = most,
					    .size = (uint16_t)kinds[i].size,
					    .kind = PART_IS_SLOTS };
	}
	rand_fill(SPAN(t->links.seed.k));
	t->links.windows = (size_t)(a->conf->memory / 2);
	return parts_reserve(&a->memory, parts, n);
}

static int set_up(struct agent *a, struct diag *d)
{
	const struct secure_wish wish = { .side = SECURE_CLIENT,
					  .most = 1,
					  .conf = a->conf->use };
	int rc = reserve(a);

	crc32_native(cpu_has_aes(), cpu_has_wide_fold());
	if (rc < 0) {
		diag_put(d, "natpass: %s: lower max-links", err_text(rc));
		return rc;
	}
	make_id(a);
	if (hostport_parse(&a->server, bytes_of(a->conf->server)) < 0)
		a->server = (struct hostport){ bytes_of(a->conf->server), 0 };
	if (a->server.port == 0)
		a->server.port = AGENT_PORT;
	rc = load_secrets(a, a->conf, d);
	if (rc < 0)
		return rc;
	use_secrets(a);
	rc = secure_start(&a->secure, a->net, &wish, d);
	return rc < 0 ? rc : rules_start(&a->rules, a, d);
}

int agent_start(struct agent **out, struct net *net,
		const struct agent_conf *conf, struct diag *d)
{
	struct agent *a;
	int rc;

	*out = NULL;
	if (!conf->server)
		return 0;
	a = (struct agent *)(void *)mem_reserve(sizeof *a).p;
	if (!a) {
		diag_put(d, "natpass: %s", err_text(-NAT_EMEMORY));
		return -NAT_EMEMORY;
	}
	a->net = net;
	a->conf = conf;
	a->keeper = conf->keeper;
	rc = set_up(a, d);
	if (rc < 0) {
		agent_stop(a);
		return rc;
	}
	trunk_start(&a->trunk, a);
	*out = a;
	return 0;
}

void agent_ready(const struct agent *a)
{
	if (a)
		rules_ready(&a->rules);
}

static void stop_places(struct agent *a)
{
	for (size_t i = 0; kinds[i].type != NATPASS_TYPES; i++) {
		struct slots *table = &a->places[i];
		uint32_t at = 0;
		void *place;

		while (kinds[i].size && (place = slots_next(table, &at)))
			kinds[i].stop(place);
	}
}

void agent_stop(struct agent *a)
{
	if (!a)
		return;
	if (a->memory.p)
		stop_places(a);
	rules_stop(&a->rules);
	if (a->trunk.agent)
		trunk_stop(&a->trunk);
	for (size_t i = 0; i < COUNT(a->texts); i++)
		if (a->texts[i].p)
			ct_wipe(a->texts[i].p, a->texts[i].n);
	secure_stop(a->secure);
	mem_release(a->memory);
	mem_release((struct span){ (uint8_t *)a, sizeof *a });
}

void agent_check(struct agent *a, const struct agent_conf *conf, struct diag *d)
{
	if (!a)
		return;
	if (agent_keeps_shells(conf) && !a->keeper)
		diag_option(d, "allow",
			    "shells are kept from the start on: that needs a "
			    "restart");
	(void)!load_secrets(a, conf, d); /* it is said */
	secure_check(a->secure, conf->use, d);
}

void agent_reload(struct agent *a, const struct agent_conf *conf)
{
	if (!a)
		return;
	a->conf = conf;
	use_secrets(a);
	secure_reload(a->secure, conf->use);
}

void agent_retry(struct agent *a, bool sure)
{
	if (a)
		trunk_retry(&a->trunk, sure);
}

void agent_drain(struct agent *a)
{
	if (!a)
		return;
	a->draining = true;
	rules_drain(&a->rules);
}

bool agent_busy(const struct agent *a)
{
	return a && a->trunk.links.table.used > 0;
}

struct trunk *agent_trunk(struct agent *a)
{
	return &a->trunk;
}
