#include "base/base64.h"
#include "os/rand.h"
#include "tlscat.h"
#include "wire/x509_store.h"
#include <stdlib.h>

enum { TEXT_MOST = 1 << 20, CERTS_MOST = 256, ROOM = 16 << 20 };

static void wrong(const char *what, const char *with)
{
	fprintf(stderr, "tlscat: %s: %s\n", what, with);
	exit(2);
}

/* ---- files; what they hold is kept to the end ---- */

static void *room_for(size_t n)
{
	static _Alignas(max_align_t) uint8_t room[ROOM];
	static size_t used;
	void *p = room + used;

	used += (n + 15) / 16 * 16;
	if (used > sizeof room)
		wrong("files", "too many");
	return p;
}

static struct bytes text_of(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *all = room_for(TEXT_MOST);
	struct bytes b = { all, 0 };

	if (!file)
		wrong(path, "cannot be read");
	b.n = fread(all, 1, TEXT_MOST, file);
	fclose(file);
	return b;
}

static struct x509_store certs_of(const char *path)
{
	struct x509_store s = { .most = CERTS_MOST };

	s.certs = room_for(CERTS_MOST * sizeof *s.certs);
	s.room = (struct span){ room_for(TEXT_MOST), TEXT_MOST };
	if (x509_store_add(&s, text_of(path)) <= 0)
		wrong(path, "no certificates in it");
	return s;
}

void cat_session_load(const struct cat_set *set, struct tls_session *s)
{
	FILE *file = set->session ? fopen(set->session, "rb") : NULL;

	if (file && fread(s, sizeof *s, 1, file) != 1)
		wrong(set->session, "no session in it");
	if (file)
		fclose(file);
}

void cat_session_store(const struct cat_set *set, const struct tls_session *s)
{
	FILE *file = set->session ? fopen(set->session, "wb") : NULL;

	if (!file)
		return;
	fwrite(s, sizeof *s, 1, file);
	fclose(file);
}

/* ---- one setting each ---- */

static void set_least(struct cat_set *set, char *value)
{
	set->conf.least = (uint16_t)(0x0301 + atoi(value + 2));
}

static void set_most(struct cat_set *set, char *value)
{
	set->conf.most = (uint16_t)(0x0301 + atoi(value + 2));
}

static void set_suites(struct cat_set *set, char *value)
{
	set->conf.suites = (uint32_t)strtoul(value, NULL, 16);
}

static void set_groups(struct cat_set *set, char *value)
{
	set->conf.groups = (uint32_t)strtoul(value, NULL, 16);
}

static void set_record(struct cat_set *set, char *value)
{
	set->conf.record = (uint16_t)strtoul(value, NULL, 10);
}

static void set_alpn(struct cat_set *set, char *value)
{
	set->conf.alpn = set->alpn;
	for (char *w = strtok(value, ","); w; w = strtok(NULL, ","))
		if (set->conf.alpn_n < CAT_ALPN)
			set->alpn[set->conf.alpn_n++] = w;
}

static void set_id(struct cat_set *set, char *value)
{
	size_t i = set->conf.ids_n++;
	char *file = strchr(value, ',');
	struct x509_store s;

	if (!file || i >= CAT_IDS)
		wrong(value, "CERT,KEY is wanted, not too often");
	*file++ = '\0';
	if (key_load(&set->keys[i], text_of(file), rand_fill) < 0)
		wrong(file, "no key of ours in it");
	s = certs_of(value);
	set->ids[i] = (struct tls_identity){ &set->keys[i], s.certs, s.n };
	set->conf.ids = set->ids;
}

static void set_ca(struct cat_set *set, char *value)
{
	struct x509_store s = certs_of(value);

	set->conf.trusted = s.certs;
	set->conf.trusted_n = s.n;
}

static void set_pin(struct cat_set *set, char *value)
{
	size_t i = set->conf.pins_n++;

	if (i >= CAT_PINS ||
	    base64_get(SPAN(set->pins[i]), bytes_of(value)) != TLS_PIN)
		wrong(value, "no pin");
	set->conf.pins = (const uint8_t(*)[TLS_PIN])set->pins;
}

static void set_insecure(struct cat_set *set, char *value)
{
	set->conf.insecure = *value == '1';
}

static void set_ask(struct cat_set *set, char *value)
{
	set->conf.ask = !strcmp(value, "any") ? TLS_ASK_IF_ANY : TLS_ASK_ALWAYS;
}

static void set_tickets(struct cat_set *set, char *value)
{
	(void)value;
	tls_tickets_turn(&set->tickets, rand_fill);
	tls_tickets_turn(&set->tickets, rand_fill);
	set->conf.tickets = &set->tickets;
}

/* ---- the table of them ---- */

enum kind { CALL, TEXT, NUMBER, FLAG, COUNT32 };

struct setting {
	const char *name;
	enum kind kind;
	size_t at;
	void (*set)(struct cat_set *set, char *value);
};

#define AT(field) offsetof(struct cat_set, field), NULL
static const struct setting settings[] = {
	{ "least", CALL, 0, set_least },
	{ "most", CALL, 0, set_most },
	{ "suites", CALL, 0, set_suites },
	{ "groups", CALL, 0, set_groups },
	{ "record", CALL, 0, set_record },
	{ "alpn", CALL, 0, set_alpn },
	{ "id", CALL, 0, set_id },
	{ "ca", CALL, 0, set_ca },
	{ "pin", CALL, 0, set_pin },
	{ "insecure", CALL, 0, set_insecure },
	{ "ask", CALL, 0, set_ask },
	{ "tickets", CALL, 0, set_tickets },
	{ "name", TEXT, AT(name) },
	{ "text", TEXT, AT(text) },
	{ "session", TEXT, AT(session) },
	{ "send", NUMBER, AT(send) },
	{ "want", NUMBER, AT(want) },
	{ "rekey", NUMBER, AT(rekey) },
	{ "now", NUMBER, AT(now) },
	{ "times", COUNT32, AT(times) },
	{ "echo", FLAG, AT(echo) },
	{ "http", FLAG, AT(http) },
	{ "show", FLAG, AT(show) },
	{ "pieces", FLAG, AT(pieces) },
	{ "cut", FLAG, AT(cut) },
	{ "full", FLAG, AT(full) },
	{ "mtu", NUMBER, AT(udp.mtu) },
	{ "rtt", NUMBER, AT(udp.rtt) },
	{ "loss", NUMBER, AT(udp.loss) },
	{ "peer", TEXT, AT(udp.peer) },
	{ "verify", FLAG, AT(udp.verify) },
};

static void apply(struct cat_set *set, const struct setting *s, char *value)
{
	uint64_t n = strtoull(value, NULL, 10);
	uint32_t n32 = (uint32_t)n;
	bool flag = n > 0;
	char *to = (char *)set + s->at;

	if (s->kind == CALL)
		s->set(set, value);
	if (s->kind == TEXT)
		memcpy(to, &value, sizeof value);
	if (s->kind == NUMBER)
		memcpy(to, &n, sizeof n);
	if (s->kind == COUNT32)
		memcpy(to, &n32, sizeof n32);
	if (s->kind == FLAG)
		memcpy(to, &flag, sizeof flag);
}

static void setting(struct cat_set *set, char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		wrong(word, "NAME=VALUE is wanted");
	*value++ = '\0';
	for (size_t i = 0; i < COUNT(settings); i++)
		if (!strcmp(settings[i].name, word)) {
			apply(set, &settings[i], value);
			return;
		}
	wrong(word, "unknown");
}

void cat_settings(struct cat_set *set, int argc, char **argv)
{
	if (argc < 3)
		wrong("usage", "tlscat client|server HOST:PORT [NAME=VALUE]");
	set->conf.role = !strcmp(argv[1], "server") ? TLS_SERVER : TLS_CLIENT;
	set->conf.fill = rand_fill;
	set->at = argv[2];
	set->name = "";
	set->times = 1;
	for (int i = 3; i < argc; i++)
		setting(set, argv[i]);
}
