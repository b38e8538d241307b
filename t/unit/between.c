#include "between.h"
#include "crypt/cert.h"
#include <assert.h>

enum { NOW = 1700000000, NAME_MOST = 16 };
#define NAME "a.example"

/* ---- one identity for all, and chance that repeats ---- */

static uint64_t chance;

static void fill(struct span to)
{
	for (size_t i = 0; i < to.n; i++) {
		chance ^= chance << 13;
		chance ^= chance >> 7;
		chance ^= chance << 17;
		to.p[i] = (uint8_t)(chance >> 24);
	}
}

static const struct tls_identity *identity(void)
{
	static uint8_t der[CERT_MOST];
	static struct key key;
	static struct x509 cert;
	static struct tls_identity me;
	struct cert_name name = { false, BYTES(NAME) };
	struct cert_wish wish = { BYTES(NAME), &name,         1,
				  NOW - 1000,  NOW + 1000000, false };

	if (me.n > 0)
		return &me;
	chance = 1;
	key_make_p256(&key, fill);
	if (x509_parse(&cert, cert_make(SPAN(der), &key, &wish, fill)) < 0)
		assert(!"a certificate");
	me = (struct tls_identity){ &key, &cert, 1 };
	return &me;
}

static void settings(struct tls_conf *c, enum tls_role role, uint16_t version,
		     unsigned kinds)
{
	const struct tls_identity *me = identity();

	*c = (struct tls_conf){ .role = role,
				.least = version,
				.most = version,
				.ids = me,
				.ids_n = role == TLS_SERVER ||
					 kinds & BETWEEN_ASK,
				.trusted = me->chain,
				.trusted_n = 1,
				.fill = fill };
	if (role == TLS_SERVER && kinds & BETWEEN_RETRY)
		c->groups = 2;
	if (role == TLS_SERVER && kinds & BETWEEN_ASK)
		c->ask = TLS_ASK_ALWAYS;
}

void between_start(struct between *b, uint16_t version, unsigned kinds)
{
	struct tls_session kept = b->session;
	struct tls_tickets tickets = b->tickets;

	memset(b, 0, sizeof *b);
	for (int i = 0; i < 2; i++)
		settings(&b->conf[i], (enum tls_role)i, version, kinds);
	chance = b->chance = 88172645463325252;
	if (kinds & BETWEEN_RESUME) {
		b->session = kept;
		b->tickets = tickets;
	} else {
		tls_tickets_turn(&b->tickets, fill);
	}
	b->conf[TLS_SERVER].tickets = &b->tickets;
	for (int i = 0; i < 2; i++)
		tls_start(&b->ends[i], &b->hs[i], &b->conf[i],
			  i == TLS_CLIENT ? BYTES(NAME) : BYTES(""),
			  NOW * INT64_C(1000));
	b->ends[TLS_CLIENT].session = &b->session;
}

/* ---- records ---- */

static bool is_sealed(const struct tls *t, const struct tls_record *r)
{
	return t->in.on &&
	       (t->about.version != TLS_VERSION_13 || r->type == TLS_DATA);
}

/* What the record holds for that end, which has not heard it yet. False: it is not
 * of the key that this end has, after a change that made them differ.
 */
static bool look(const struct tls *t, struct tls_record *r,
		 struct between_text *text)
{
	struct tls_way way = t->in;
	struct span inside;

	if (!is_sealed(t, r))
		way = (struct tls_way){ .on = false };
	if (!record_open(r, t->suite, &way, &inside))
		return false;
	text->type = r->type;
	text->n = inside.n;
	memcpy(text->b, inside.p, inside.n);
	return true;
}

static void hear(struct tls *t, uint8_t *p, size_t n)
{
	struct span text;
	long rc = tls_hear(t, (struct span){ p, n }, &text);

	assert(t->err ? rc <= 0 : rc == (long)n);
	assert(t->err == 0 || (t->hs == NULL && t->why));
	assert(text.n == 0 || (text.p >= p && text.p + text.n <= p + n));
}

void between_tell(struct between *b, enum tls_role to,
		  const struct between_text *text)
{
	static uint8_t record[sizeof text->b + TLS_OVERHEAD + 1];
	struct tls *t = &b->ends[to];
	struct tls_way way = t->in;
	bool plain = t->about.version == TLS_VERSION_13 &&
		     text->type == TLS_CHANGE_CIPHER_SPEC;

	if (plain)
		way = (struct tls_way){ .on = false };
	memcpy(record + record_front(t->suite, &way), text->b, text->n);
	hear(t, record,
	     record_seal(record, text->n, text->type, t->suite, &way));
}

/* ---- turns ---- */

static bool say(struct between *b, enum tls_role from)
{
	struct between_wire *w = &b->to[!from];
	uint8_t room[2048];
	size_t n = tls_say(&b->ends[from], SPAN(room));

	assert(w->n + n <= sizeof w->b);
	memcpy(w->b + w->n, room, n);
	w->n += n;
	return n > 0;
}

bool between_step(struct between *b, enum tls_role to)
{
	static struct between_text text;
	struct between_wire *w = &b->to[to];
	struct tls *t = &b->ends[to];
	struct tls_record r;
	size_t n;

	if (t->err || w->n == 0)
		return false;
	if (record_next(&r, (struct span){ w->b, w->n }, t->in.on) <= 0) {
		hear(t, w->b, w->n);
		w->n = 0;
		return true;
	}
	n = r.all.n;
	b->seen++;
	if (!look(t, &r, &text))
		hear(t, w->b, n);
	else if (!b->edit || b->edit(b, to, &text))
		between_tell(b, to, &text);
	w->n -= n;
	memmove(w->b, w->b + n, w->n);
	return true;
}

bool between_run(struct between *b)
{
	bool moved = true;

	chance = b->chance;
	for (int i = 0; moved && i < BETWEEN_ROUNDS; i++) {
		moved = false;
		for (int who = 0; who < 2; who++) {
			while (say(b, (enum tls_role)who))
				moved = true;
			while ((!b->most || b->seen < b->most) &&
			       between_step(b, (enum tls_role) !who))
				moved = true;
		}
	}
	b->chance = chance;
	return !moved;
}

bool between_good(const struct between *b)
{
	return b->ends[0].open && b->ends[1].open && !b->ends[0].err &&
	       !b->ends[1].err && !b->ends[0].hs && !b->ends[1].hs;
}
