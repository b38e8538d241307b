#include "wire/npimport.h"
#include "base/uci.h"
#include "wire/natpass.h"
#include "wire/yaml.h"

enum {
	RULE_NAME,
	RULE_TYPE,
	RULE_TARGET,
	RULE_AT,
	RULE_PORT,
	RULE_TO,
	RULE_TO_PORT,
	RULE_EXEC,
	RULE_FIELDS
};
enum {
	ID,
	SERVER,
	LISTEN,
	SECRET,
	TLS_KEY,
	TLS_CERT,
	SSL,
	SSL_INSECURE,
	CONNECTIONS,
	TUNNELS,
	FIELDS
};

struct importing {
	struct npimport *im;
	struct diag *d;
	struct yaml yaml;
	struct bytes v[FIELDS], rule[RULE_FIELDS];
	unsigned rule_line; /* 0: there is none */
	uint32_t item;
};

/* ---- what is known ---- */

static const struct {
	const char *path;
	uint8_t field;
} scalars[] = {
	{ "id", ID },
	{ "server", SERVER },
	{ "listen", LISTEN },
	{ "secret", SECRET },
	{ "tls.key", TLS_KEY },
	{ "tls.crt", TLS_CERT },
	{ "ssl", SSL },
	{ "ssl.enabled", SSL },
	{ "ssl.insecure", SSL_INSECURE },
	{ "link.connections", CONNECTIONS },
};

static const struct {
	const char *key;
	uint8_t field;
} of_rules[] = {
	{ "name", RULE_NAME },           { "type", RULE_TYPE },
	{ "target", RULE_TARGET },       { "local_addr", RULE_AT },
	{ "local_port", RULE_PORT },     { "remote_addr", RULE_TO },
	{ "remote_port", RULE_TO_PORT }, { "exec", RULE_EXEC },
};

/* Sections, and single keys, that ours has no use for. */
static const struct {
	const char *path, *why;
} others[] = {
	{ "log", "lines go to stderr: --log FILE or --log syslog" },
	{ "dashboard", "nat status shows links, on this machine alone" },
	{ "codedir", "code-server is passed on, not served" },
	{ "link.read_timeout", NULL },
	{ "link.write_timeout", NULL },
	{ "link", NULL },
	{ "tls", NULL },
	{ "rules", NULL },
	{ "tunnel", NULL },
};

/* ---- rules ---- */

static struct bytes rule_or(const struct importing *g, int field,
			    const char *usual)
{
	return g->rule[field].n ? g->rule[field] : bytes_of(usual);
}

static void say_rule(struct importing *g, const char *why)
{
	struct bytes name = rule_or(g, RULE_NAME, "?");
	unsigned line = g->d->line;

	g->d->line = g->rule_line;
	diag_put(g->d, "rule %.*s: %s", (int)min_size(name.n, 40), name.p, why);
	g->d->line = line;
}

static void put_list(struct fmt *f, const char *name, struct bytes value)
{
	fmt_put(f, "\tlist %s ", name);
	uci_quote(f, value);
	fmt_put(f, "\n");
}

/* [tcp:|udp:][HOST:]PORT:TARGET:HOST:PORT, as --forward has it. */
static void put_forward(struct importing *g, bool udp)
{
	uint8_t text[512];
	struct fmt f = fmt_to(SPAN(text));

	if (!g->rule[RULE_TARGET].n || !g->rule[RULE_PORT].n ||
	    !g->rule[RULE_TO_PORT].n) {
		say_rule(g, "target, local_port and remote_port are needed");
		return;
	}
	if (udp)
		fmt_put(&f, "udp:");
	fmt_bytes(&f, rule_or(g, RULE_AT, "0.0.0.0"));
	fmt_put(&f, ":");
	fmt_bytes(&f, g->rule[RULE_PORT]);
	fmt_put(&f, ":");
	fmt_bytes(&f, g->rule[RULE_TARGET]);
	fmt_put(&f, ":");
	fmt_bytes(&f, rule_or(g, RULE_TO, "127.0.0.1"));
	fmt_put(&f, ":");
	fmt_bytes(&f, g->rule[RULE_TO_PORT]);
	if (f.full)
		say_rule(g, "is too long");
	else
		put_list(&g->im->lists, "forward", fmt_done(&f));
}

static void put_shell(struct importing *g)
{
	struct fmt *f = &g->im->lists;

	say_rule(g, "has no page for browsers; its shell is a command in the "
		    "comment");
	fmt_put(f, "\t# nat shell ");
	fmt_bytes(f, g->rule[RULE_TARGET]);
	if (g->rule[RULE_EXEC].n) {
		fmt_put(f, " -- ");
		fmt_bytes(f, g->rule[RULE_EXEC]);
	}
	fmt_put(f, "\n");
}

static bool is_unserved(struct bytes type)
{
	return bytes_are(type, "vnc") || bytes_are(type, "bench") ||
	       bytes_are(type, "code-server");
}

/* What a tunnel's type is not known as was udp to them. */
static void end_rule(struct importing *g)
{
	struct bytes type = g->rule[RULE_TYPE];
	bool udp = bytes_are(type, "udp") || g->v[TUNNELS].n > 0;

	if (!g->rule_line)
		return;
	if (bytes_are(type, "shell"))
		put_shell(g);
	else if (is_unserved(type))
		say_rule(g, "ours asks for no such thing yet");
	else if (bytes_are(type, "tcp") || udp)
		put_forward(g, !bytes_are(type, "tcp"));
	else
		say_rule(g, "its type is not known");
	memset(g->rule, 0, sizeof g->rule);
	g->rule_line = 0;
}

/* ---- reading ---- */

static bool is_rule(const struct yaml *y)
{
	return y->depth >= 2 && !y->levels[1].key.p &&
	       (bytes_are(y->levels[0].key, "rules") ||
		bytes_are(y->levels[0].key, "tunnel"));
}

static void take_rule(struct importing *g)
{
	const struct yaml *y = &g->yaml;

	if (g->rule_line && g->item != y->levels[1].item)
		end_rule(g);
	if (!g->rule_line)
		g->rule_line = y->line;
	g->item = y->levels[1].item;
	if (bytes_are(y->levels[0].key, "tunnel"))
		g->v[TUNNELS] = BYTES("1");
	if (y->depth < 3)
		return;
	for (size_t i = 0; i < COUNT(of_rules); i++)
		if (y->depth == 3 &&
		    bytes_are(y->levels[2].key, of_rules[i].key)) {
			g->rule[of_rules[i].field] = y->value;
			return;
		}
	if (bytes_are(y->levels[2].key, "fps") ||
	    (bytes_are(y->levels[2].key, "env") && y->depth == 3))
		return;
	say_rule(g, bytes_are(y->levels[2].key, "env")
			    ? "its env: nat shell takes --env"
			    : "has a key that is not known");
}

/* Of a section that is not carried it is enough to be told once. */
static void leave_out(struct importing *g)
{
	const struct yaml *y = &g->yaml;
	struct bytes key = y->levels[0].key;

	for (size_t i = 0; i < COUNT(others); i++) {
		if (yaml_is(y, others[i].path)) {
			if (others[i].why)
				diag_put(g->d, "%s: %s", others[i].path,
					 others[i].why);
			return;
		}
		if (y->depth > 1 && others[i].why &&
		    bytes_are(key, others[i].path))
			return;
	}
	key = y->levels[y->depth - 1].key;
	diag_put(g->d, "%.*s: is not known", (int)min_size(key.n, 40),
		 key.p ? key.p : (const uint8_t *)"-");
}

static bool is_clean(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] < ' ' || b.p[i] == 127)
			return false;
	return true;
}

static void take(struct importing *g)
{
	g->d->line = g->yaml.line;
	if (!is_clean(g->yaml.value)) {
		diag_put(g->d, "a control character is left out");
		return;
	}
	if (is_rule(&g->yaml)) {
		take_rule(g);
		return;
	}
	for (size_t i = 0; i < COUNT(scalars); i++)
		if (yaml_is(&g->yaml, scalars[i].path)) {
			g->v[scalars[i].field] = g->yaml.value;
			return;
		}
	leave_out(g);
}

/* ---- printing ---- */

static void put_option(struct importing *g, const char *name, struct bytes v)
{
	struct fmt *f = &g->im->out;

	if (!v.n)
		return;
	fmt_put(f, "\toption %s ", name);
	uci_quote(f, v);
	fmt_put(f, "\n");
}

static void put_secret(struct importing *g)
{
	struct bytes secret = g->v[SECRET];
	const char *why = natpass_secret_fault(secret);

	if (why)
		diag_put(g->d, "secret: %s: give all of them another one", why);
	else
		put_option(g, "secret", secret);
}

/* Their listen is a port. */
static void put_server(struct importing *g)
{
	fmt_put(&g->im->out, "config relay\n");
	put_option(g, "natpass", g->v[LISTEN]);
	put_secret(g);
	put_option(g, "tls_cert", g->v[TLS_CERT]);
	put_option(g, "tls_key", g->v[TLS_KEY]);
	if (g->v[TLS_KEY].n && g->v[TLS_CERT].n)
		return;
	put_option(g, "natpass_plain", BYTES("1"));
	diag_put(g->d, "tls: it has none: who listens in can log in; see "
		       "docs/security.md");
}

static bool is_true(struct bytes v)
{
	return bytes_are(v, "true") || bytes_are(v, "yes") ||
	       bytes_are(v, "on");
}

static void put_client(struct importing *g)
{
	bool old = g->v[CONNECTIONS].n || g->v[TUNNELS].n;
	struct bytes server = g->v[SERVER];

	fmt_put(&g->im->out, "config client\n");
	put_option(g, "natpass", server.n ? server : BYTES("127.0.0.1:6154"));
	put_option(g, "id", g->v[ID]);
	put_secret(g);
	if (is_true(g->v[SSL]) || (old && !g->v[SSL].n))
		put_option(g, "tls", BYTES("1"));
	if (is_true(g->v[SSL_INSECURE]))
		put_option(g, "insecure", BYTES("1"));
	if (old)
		put_option(g, "md5", BYTES("1"));
	diag_put(g->d, "allow: others may ask this one for nothing; theirs "
		       "gives everybody all: see --allow");
}

int npimport(struct npimport *im, struct diag *d)
{
	struct importing g = { .im = im, .d = d };
	const char *why = NULL;
	int rc;

	yaml_init(&g.yaml, im->text);
	while ((rc = yaml_next(&g.yaml, &why)) == 1)
		take(&g);
	d->line = rc < 0 ? g.yaml.line : 0;
	end_rule(&g);
	if (rc < 0)
		diag_put(d, "%s", why);
	else if (g.v[LISTEN].n && !g.v[SERVER].n && !g.v[ID].n)
		put_server(&g);
	else if (g.v[SERVER].n || g.v[ID].n)
		put_client(&g);
	else
		diag_put(d, "is neither of a server (listen) nor of a client "
			    "(id, server)");
	if (rc < 0 || !im->out.n)
		return -NAT_ECONF;
	fmt_bytes(&im->out, fmt_done(&im->lists));
	return im->out.full || im->lists.full ? -NAT_EROOM : 0;
}
