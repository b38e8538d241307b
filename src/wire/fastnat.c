#include "wire/fastnat.h"
#include "base/opt.h"
#include "crypt/ct.h"
#include "crypt/hmac.h"
#include "wire/json.h"
#include <assert.h>

enum form {
	COMMAND_NAME,
	PROTOCOL_NAME,
	PORT,
	NUMBER,
	ALNUM,
	HEX,
	NAMED,
	NETS,
	TEXT,
	VERSIONS
};

enum {
	ID_MOST = 32,
	MOST_RATE = 1000 * 1000,
	DAY_MS = 24 * 60 * 60 * 1000,
	HAS_COMMAND = 1 << 30,
	HAS_VERSION_LIST = HAS_VERSION
};

enum row {
	END,
	COMMAND,
	ID,
	INT_PORT,
	OUT_PORT,
	OUT_ID,
	PROTOCOL,
	SERVICE,
	FROM,
	VERSION,
	VERSION_LIST,
	NAME,
	INSTANCE,
	NONCE,
	PROOF,
	HEARTBEAT,
	HOST,
	ERROR,
	RETRY,
	MAC,
	FLOW,
	IDLE,
	COUNT_N,
	OK,
	ALLOW,
	DENY,
	RATE,
	BURST,
	PRIVATE,
	GUEST,
	TO,
	GROUP,
	VISITORS
};

/* least and most: of a number, or of the bytes of a text. */
static const struct field {
	const char *key;
	unsigned has;
	enum form form;
	uint32_t least, most;
	size_t at;
} fields[] = {
#define ROW(row, key, form, least, most, member) \
	[row] = { key,   HAS_##row, form, \
		  least, most,      offsetof(struct fastnat, member) }
	ROW(COMMAND, "command", COMMAND_NAME, 0, 0, command),
	ROW(ID, "id", ALNUM, 1, ID_MOST, id),
	ROW(INT_PORT, "intPort", PORT, 1, UINT16_MAX, int_port),
	ROW(OUT_PORT, "outPort", PORT, 0, UINT16_MAX, out_port),
	ROW(OUT_ID, "outId", ALNUM, 0, ID_MOST, out_id),
	ROW(PROTOCOL, "protocol", PROTOCOL_NAME, 0, 0, protocol),
	ROW(SERVICE, "service", NAMED, 1, FASTNAT_NAME, service),
	ROW(FROM, "from", TEXT, 0, FASTNAT_OBJECT, from),
	ROW(VERSION, "version", NUMBER, 0, UINT32_MAX, version),
	ROW(VERSION_LIST, "versions", VERSIONS, 0, 0, version),
	ROW(NAME, "name", NAMED, 1, FASTNAT_NAME, name),
	ROW(INSTANCE, "instance", HEX, FASTNAT_NONCE, FASTNAT_NONCE, instance),
	ROW(NONCE, "nonce", HEX, FASTNAT_NONCE, FASTNAT_NONCE, nonce),
	ROW(PROOF, "proof", HEX, FASTNAT_MAC, FASTNAT_MAC, proof),
	ROW(HEARTBEAT, "heartbeat", NUMBER, 1, DAY_MS, heartbeat_ms),
	ROW(HOST, "host", TEXT, 0, FASTNAT_HOST, host),
	ROW(ERROR, "error", TEXT, 0, FASTNAT_OBJECT, error),
	ROW(RETRY, "retry", NUMBER, 0, DAY_MS, retry_ms),
	ROW(MAC, "mac", HEX, FASTNAT_MAC, FASTNAT_MAC, mac),
	ROW(FLOW, "flow", NUMBER, 1, UINT32_MAX, flow),
	ROW(IDLE, "idle", NUMBER, 1, DAY_MS, idle_ms),
	[COUNT_N] = { "n", HAS_N, NUMBER, 1, UINT32_MAX,
		      offsetof(struct fastnat, n) },
	ROW(OK, "ok", NUMBER, 0, 1, yes),
	ROW(ALLOW, "allow", NETS, 0, FASTNAT_NETS, rules.allow),
	ROW(DENY, "deny", NETS, 0, FASTNAT_NETS, rules.deny),
	ROW(RATE, "rate", NUMBER, 1, MOST_RATE, rules.rate),
	ROW(BURST, "burst", NUMBER, 1, MOST_RATE, rules.burst),
	ROW(PRIVATE, "private", NUMBER, 1, 1, yes),
	ROW(GUEST, "guest", NUMBER, 1, 1, yes),
	ROWS_OF(NAT_EDGE)(
		ROW(GROUP, "group", NAMED, 1, FASTNAT_NAME, rules.group),
		ROW(VISITORS, "visitors", NUMBER, 1, UINT16_MAX,
		    rules.visitors),
		ROW(TO, "to", TEXT, 0, FASTNAT_OBJECT, host), )
#undef ROW
};

/* What must be there, and all that it may carry, in the order of printing. The
 * originals know nothing but intPort and outId, so start_proxy needs no more.
 */
static const struct command {
	unsigned need;
	uint8_t rows[ROWS_OF(NAT_EDGE)(3 +) ROWS_OF(NAT_HTTP)(1 +) 12];
} commands[] = {
	/* clang-format off */
	[FASTNAT_NONE] = { HAS_OUT_ID,
		{ OUT_ID, OK, ID, COUNT_N, MAC } },
	[FASTNAT_READY] = { HAS_INT_PORT | HAS_OUT_PORT,
		{ ID, INT_PORT, OUT_PORT, COMMAND, OUT_ID, PROTOCOL } },
	[FASTNAT_START_PROXY] = { HAS_INT_PORT | HAS_OUT_ID,
		{ ID, INT_PORT, OUT_PORT, COMMAND, OUT_ID, PROTOCOL, SERVICE,
		  FROM, ROWS_OF(NAT_EDGE)(TO,) FLOW, NAME,
		  ROWS_OF(NAT_HTTP)(COUNT_N) } },
	[FASTNAT_HELLO] = { HAS_VERSION | HAS_NAME | HAS_INSTANCE | HAS_NONCE,
		{ COMMAND, VERSION, NAME, INSTANCE, NONCE, GUEST } },
	[FASTNAT_CHALLENGE] = { HAS_VERSION | HAS_NONCE,
		{ COMMAND, VERSION, NONCE } },
	[FASTNAT_LOGIN] = { HAS_PROOF, { COMMAND, PROOF } },
	[FASTNAT_WELCOME] = { HAS_ID | HAS_INT_PORT | HAS_HEARTBEAT | HAS_PROOF,
		{ COMMAND, ID, INT_PORT, HEARTBEAT, PROOF } },
	[FASTNAT_PUBLISH] = { HAS_SERVICE | HAS_PROTOCOL,
		{ COMMAND, SERVICE, PROTOCOL, OUT_PORT, PRIVATE, HOST, IDLE,
		  ALLOW, DENY, RATE, BURST, ROWS_OF(NAT_EDGE)(VISITORS, GROUP, MAC,)
		  ROWS_OF(NAT_HTTP)(COUNT_N) } },
	[FASTNAT_PUBLISHED] = { HAS_SERVICE | HAS_OUT_PORT,
		{ COMMAND, SERVICE, OUT_PORT, HOST } },
	[FASTNAT_REFUSED] = { HAS_SERVICE | HAS_ERROR | HAS_RETRY,
		{ COMMAND, SERVICE, ERROR, RETRY } },
	[FASTNAT_UNPUBLISH] = { HAS_SERVICE, { COMMAND, SERVICE } },
	[FASTNAT_FAILED] = { HAS_OUT_ID | HAS_ERROR,
		{ COMMAND, OUT_ID, ERROR } },
	[FASTNAT_VISIT] = { HAS_ID | HAS_N | HAS_NAME | HAS_SERVICE | HAS_MAC,
		{ COMMAND, ID, COUNT_N, NAME, SERVICE, MAC } },
	[FASTNAT_PING] = { 0, { COMMAND } },
	[FASTNAT_PONG] = { 0, { COMMAND } },
	[FASTNAT_ERROR] = { HAS_ERROR,
		{ COMMAND, ERROR, RETRY, VERSION_LIST } },
	[FASTNAT_UNKNOWN] = { 0, { COMMAND } },
	/* clang-format on */
};

static const char *const command_names[] = {
#define X(name, text) text,
	FASTNAT_COMMANDS(X)
#undef X
};

static const char *const protocol_names[] = {
	[FASTNAT_TCP] = "TCP",
	[FASTNAT_UDP] = "UDP",
	[FASTNAT_HTTP] = "HTTP",
	[FASTNAT_HTTPS] = "HTTPS",
};

/* ---- texts ---- */

static bool in_alphabet(uint8_t c, enum form form)
{
	uint8_t low = c | 0x20;

	if (c >= '0' && c <= '9')
		return true;
	if (form == HEX)
		return c >= 'a' && c <= 'f';
	if (form == NETS)
		return (low >= 'a' && low <= 'f') || c == '.' || c == ':' ||
		       c == '/' || c == ' ';
	if (low >= 'a' && low <= 'z')
		return true;
	return form == NAMED && (c == '.' || c == '_' || c == '-');
}

static bool is_word(struct bytes b, enum form form)
{
	size_t i = 0;

	while (i < b.n && in_alphabet(b.p[i], form))
		i++;
	return i == b.n;
}

/* No DEL and none of U+0080..U+009F, which JSON allows; b is UTF-8. */
static bool is_printable(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] == 0x7f || (b.p[i] == 0xc2 && b.p[i + 1] < 0xa0))
			return false;
	}
	return true;
}

bool fastnat_is_name(struct bytes text)
{
	return text.n > 0 && text.n <= FASTNAT_NAME && is_word(text, NAMED);
}

const char *fastnat_protocol_name(enum fastnat_protocol p)
{
	assert(p >= FASTNAT_TCP && p <= FASTNAT_HTTPS);
	return protocol_names[p];
}

/* ---- parsing ---- */

enum { ABSENT, GOOD, WRONG }; /* what is known of a row's member */

/* A raw JSON string with its escapes undone; empty when it is longer than any
 * word that we know.
 */
static struct bytes word_of(struct span to, struct bytes raw)
{
	struct json v = { JSON_STRING, raw };
	struct fmt f = fmt_to(to);

	if (json_string(&f, &v) < 0)
		f.n = 0;
	return fmt_done(&f);
}

/* What a peer says about versions is for people: it is only ever printed. */
static enum row row_of(struct bytes key)
{
	uint8_t room[16];
	struct bytes word = word_of(SPAN(room), key);

	for (unsigned row = COMMAND; row < COUNT(fields); row++) {
		if (row != VERSION_LIST && bytes_are(word, fields[row].key))
			return (enum row)row;
	}
	return END;
}

static enum fastnat_command command_of(struct bytes text)
{
	uint8_t room[16];
	struct bytes word = word_of(SPAN(room), text);
	unsigned i = FASTNAT_NONE + 1;

	while (i < FASTNAT_UNKNOWN && !bytes_are(word, command_names[i]))
		i++;
	return (enum fastnat_command)i;
}

static bool read_protocol(uint8_t *protocol, struct bytes text)
{
	for (unsigned p = FASTNAT_TCP; p < COUNT(protocol_names); p++) {
		if (bytes_are(text, protocol_names[p])) {
			*protocol = (uint8_t)p;
			return true;
		}
	}
	return false;
}

static bool read_number(void *to, const struct field *field,
			const struct json *v)
{
	uint64_t n;

	if (json_uint(v, field->most, &n) < 0 || n < field->least)
		return false;
	if (field->form == PORT)
		*(uint16_t *)to = (uint16_t)n;
	else
		*(uint32_t *)to = (uint32_t)n;
	return true;
}

static bool read_text(struct bytes *to, const struct field *field,
		      struct bytes text)
{
	bool good = field->form == TEXT ? is_printable(text)
					: is_word(text, field->form);

	if (!good || text.n < field->least || text.n > field->most)
		return false;
	*to = text;
	return true;
}

static bool read_field(struct fastnat *m, const struct field *field,
		       const struct json *v)
{
	void *to = (char *)m + field->at;

	if (field->form == PORT || field->form == NUMBER)
		return read_number(to, field, v);
	if (v->type != JSON_STRING)
		return false;
	if (field->form == PROTOCOL_NAME)
		return read_protocol(to, v->text);
	if (field->form != COMMAND_NAME)
		return read_text(to, field, v->text);
	m->command = command_of(v->text);
	return true;
}

/* Only what the command carries is looked at, so that a later version may give
 * other commands and members other forms.
 */
static int settle(struct fastnat *m, const uint8_t *state)
{
	const struct command *command = &commands[m->command];

	if (state[COMMAND] == WRONG)
		return -NAT_EPROTO;
	for (const uint8_t *row = command->rows; *row != END; row++) {
		if (state[*row] == WRONG)
			return -NAT_EPROTO;
		if (state[*row] == GOOD)
			m->has |= fields[*row].has;
	}
	m->has &= ~(unsigned)HAS_COMMAND;
	if ((m->has & command->need) != command->need)
		return -NAT_EPROTO;
	if (m->command == FASTNAT_PUBLISH &&
	    !(m->has & (HAS_OUT_PORT | HAS_PRIVATE)))
		return -NAT_EPROTO;
	if ((m->has & HAS_OUT_ID) && m->out_id.n == 0 &&
	    m->command != FASTNAT_READY && !(m->has & HAS_N))
		return -NAT_EPROTO;
	return 0;
}

int fastnat_parse(struct fastnat *m, struct bytes object)
{
	struct fastnat got = { .command = FASTNAT_NONE };
	uint8_t state[COUNT(fields)] = { ABSENT };
	struct json_member member = { .at = 0 };
	struct json whole;

	if (json_parse(&whole, object, JSON_DEPTH) < 0 ||
	    whole.type != JSON_OBJECT)
		return -NAT_EPROTO;
	while (json_next(&whole, &member)) {
		enum row row = row_of(member.key);

		if (row != END)
			state[row] =
				read_field(&got, &fields[row], &member.value)
					? GOOD
					: WRONG;
	}
	if (settle(&got, state) < 0)
		return -NAT_EPROTO;
	*m = got;
	return 0;
}

/* ---- printing ---- */

static void put_value(struct fmt *f, const struct fastnat *m,
		      const struct field *field)
{
	const void *at = (const char *)m + field->at;

	switch (field->form) {
	case COMMAND_NAME:
		fmt_put(f, "\"%s\"", command_names[m->command]);
		break;
	case PROTOCOL_NAME:
		fmt_put(f, "\"%s\"", fastnat_protocol_name(m->protocol));
		break;
	case PORT:
		fmt_put(f, "%u", (unsigned)*(const uint16_t *)at);
		break;
	case NUMBER:
		fmt_put(f, "%lu", (unsigned long)*(const uint32_t *)at);
		break;
	case VERSIONS:
		fmt_put(f, "[%u]", (unsigned)FASTNAT_VERSION);
		break;
	default:
		json_put_string(f, *(const struct bytes *)at);
	}
}

void fastnat_print(struct fmt *f, const struct fastnat *m)
{
	const struct command *command = &commands[m->command];
	unsigned has = m->has | HAS_COMMAND;
	char between = '{';

	assert(m->command != FASTNAT_UNKNOWN);
	assert((has & command->need) == command->need);
	for (const uint8_t *row = command->rows; *row != END; row++) {
		const struct field *field = &fields[*row];

		if (!(has & field->has))
			continue;
		fmt_put(f, "%c\"%s\":", between, field->key);
		put_value(f, m, field);
		between = ',';
	}
	fmt_put(f, "}");
}

/* ---- login ---- */

/* HMAC-SHA256(token, label 00 client nonce 00 server nonce 00 name), and over
 * TLS 00 bond behind it.
 */
static void login_mac(uint8_t out[SHA256_SIZE],
		      const struct fastnat_login *login, const char *label,
		      const uint8_t *bond)
{
	const struct bytes zero = BYTES("\0");
	struct hmac h;

	hmac_init(&h, &hash_sha256, login->token);
	hmac_add(&h, bytes_of(label));
	hmac_add(&h, zero);
	hmac_add(&h, login->client_nonce);
	hmac_add(&h, zero);
	hmac_add(&h, login->server_nonce);
	hmac_add(&h, zero);
	hmac_add(&h, login->name);
	if (bond) {
		hmac_add(&h, zero);
		hmac_add(&h, (struct bytes){ bond, FASTNAT_BOND });
	}
	hmac_end(&h, out);
}

static void print_mac(uint8_t out[FASTNAT_MAC], uint8_t mac[SHA256_SIZE])
{
	struct fmt f = fmt_to((struct span){ out, FASTNAT_MAC });

	fmt_hex(&f, (struct bytes){ mac, SHA256_SIZE });
	ct_wipe(mac, SHA256_SIZE);
}

void fastnat_proof(uint8_t out[FASTNAT_MAC], const struct fastnat_login *login,
		   enum fastnat_side side)
{
	static const char *const labels[] = {
		[FASTNAT_CLIENT] = "nat client",
		[FASTNAT_RELAY] = "nat relay",
	};
	uint8_t mac[SHA256_SIZE];

	login_mac(mac, login, labels[side], login->bond);
	print_mac(out, mac);
}

void fastnat_key(uint8_t out[FASTNAT_KEY], const struct fastnat_login *login)
{
	login_mac(out, login, "nat session", NULL);
}

/* The parts with a zero byte between. */
static void mac_of(uint8_t out[FASTNAT_MAC], struct bytes key,
		   const struct bytes *parts, size_t n)
{
	uint8_t mac[SHA256_SIZE];
	struct hmac h;

	hmac_init(&h, &hash_sha256, key);
	for (size_t i = 0; i < n; i++) {
		hmac_add(&h, parts[i]);
		if (i + 1 < n)
			hmac_add(&h, BYTES("\0"));
	}
	hmac_end(&h, mac);
	print_mac(out, mac);
}

static void session_mac(uint8_t out[FASTNAT_MAC],
			const uint8_t key[FASTNAT_KEY],
			const struct bytes *parts, size_t n)
{
	mac_of(out, (struct bytes){ key, FASTNAT_KEY }, parts, n);
}

static struct bytes digits_of(struct span room, uint32_t n)
{
	struct fmt f = fmt_to(room);

	fmt_put(&f, "%lu", (unsigned long)n);
	return fmt_done(&f);
}

void fastnat_data_mac(uint8_t out[FASTNAT_MAC], const uint8_t key[FASTNAT_KEY],
		      struct bytes out_id)
{
	const struct bytes parts[] = { BYTES("data"), out_id };

	session_mac(out, key, parts, COUNT(parts));
}

void fastnat_park_mac(uint8_t out[FASTNAT_MAC], const uint8_t key[FASTNAT_KEY],
		      struct bytes id, uint32_t n)
{
	uint8_t room[12];
	const struct bytes parts[] = { BYTES("park"), id,
				       digits_of(SPAN(room), n) };

	session_mac(out, key, parts, COUNT(parts));
}

void fastnat_visit_mac(uint8_t out[FASTNAT_MAC], const uint8_t key[FASTNAT_KEY],
		       const struct fastnat *m)
{
	uint8_t room[12];
	const struct bytes parts[] = { BYTES("visit"), m->id,
				       digits_of(SPAN(room), m->n), m->name,
				       m->service };

	session_mac(out, key, parts, COUNT(parts));
}

void fastnat_group_mac(uint8_t out[FASTNAT_MAC], struct bytes key,
		       struct bytes group)
{
	const struct bytes parts[] = { BYTES("group"), group };

	mac_of(out, key, parts, COUNT(parts));
}
