#include "cmd/conf.h"
#include "base/uci.h"
#include "cmd/role.h"
#include "crypt/ct.h"
#include "os/file.h"
#include "os/mem.h"
#include <assert.h>

/* clang-format off */
#define AT(field) offsetof(struct conf_service, field)
const struct opt conf_service_opts[] = {
	{ 0, "type", OPT_TEXT, 0, AT(type), "tcp|udp|http|https", NULL, 0, 0,
	  WORDS("What it speaks") },
	{ 0, "local", OPT_TEXT, 0, AT(local), "[HOST:]PORT", NULL, 0, 0,
	  WORDS("Where it is") },
	{ 0, "public", OPT_TEXT, 0, AT(public), "PORT", NULL, 0, 0,
	  WORDS("Port or host name at the relay") },
	{ 0, "udp-idle", OPT_MS, 0, AT(udp_idle), "TIME", "0",
	  0, 86400000, WORDS("How long a silent visitor of UDP is remembered; 0: as "
	  "long as the client says") },
	{ 0, "allow", OPT_CIDR, OPT_LIST, AT(rules.allow), "CIDR", NULL, 0, 0,
	  WORDS("Let visitors in from there, and from nowhere else") },
	{ 0, "deny", OPT_CIDR, OPT_LIST, AT(rules.deny), "CIDR", NULL, 0, 0,
	  WORDS("Let no visitors in from there, even if allowed") },
	{ 0, "rate", OPT_UINT, 0, AT(rules.rate), "N", "0",
	  0, SERVICE_RATE, WORDS("Most visitors, or requests of HTTP, a second from "
	  "one address, or IPv6 /64; 0: any number") },
	{ 0, "burst", OPT_UINT, 0, AT(rules.burst), "N", "0",
	  0, SERVICE_BURST, WORDS("How many of them may come at once; 0: twice the "
	  "rate") },
	ROWS_OF(NAT_HTTP)(
	{ 0, "auth", OPT_TEXT, OPT_SECRET, AT(site.auth), "USER:PASSWORD", NULL, 0, 0,
	  WORDS("Who visits must know it (HTTP basic authentication)") },
	{ 0, "max-body", OPT_SIZE, 0, AT(site.most), "SIZE", "0", 0, 0,
	  WORDS("Most bytes of a request's body; 0: any number") },
	{ 0, "host-header", OPT_TEXT, 0, AT(site.host), "HOST", NULL, 0, 0,
	  WORDS("The host that the service hears, if not the visitor's") },
	{ 0, "error-page", OPT_TEXT, 0, AT(site.page), "FILE", NULL, 0, 0,
	  WORDS("HTML that visitors see while the service is away, 1500 bytes or so") },
	{ 0, "redirect-https", OPT_FLAG, 0, AT(site.https), NULL, NULL, 0, 0,
	  WORDS("Send visitors that come without TLS to where there is") },
	{ 0, "request-header", OPT_TEXT, OPT_LIST, AT(site.ask), "NAME: VALUE", NULL,
	  0, 0, WORDS("A field set in requests; -NAME: removed") },
	{ 0, "response-header", OPT_TEXT, OPT_LIST, AT(site.say), "NAME: VALUE", NULL,
	  0, 0, WORDS("The same in answers") },)
	ROWS_OF(NAT_EDGE)(
	{ 0, "proxy-protocol", OPT_TEXT, 0, AT(edge.proxy_protocol), "v1|v2", NULL, 0, 0,
	  WORDS("Tell the service who visits, by haproxy's PROXY protocol") },)
	ROWS_OF(NAT_EDGE)(
	{ 0, "group", OPT_TEXT, 0, AT(edge.group), "WORD", NULL, 0, 0,
	  WORDS("Share the public port or name with the other services of this group") },
	{ 0, "group-key", OPT_TEXT, OPT_SECRET, AT(edge.group_key), "TEXT", NULL, 0, 0,
	  WORDS("What all of the group must know") },)
	ROWS_OF(NAT_EDGE)(
	{ 0, "bandwidth-in", OPT_SIZE, 0, AT(edge.bandwidth_in), "SIZE", "0",
	  0, 4095u << 20, WORDS("Most bytes a second from its visitors; 0: any number") },
	{ 0, "bandwidth-out", OPT_SIZE, 0, AT(edge.bandwidth_out), "SIZE", "0",
	  0, 4095u << 20, WORDS("Most bytes a second to them; 0: any number") },
	{ 0, "max-visitors", OPT_UINT, 0, AT(edge.max_visitors), "N", "0",
	  0, 65535, WORDS("Most visitors of it at once; 0: any number") },
	{ 0, "transparent", OPT_FLAG, 0, AT(edge.transparent), NULL, NULL, 0, 0,
	  WORDS("Connect to it from the visitor's address: on the gateway, with rules "
	  "that bring its answers back (Linux)") },
	{ 0, "check", OPT_TEXT, 0, AT(edge.check), "tcp|http:/PATH", NULL, 0, 0,
	  WORDS("Publish it only while it lets connect, or answers with 200 to 399") },
	{ 0, "check-interval", OPT_MS, 0, AT(edge.check_interval), "TIME", "0",
	  0, 86400000, WORDS("How often it is checked; 0: every 10s") },
	{ 0, "check-timeout", OPT_MS, 0, AT(edge.check_timeout), "TIME", "0",
	  0, 3600000, WORDS("How long a check may take; 0: 3s") },
	{ 0, "check-fails", OPT_UINT, 0, AT(edge.check_fails), "N", "0",
	  0, 1000, WORDS("How many fail in a row until it is withdrawn; 0: 3") },)
	{ 0, "client", OPT_TEXT, 0, AT(client), "NAME", NULL, 0, 0,
	  WORDS("The client section that it belongs to") },
	OPT_END
};
#undef AT

const struct opt conf_enabled_opts[] = {
	{ 0, "enabled", OPT_FLAG, 0, 0, NULL, "1", 0, 0, WORDS("Whether it counts") },
	OPT_END
};
/* clang-format on */

/* ---- memory ---- */

enum {
	TEXT_ROOM = CONF_SIZE + 1,
	SETTINGS = 256 * 1024, /* more than those of any role */
	ALIGNED = 16
};

static size_t aligned(size_t n)
{
	return (n + ALIGNED - 1) / ALIGNED * ALIGNED;
}

static struct conf *begin(struct span memory)
{
	struct conf *c = (struct conf *)(void *)memory.p;
	size_t used = aligned(sizeof *c);

	c->memory = memory;
	c->room = (struct span){ memory.p + used, memory.n - used };
	return c;
}

struct conf *conf_new(struct diag *d)
{
	struct span memory =
		mem_reserve(aligned(sizeof(struct conf)) + aligned(TEXT_ROOM) +
			    CONF_SERVICES * aligned(CONF_PAGE) +
			    (CONF_SECTIONS + 1) * (size_t)SETTINGS);

	if (memory.p)
		return begin(memory);
	diag_put(d, "%s", err_text(-NAT_EMEMORY));
	return NULL;
}

void conf_clear(struct conf *c)
{
	struct span memory = c->memory,
		    used = { memory.p, memory.n - c->room.n };

	ct_wipe(used.p, used.n);
	mem_spare(used);
	begin(memory);
}

void *conf_take(struct conf *c, size_t n)
{
	uint8_t *p = c->room.p;

	n = aligned(n);
	assert(n <= c->room.n);
	c->room.p += n;
	c->room.n -= n;
	return p;
}

void section_init(struct section *s, struct conf *c, const struct cmd *cmd)
{
	*s = (struct section){ .cmd = cmd,
			       .conf = c,
			       .name = "",
			       .enabled = true,
			       .set = conf_take(c, cmd->role->size) };
	opt_defaults(cmd->opts, s->set);
}

/* ---- reading: a line of the file at a time ---- */

/* Where the options of the section at hand go. */
struct reader {
	struct conf *conf;
	const struct opt *tab; /* NULL: nowhere, what is wrong has been said */
	void *set;
	bool *enabled;
	bool begun; /* a section has been met, good or bad */
};

static void say_unknown(struct diag *d, const char *type)
{
	char known[128];
	struct fmt f = fmt_to(SPAN(known));

	for (size_t i = 0; cmds[i]; i++)
		if (cmds[i]->role)
			fmt_put(&f, " %s", cmds[i]->name);
	diag_put(d, "no such section: %.*s; known:%s service", 80, type,
		 fmt_text(&f));
}

static void open_service(struct reader *r, const struct uci_line *line)
{
	struct conf *c = r->conf;
	struct conf_service *s = &c->services[c->nservices];

	if (c->nservices == CONF_SERVICES) {
		diag_put(c->diag, "more than %d services", CONF_SERVICES);
		return;
	}
	c->nservices++;
	*s = (struct conf_service){ .name = line->value,
				    .line = line->number,
				    .enabled = true };
	r->tab = conf_service_opts;
	r->set = s;
	r->enabled = &s->enabled;
}

static void open_role(struct reader *r, const struct uci_line *line)
{
	struct conf *c = r->conf;
	const struct cmd *cmd = cmd_find(line->name);
	struct section *s = &c->sections[c->nsections];

	if (!cmd || !cmd->role) {
		say_unknown(c->diag, line->name);
		return;
	}
	if (c->nsections == CONF_SECTIONS) {
		diag_put(c->diag, "more than %d sections", CONF_SECTIONS);
		return;
	}
	section_init(s, c, cmd);
	c->nsections++;
	s->name = line->value;
	s->line = line->number;
	r->tab = cmd->opts;
	r->set = s->set;
	r->enabled = &s->enabled;
}

static void read_option(struct reader *r, const struct uci_line *line)
{
	struct opt_line option = { line->name, line->value,
				   line->kind == UCI_LIST };
	bool ours = strcmp(line->name, conf_enabled_opts[0].name) == 0;
	int rc = opt_file(ours ? conf_enabled_opts : r->tab,
			  ours ? (void *)r->enabled : r->set, &option,
			  r->conf->diag);

	(void)rc; /* counted in diag */
}

static void read_line(struct reader *r, const struct uci_line *line)
{
	if (line->kind == UCI_CONFIG) {
		r->tab = NULL;
		r->begun = true;
		if (strcmp(line->name, "service") == 0)
			open_service(r, line);
		else
			open_role(r, line);
	} else if (r->tab) {
		read_option(r, line);
	} else if (!r->begun) {
		diag_put(r->conf->diag, "%.*s: stands before any section", 80,
			 line->name);
	}
}

static void read_lines(struct conf *c, struct span text)
{
	struct reader r = { .conf = c };
	struct uci uci;
	struct uci_line line;
	const char *why = NULL;
	int rc;

	uci_init(&uci, text);
	while ((rc = uci_next(&uci, &line, &why)) < 0 || line.kind != UCI_END) {
		c->diag->line = line.number;
		if (rc < 0)
			diag_put(c->diag, "%s", why);
		else
			read_line(&r, &line);
	}
}

/* ---- whose are the services ---- */

/* The section of that name, or with NULL the only one; *n: how many. */
static const struct section *publisher(const struct conf *c, const char *name,
				       unsigned *n)
{
	const struct section *found = NULL;

	*n = 0;
	for (uint32_t i = 0; i < c->nsections; i++) {
		const struct section *s = &c->sections[i];

		if (!s->cmd->role->publishes ||
		    (name && strcmp(s->name, name) != 0))
			continue;
		found = s;
		++*n;
	}
	return found;
}

static void find_owner(struct conf *c, struct conf_service *s)
{
	unsigned n;

	s->owner = publisher(c, s->client, &n);
	if (n == 1)
		return;
	s->owner = NULL;
	c->diag->line = s->line;
	if (s->client)
		diag_put(c->diag, "client: %s client section is called %.*s",
			 n ? "more than one" : "no", 80, s->client);
	else
		diag_put(c->diag, "client: %s",
			 n ? "there are several: name one"
			   : "there is no client section");
}

int conf_read(struct conf *c, const char *path, struct diag *d)
{
	struct span text = { conf_take(c, TEXT_ROOM), CONF_SIZE };
	long n = file_read(path, text);

	c->diag = d;
	if (n < 0) {
		diag_put(d, "%s", err_text((int)n));
		return -NAT_ECONF;
	}
	read_lines(c, (struct span){ text.p, (size_t)n });
	for (uint32_t i = 0; i < c->nservices; i++)
		if (c->services[i].enabled)
			find_owner(c, &c->services[i]);
	conf_read_pages(c);
	return c->diag->count ? -NAT_ECONF : 0;
}

int conf_fit(struct conf *c)
{
	for (uint32_t i = 0; i < c->nsections; i++) {
		struct section *s = &c->sections[i];

		c->diag->line = s->line;
		if (s->enabled)
			s->cmd->role->fit(c, s, c->diag);
	}
	return c->diag->count ? -NAT_ECONF : 0;
}

struct section *conf_only(struct conf *c, const struct cmd *cmd)
{
	struct section *found = NULL;
	unsigned n = 0;

	for (uint32_t i = 0; i < c->nsections; i++) {
		if (c->sections[i].cmd != cmd || !c->sections[i].enabled)
			continue;
		found = &c->sections[i];
		n++;
	}
	if (n == 1)
		return found;
	c->diag->line = 0;
	if (n == 0)
		diag_put(c->diag, "no %s section that is enabled", cmd->name);
	else
		diag_put(c->diag, "%u %s sections: nat run serves them all", n,
			 cmd->name);
	return NULL;
}

/* ---- printing ---- */

static void print_head(struct fmt *f, const char *type, const char *name)
{
	fmt_put(f, "%sconfig %s", f->n ? "\n" : "", type);
	if (*name) {
		fmt_put(f, " ");
		uci_quote(f, bytes_of(name));
	}
	fmt_put(f, "\n");
}

void conf_print(const struct conf *c, bool secrets, struct fmt *f)
{
	for (uint32_t i = 0; i < c->nsections; i++) {
		const struct section *s = &c->sections[i];

		if (!s->enabled)
			continue;
		print_head(f, s->cmd->name, s->name);
		opt_dump(s->cmd->opts, s->set, secrets, f);
	}
	for (uint32_t i = 0; i < c->nservices; i++) {
		const struct conf_service *s = &c->services[i];

		if (!s->enabled || !s->owner->enabled)
			continue;
		print_head(f, "service", s->name);
		opt_dump(conf_service_opts, s, secrets, f);
	}
}
