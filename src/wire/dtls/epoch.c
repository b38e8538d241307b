#include "wire/dtls/epoch.h"
#include "base/cur.h"
#include "crypt/words.h"
#include "wire/tls/proto.h"

enum { WINDOW = 64, LENGTH_AT = 11 };

bool epoch_next(struct epoch_record *r, struct span *in)
{
	struct cur c = cur_of(bytes_in(*in));
	struct span rest = { NULL, 0 };
	uint8_t type = cur_u8(&c);
	uint8_t major = cur_u8(&c);
	uint64_t seq;

	cur_u8(&c);
	seq = (uint64_t)cur_u32(&c) << 32;
	seq |= cur_u32(&c);
	r->type = type;
	r->seq = seq;
	r->epoch = (uint16_t)(seq >> EPOCH_NUMBER_BITS);
	cur_bytes(&c, cur_u16(&c));
	r->all = (struct span){ in->p, in->n - cur_left(&c) };
	if (!c.bad && cur_left(&c) > 0)
		rest = (struct span){ in->p + r->all.n, cur_left(&c) };
	*in = rest;
	return !c.bad && major == EPOCH_DTLS12 >> 8 &&
	       type >= TLS_CHANGE_CIPHER_SPEC && type <= TLS_DATA;
}

void epoch_start(struct epoch *e, const struct tls_suite *s, const uint8_t *key,
		 const uint8_t iv[AEAD_NONCE])
{
	e->suite = s;
	aead_init(&e->aead, s->aead, key);
	memcpy(e->iv, iv, AEAD_NONCE);
	e->seq = UINT64_C(1) << EPOCH_NUMBER_BITS;
}

size_t epoch_front(const struct epoch *e)
{
	return EPOCH_HEAD + (e->suite ? (size_t)e->suite->nonce : 0);
}

size_t epoch_around(const struct epoch *e)
{
	return epoch_front(e) + (e->suite ? AEAD_TAG : 0);
}

/* RFC 5288 3: a salt, and behind it what stands in the record; RFC 7905 2: epoch
 * and number XORed into the iv.
 */
static void put_nonce(uint8_t nonce[AEAD_NONCE], const struct epoch *e,
		      const uint8_t *said, uint64_t seq)
{
	memcpy(nonce, e->iv, AEAD_NONCE);
	if (e->suite->nonce)
		memcpy(nonce + AEAD_NONCE - 8, said, 8);
	else
		store64_be(nonce + AEAD_NONCE - 8,
			   load64_be(nonce + AEAD_NONCE - 8) ^ seq);
}

/* RFC 6347 4.1.2.1: number, type, version, length of the text. */
static struct bytes put_aad(uint8_t aad[EPOCH_HEAD], const uint8_t *head,
			    uint64_t seq, size_t n)
{
	store64_be(aad, seq);
	memcpy(aad + 8, head, 3);
	aad[LENGTH_AT] = (uint8_t)(n >> 8);
	aad[LENGTH_AT + 1] = (uint8_t)n;
	return (struct bytes){ aad, EPOCH_HEAD };
}

bool epoch_open(const struct epoch *e, const struct epoch_record *r,
		struct span *text)
{
	size_t front = epoch_front(e), around = epoch_around(e);
	uint8_t nonce[AEAD_NONCE], aad[EPOCH_HEAD];
	const uint8_t *head = r->all.p;

	if (r->all.n < around)
		return false;
	*text = (struct span){ r->all.p + front, r->all.n - around };
	if (!e->suite)
		return true;
	put_nonce(nonce, e, head + EPOCH_HEAD, r->seq);
	return aead_open(&e->aead, nonce, put_aad(aad, head, r->seq, text->n),
			 *text, text->p + text->n);
}

static void put_head(uint8_t *to, uint8_t type, uint64_t seq, size_t n)
{
	to[0] = type;
	to[EPOCH_VERSION_AT] = EPOCH_DTLS12 >> 8;
	to[EPOCH_VERSION_AT + 1] = EPOCH_DTLS12 & 0xff;
	store64_be(to + 3, seq);
	to[LENGTH_AT] = (uint8_t)(n >> 8);
	to[LENGTH_AT + 1] = (uint8_t)n;
}

size_t epoch_seal(struct epoch *e, uint8_t *to, size_t n, uint8_t type)
{
	size_t all = n + epoch_around(e);
	struct span text = { to + epoch_front(e), n };
	uint8_t nonce[AEAD_NONCE], aad[EPOCH_HEAD];

	put_head(to, type, e->seq, all - EPOCH_HEAD);
	if (e->suite) {
		if (e->suite->nonce)
			store64_be(to + EPOCH_HEAD, e->seq);
		put_nonce(nonce, e, to + EPOCH_HEAD, e->seq);
		aead_seal(&e->aead, nonce, put_aad(aad, to, e->seq, n), text,
			  text.p + n);
	}
	e->seq++;
	return all;
}

bool epoch_fresh(const struct epoch_window *w, uint64_t seq)
{
	if (seq > w->top)
		return true;
	return w->top - seq < WINDOW && !(w->seen >> (w->top - seq) & 1);
}

void epoch_note(struct epoch_window *w, uint64_t seq)
{
	uint64_t ahead = seq > w->top ? seq - w->top : 0;

	if (ahead > 0) {
		w->seen = ahead < WINDOW ? w->seen << ahead : 0;
		w->top = seq;
	}
	w->seen |= UINT64_C(1) << (w->top - seq);
}
