#include "unit.h"
#include "tls_pair.h"
#include "wire/tls/auth.h"

struct made pair_ca;
static struct made made[6];
static struct key ca_key, ec_key, rsa_key;
struct tls_identity pair_ec = { &ec_key, &made[0].cert, 1 };
struct tls_identity pair_rsa = { &rsa_key, &made[1].cert, 1 };
struct tls_identity pair_other = { &ec_key, &made[2].cert, 1 };
struct tls_identity pair_late = { &ec_key, &made[3].cert, 1 };
struct tls_identity pair_user = { &ec_key, &made[4].cert, 1 };
struct tls_identity pair_lone = { &ec_key, &made[5].cert, 1 };
uint8_t pair_pin[TLS_PIN];

static const struct wish ca_wish = { "ca",    "ca",   DAYS, IS_CA CERT_SIGN,
				     &ca_key, &ca_key };
static const struct wish wishes[] = {
	{ "ec", "ca", DAYS, DIGITAL NAMES, &ec_key, &ca_key },
	{ "rsa", "ca", DAYS, DIGITAL NAMES, &rsa_key, &ca_key },
	{ "other", "ca", DAYS, DIGITAL OTHER_NAME, &ec_key, &ca_key },
	{ "late", "ca", "200101000000Z", "210101000000Z", DIGITAL NAMES,
	  &ec_key, &ca_key },
	{ "user", "ca", DAYS, DIGITAL FOR_CLIENT, &ec_key, &ca_key },
	{ "lone", "lone", DAYS, DIGITAL NAMES, &ec_key, &ec_key },
};

int pair_setup(void **state)
{
	struct hash h;

	(void)state;
	key_make_p256(&ca_key, certs_fill);
	key_make_p256(&ec_key, certs_fill);
	certs_rsa(&rsa_key);
	assert_int_equal(certs_make(&pair_ca, &ca_wish), 0);
	for (size_t i = 0; i < COUNT(wishes); i++)
		assert_int_equal(certs_make(&made[i], &wishes[i]), 0);
	hash_init(&h, &hash_sha256);
	hash_add(&h, made[0].cert.spki);
	hash_end(&h, pair_pin);
	return 0;
}

void pair_init(struct tls_pair *p)
{
	memset(p, 0, sizeof *p);
	for (int i = 0; i < 2; i++) {
		p->conf[i].role = (enum tls_role)i;
		p->conf[i].trusted = &pair_ca.cert;
		p->conf[i].trusted_n = 1;
		p->conf[i].fill = certs_fill;
	}
	p->conf[TLS_SERVER].ids = &pair_ec;
	p->conf[TLS_SERVER].ids_n = 1;
	p->name = "a.example";
	p->now_ms = NOW * INT64_C(1000);
}

/* ---- the wires ---- */

static void carry(struct tls_pair *p, enum tls_role from, uint8_t *b, size_t n)
{
	struct pair_wire *to = &p->to[!from];

	if (p->meddle)
		p->meddle(p, from, b, &n);
	assert_true(to->n + n <= sizeof to->b);
	memcpy(to->b + to->n, b, n);
	to->n += n;
}

static bool say(struct tls_pair *p, enum tls_role from)
{
	uint8_t room[4 * TLS_SAY_LEAST];
	struct span out = { room, TLS_SAY_LEAST };
	size_t n = tls_say(&p->ends[from], out);

	assert_true(n <= out.n);
	if (n > 0)
		carry(p, from, room, n);
	return n > 0;
}

/* What is there of the wire comes to light bit by bit. */
static bool hear(struct tls_pair *p, enum tls_role who)
{
	struct tls *t = &p->ends[who];
	struct pair_wire *w = &p->to[who], *heard = &p->heard[who];
	size_t seen = p->cut ? min_size(p->cut, w->n) : w->n;
	bool moved = false;

	while (w->n > 0 && !t->err) {
		struct span text = { NULL, 0 };
		long n = tls_hear(t, (struct span){ w->b, seen }, &text);

		if (n == 0 && seen == w->n)
			break;
		moved |= n != 0;
		if (n == 0) {
			seen = min_size(seen + p->cut, w->n);
			continue;
		}
		if (n < 0)
			break;
		assert_true((size_t)n <= seen);
		assert_true(heard->n + text.n <= sizeof heard->b);
		if (text.n > 0)
			memcpy(heard->b + heard->n, text.p, text.n);
		heard->n += text.n;
		w->n -= (size_t)n;
		memmove(w->b, w->b + n, w->n);
		seen = p->cut ? min_size(p->cut, w->n) : w->n;
	}
	return moved;
}

void pair_go_on(struct tls_pair *p)
{
	bool moved;

	do {
		moved = say(p, TLS_CLIENT);
		moved |= hear(p, TLS_SERVER);
		moved |= say(p, TLS_SERVER);
		moved |= hear(p, TLS_CLIENT);
	} while (moved);
}

void pair_run(struct tls_pair *p)
{
	tls_start(&p->ends[TLS_CLIENT], &p->hs[TLS_CLIENT],
		  &p->conf[TLS_CLIENT], bytes_of(p->name), p->now_ms);
	p->ends[TLS_CLIENT].session = p->session;
	tls_start(&p->ends[TLS_SERVER], &p->hs[TLS_SERVER],
		  &p->conf[TLS_SERVER], (struct bytes){ NULL, 0 }, p->now_ms);
	for (int i = 0; i < 2; i++)
		p->to[i].n = p->heard[i].n = 0;
	pair_go_on(p);
}

/* ---- data ---- */

static uint8_t pattern(size_t at)
{
	return (uint8_t)(at * 7 + (at >> 8));
}

void pair_say(struct tls_pair *p, enum tls_role from, size_t n)
{
	static uint8_t record[TLS_RECORD_MOST];

	for (size_t at = 0; at < n;) {
		struct span to = tls_room(&p->ends[from], SPAN(record));
		size_t part = min_size(n - at, to.n);

		assert_true(part > 0);
		for (size_t i = 0; i < part; i++)
			to.p[i] = pattern(at + i);
		carry(p, from, record,
		      tls_seal(&p->ends[from], SPAN(record), part));
		at += part;
	}
}

bool pair_open(const struct tls_pair *p)
{
	for (int i = 0; i < 2; i++)
		if (!p->ends[i].open || p->ends[i].err || p->ends[i].hs)
			return false;
	return true;
}

void pair_talk(struct tls_pair *p)
{
	static const size_t lengths[] = { 1, 15, 100, 16384, 16385, 40000 };

	for (size_t i = 0; i < 2 * COUNT(lengths); i++) {
		enum tls_role from = i % 2 ? TLS_SERVER : TLS_CLIENT;
		struct pair_wire *heard = &p->heard[!from];
		size_t n = lengths[i / 2];

		heard->n = 0;
		pair_say(p, from, n);
		if (i % 3 == 1)
			tls_rekey(&p->ends[from]);
		pair_go_on(p);
		assert_int_equal(heard->n, n);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(heard->b[k], pattern(k));
	}
	assert_true(pair_open(p));
}

void pair_failed(const struct tls_pair *p, enum tls_role by, int alert)
{
	assert_true(p->ends[by].err < 0);
	assert_non_null(p->ends[by].why);
	assert_int_equal(p->ends[by].about.alert, alert);
	assert_true(p->ends[!by].err < 0);
	assert_int_equal(p->ends[!by].about.alert, alert);
	assert_null(p->ends[by].hs);
}
