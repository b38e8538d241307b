#include "wire/tls/session.h"
#include "crypt/ct.h"
#include "wire/tls/hs.h"

enum {
	WEEK = 7 * 24 * 3600, /* s: the longest life, RFC 8446 4.6.1 */
	KEY_NAME = 8,
	SEALED = TICKET_SIZE - KEY_NAME - AEAD_NONCE - AEAD_TAG,
	FRONT = KEY_NAME + AEAD_NONCE
};

/* ---- tickets ---- */

static void write_ticket(struct pack *p, const struct ticket *x)
{
	pack_u16(p, x->suite);
	pack_bytes(p, (struct bytes){ x->psk, sizeof x->psk });
	pack_uint(p, x->age_add, 4);
	pack_uint(p, (uint64_t)x->since, 8);
	pack_bytes(p, (struct bytes){ x->name, sizeof x->name });
	pack_bytes(p, (struct bytes){ x->pin, sizeof x->pin });
	pack_u8(p, x->verified);
}

static void get(struct cur *c, uint8_t *to, size_t n)
{
	struct bytes b = cur_bytes(c, n);

	memcpy(to, b.p, b.n);
}

static bool read_ticket(struct ticket *x, struct bytes b)
{
	struct cur c = cur_of(b);

	x->suite = cur_u16(&c);
	get(&c, x->psk, sizeof x->psk);
	x->age_add = cur_u32(&c);
	x->since = (int64_t)((uint64_t)cur_u32(&c) << 32);
	x->since |= cur_u32(&c);
	get(&c, x->name, sizeof x->name);
	get(&c, x->pin, sizeof x->pin);
	x->verified = cur_u8(&c);
	return !c.bad && cur_left(&c) == 0;
}

void ticket_seal(const struct tls_tickets *keys, const struct ticket *x,
		 struct pack *to, void (*fill)(struct span to))
{
	struct span all = pack_room(to, TICKET_SIZE), text;
	struct pack p;
	struct aead a;

	if (!all.p)
		return;
	text = (struct span){ all.p + FRONT, SEALED };
	p = pack_to(text);
	memcpy(all.p, keys->keys[0].name, KEY_NAME);
	fill((struct span){ all.p + KEY_NAME, AEAD_NONCE });
	write_ticket(&p, x);
	aead_init(&a, &aead_aes256_gcm, keys->keys[0].key);
	aead_seal(&a, all.p + KEY_NAME, (struct bytes){ all.p, KEY_NAME }, text,
		  text.p + SEALED);
	ct_wipe(&a, sizeof a);
}

bool ticket_open(const struct tls_tickets *keys, struct bytes b,
		 struct ticket *x)
{
	uint8_t text[SEALED];
	bool good = false;
	struct aead a;

	if (b.n != TICKET_SIZE)
		return false;
	for (size_t i = 0; i < COUNT(keys->keys) && !good; i++) {
		if (memcmp(b.p, keys->keys[i].name, KEY_NAME) != 0)
			continue;
		memcpy(text, b.p + FRONT, SEALED);
		aead_init(&a, &aead_aes256_gcm, keys->keys[i].key);
		good = aead_open(&a, b.p + KEY_NAME,
				 (struct bytes){ b.p, KEY_NAME }, SPAN(text),
				 b.p + FRONT + SEALED) &&
		       read_ticket(x, bytes_in(SPAN(text)));
	}
	ct_wipe(&a, sizeof a);
	ct_wipe(text, sizeof text);
	return good;
}

void tls_tickets_turn(struct tls_tickets *k, void (*fill)(struct span to))
{
	k->keys[1] = k->keys[0];
	fill(SPAN(k->keys[0].name));
	fill(SPAN(k->keys[0].key));
}

/* ---- both sides ---- */

void session_name(struct tls *t)
{
	struct hash h;

	hash_init(&h, &hash_sha256);
	hash_add(&h, (struct bytes){ t->hs->name, t->hs->name_n });
	hash_end(&h, t->name);
}

static void psk_of(const struct tls *t, struct bytes nonce, uint8_t *psk)
{
	keys13_expand(t->suite->hash, t->resumption, "resumption", nonce,
		      (struct span){ psk, t->suite->hash->size });
}

/* RFC 8446 4.2.11.2: of a ClientHello that ends before its binders. */
static void binder(const struct tls *t, const struct hash_alg *alg,
		   struct bytes hello, uint8_t *out)
{
	uint8_t key[SHA384_SIZE], digest[SHA384_SIZE];
	struct keys13 k;

	keys13_start(&k, alg, (struct bytes){ t->hs->v13.psk, alg->size });
	keys13_derive(&k, "res binder", NULL, key);
	transcript_digest(&t->hs->script, alg, hello, digest);
	keys13_finished(alg, key, digest, out);
	ct_wipe(&k, sizeof k);
	ct_wipe(key, sizeof key);
}

/* ---- a server's ---- */

void session_give(struct tls *t, struct pack *p)
{
	static const uint8_t nonce = 0; /* one ticket a connection */
	struct ticket x = { .suite = t->suite->id,
			    .since = t->now_ms,
			    .verified = t->about.verified };
	uint8_t add[4];
	size_t mark;

	psk_of(t, (struct bytes){ &nonce, 1 }, x.psk);
	t->conf->fill(SPAN(add));
	for (size_t i = 0; i < sizeof add; i++)
		x.age_add = x.age_add << 8 | add[i];
	memcpy(x.name, t->name, TLS_PIN);
	memcpy(x.pin, t->about.pin, TLS_PIN);
	pack_uint(p, TICKET_LIFE, 4);
	pack_uint(p, x.age_add, 4);
	pack_vector(p, (struct bytes){ &nonce, 1 }, 1);
	mark = pack_open(p, 2);
	ticket_seal(t->conf->tickets, &x, p, t->conf->fill);
	pack_close(p, mark, 2);
	pack_u16(p, 0);
	ct_wipe(&x, sizeof x);
}

/* Whether it may be resumed: by its own time and by what the client says of it,
 * for the name it was made for, and with nothing missing.
 */
static bool is_good(const struct tls *t, const struct ticket *x, uint32_t age,
		    const struct tls_suite *suite)
{
	const struct tls_suite *was =
		suite_find(x->suite, TLS_VERSION_13, t->conf->suites);
	int64_t old = t->now_ms - x->since;

	return was && was->hash == suite->hash && old >= 0 &&
	       old <= (int64_t)TICKET_LIFE * 1000 &&
	       age - x->age_add <= (uint32_t)TICKET_LIFE * 1000 &&
	       memcmp(t->name, x->name, TLS_PIN) == 0 &&
	       (x->verified || t->conf->ask != TLS_ASK_ALWAYS);
}

static bool look(struct tls *t, struct cur *ids, const struct tls_suite *suite)
{
	struct tls_hs *hs = t->hs;
	struct bytes b = cur_bytes(ids, cur_u16(ids));
	uint32_t age = cur_u32(ids);
	struct ticket x;

	if (ids->bad || !ticket_open(t->conf->tickets, b, &x))
		return false;
	hs->v13.resuming = is_good(t, &x, age, suite);
	memcpy(hs->v13.psk, x.psk, sizeof x.psk);
	memcpy(hs->peer.pin, x.pin, TLS_PIN);
	hs->peer.verified = x.verified;
	ct_wipe(&x, sizeof x);
	return hs->v13.resuming;
}

/* The binder of identity n, verified over all before the binders. */
static int verify(struct tls *t, struct bytes binders, size_t n,
		  const struct tls_suite *suite)
{
	struct bytes raw = t->hs->raw;
	struct cur c = cur_of(binders);
	uint8_t want[SHA384_SIZE];
	struct bytes got = cur_bytes(&c, cur_u8(&c));

	while (n-- > 0)
		got = cur_bytes(&c, cur_u8(&c));
	raw.n -= 2 + binders.n;
	binder(t, suite->hash, raw, want);
	if (c.bad || !ct_equal(got, (struct bytes){ want, suite->hash->size }))
		return tls_fail(t, TLS_DECRYPT_ERROR, NULL);
	return 0;
}

int session_find(struct tls *t, const struct hello *h,
		 const struct tls_suite *suite)
{
	struct cur c = cur_of(h->ext[HELLO_PSK]);
	struct bytes ids = cur_bytes(&c, cur_u16(&c));
	struct bytes binders = cur_bytes(&c, cur_u16(&c));
	struct bytes modes = h->ext[HELLO_PSK_MODES];

	t->hs->v13.resuming = false;
	if (!hello_has(h, HELLO_PSK))
		return 0;
	if (c.bad || cur_left(&c) > 0 || binders.n == 0)
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	if (!modes.p)
		return tls_fail(t, TLS_MISSING_EXTENSION, NULL);
	if (!t->conf->tickets || !bytes_have(modes, TLS_PSK_DHE))
		return 0;
	c = cur_of(ids);
	for (uint16_t i = 0; i < TICKETS_LOOKED_AT && cur_left(&c) > 0; i++)
		if (look(t, &c, suite)) {
			t->hs->v13.psk_id = i;
			return verify(t, binders, i, suite);
		}
	return 0;
}

/* ---- a client's ---- */

static uint32_t age_ms(const struct tls *t)
{
	int64_t age = t->now_ms - t->session->since;

	return age > 0 ? (uint32_t)age : 0;
}

static const struct tls_suite *usable(const struct tls *t)
{
	const struct tls_session *s = t->session;
	const struct transcript *script = &t->hs->script;
	const struct tls_suite *suite;

	if (!s || s->ticket_n == 0 || (!s->verified && !t->conf->insecure) ||
	    t->now_ms - s->since > (int64_t)s->lifetime * 1000)
		return NULL;
	suite = suite_find(s->suite, TLS_VERSION_13, t->conf->suites);
	if (!suite || (script->alg && script->alg != suite->hash))
		return NULL;
	return memcmp(t->name, s->name, TLS_PIN) == 0 ? suite : NULL;
}

struct bytes session_wish(struct tls *t, struct span room)
{
	static const uint8_t zeros[SHA384_SIZE];
	struct tls_hs *hs = t->hs;
	const struct tls_session *s = t->session;
	struct pack p = pack_to(room);
	size_t mark;

	hs->v13.offering = usable(t);
	if (!hs->v13.offering)
		return (struct bytes){ NULL, 0 };
	memcpy(hs->v13.psk, s->secret, sizeof hs->v13.psk);
	memcpy(hs->peer.pin, s->pin, TLS_PIN);
	hs->peer.verified = s->verified;
	mark = pack_open(&p, 2);
	pack_vector(&p, (struct bytes){ s->ticket, s->ticket_n }, 2);
	pack_uint(&p, age_ms(t) + s->age_add, 4);
	pack_close(&p, mark, 2);
	mark = pack_open(&p, 2);
	pack_vector(&p, (struct bytes){ zeros, hs->v13.offering->hash->size },
		    1);
	pack_close(&p, mark, 2);
	return pack_done(&p);
}

/* The length stands in the header only when all has been written, and the binder
 * covers it: so it is put there now.
 */
void session_bind(struct tls *t, struct pack *p)
{
	const struct tls_suite *suite = t->hs->v13.offering;
	uint8_t *message = p->room.p;
	size_t body = p->n - TLS_MESSAGE_HEAD, size;

	if (!suite || p->full)
		return;
	message[1] = (uint8_t)(body >> 16);
	message[2] = (uint8_t)(body >> 8);
	message[3] = (uint8_t)body;
	size = suite->hash->size;
	binder(t, suite->hash, (struct bytes){ message, p->n - size - 3 },
	       message + p->n - size);
}

static void keep(struct tls *t, struct bytes ticket, struct bytes nonce)
{
	struct tls_session *s = t->session;

	psk_of(t, nonce, s->secret);
	memcpy(s->ticket, ticket.p, ticket.n);
	s->ticket_n = (uint16_t)ticket.n;
	s->suite = t->suite->id;
	s->since = t->now_ms;
	s->verified = t->about.verified;
	memcpy(s->pin, t->about.pin, TLS_PIN);
	memcpy(s->name, t->name, TLS_PIN);
}

int session_take(struct tls *t, struct bytes body)
{
	struct cur c = cur_of(body);
	uint32_t lifetime = cur_u32(&c), age_add = cur_u32(&c);
	struct bytes nonce = cur_bytes(&c, cur_u8(&c));
	struct bytes ticket = cur_bytes(&c, cur_u16(&c));

	cur_bytes(&c, cur_u16(&c));
	if (c.bad || cur_left(&c) > 0 || ticket.n == 0)
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	if (!t->session || ticket.n > TLS_TICKET_MOST || lifetime == 0)
		return 0;
	t->session->lifetime = lifetime < WEEK ? lifetime : WEEK;
	t->session->age_add = age_add;
	keep(t, ticket, nonce);
	return 0;
}
