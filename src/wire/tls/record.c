#include "wire/tls/record.h"
#include "crypt/ct.h"
#include "crypt/words.h"
#include "wire/tls/proto.h"

enum {
	MORE = 256, /* than its text a sealed record may be, RFC 8446 5.2 */
	AAD_13 = TLS_RECORD_HEAD,
	AAD_12 = 8 + TLS_RECORD_HEAD
};

int record_next(struct tls_record *r, struct span in, bool sealed)
{
	size_t n, most = TLS_RECORD_TEXT + (sealed ? MORE : 0);

	if (in.n == 0)
		return 0;
	if (in.p[0] < TLS_CHANGE_CIPHER_SPEC || in.p[0] > TLS_DATA)
		return -TLS_UNEXPECTED_MESSAGE;
	if (in.n < TLS_RECORD_HEAD)
		return 0;
	if (in.p[1] != 3)
		return -TLS_PROTOCOL_VERSION;
	n = (size_t)in.p[3] << 8 | in.p[4];
	if (n > most)
		return -TLS_RECORD_OVERFLOW;
	if (in.n < TLS_RECORD_HEAD + n)
		return 0;
	*r = (struct tls_record){ in.p[0], { in.p, TLS_RECORD_HEAD + n } };
	return 1;
}

static size_t explicit_nonce(const struct tls_suite *s,
			     const struct tls_way *way)
{
	return way->on ? s->nonce : 0;
}

size_t record_front(const struct tls_suite *s, const struct tls_way *way)
{
	return TLS_RECORD_HEAD + explicit_nonce(s, way);
}

size_t record_around(const struct tls_suite *s, const struct tls_way *way)
{
	size_t inner = way->on && s->version == TLS_VERSION_13;

	return record_front(s, way) + (way->on ? inner + AEAD_TAG : 0);
}

static void put_head(uint8_t *to, uint8_t type, size_t n)
{
	to[0] = type;
	to[1] = TLS_VERSION_12 >> 8;
	to[2] = TLS_VERSION_12 & 0xff;
	to[3] = (uint8_t)(n >> 8);
	to[4] = (uint8_t)n;
}

/* RFC 8446 5.3, RFC 7905 2: the number XORed into the iv; RFC 5288 3: the salt,
 * then what stands in the record.
 */
static void put_nonce(uint8_t nonce[AEAD_NONCE], const struct tls_way *way,
		      const uint8_t *said, size_t n)
{
	uint8_t seq[8];

	memcpy(nonce, way->iv, AEAD_NONCE);
	if (n > 0) {
		memcpy(nonce + AEAD_NONCE - n, said, n);
		return;
	}
	store64_be(seq, way->seq);
	for (size_t i = 0; i < sizeof seq; i++)
		nonce[AEAD_NONCE - 8 + i] ^= seq[i];
}

/* The header as it stands; in 1.2 the number before it, and the text's length. */
static struct bytes put_aad(uint8_t aad[AAD_12], const struct tls_suite *s,
			    uint64_t seq, const uint8_t *head, size_t n)
{
	if (s->version == TLS_VERSION_13)
		return (struct bytes){ head, AAD_13 };
	store64_be(aad, seq);
	put_head(aad + 8, head[0], n);
	return (struct bytes){ aad, AAD_12 };
}

/* RFC 8446 5.4: the last byte that is not 0 is the type. */
static bool strip(struct tls_record *r, struct span *text)
{
	size_t n = text->n;

	while (n > 0 && text->p[n - 1] == 0)
		n--;
	if (n == 0) {
		*text = (struct span){ NULL, 0 };
		return false;
	}
	r->type = text->p[n - 1];
	text->n = n - 1;
	return true;
}

bool record_open(struct tls_record *r, const struct tls_suite *s,
		 struct tls_way *way, struct span *text)
{
	size_t front = record_front(s, way);
	uint8_t nonce[AEAD_NONCE], room[AAD_12], *head = r->all.p;
	struct aead a;
	bool good;

	*text = (struct span){ head + front, r->all.n - front };
	if (!way->on)
		return true;
	if (r->all.n < record_around(s, way))
		return false;
	text->n -= AEAD_TAG;
	put_nonce(nonce, way, head + TLS_RECORD_HEAD, front - TLS_RECORD_HEAD);
	aead_init(&a, s->aead, way->key);
	good = aead_open(&a, nonce, put_aad(room, s, way->seq, head, text->n),
			 *text, text->p + text->n);
	ct_wipe(&a, sizeof a);
	way->seq += good;
	return good && (s->version != TLS_VERSION_13 || strip(r, text));
}

size_t record_seal(uint8_t *to, size_t n, uint8_t type,
		   const struct tls_suite *s, struct tls_way *way)
{
	size_t front = record_front(s, way), all = n + record_around(s, way);
	struct span text = { to + front, n };
	uint8_t nonce[AEAD_NONCE], room[AAD_12];
	struct aead a;

	put_head(to, type, all - TLS_RECORD_HEAD);
	if (!way->on)
		return all;
	if (s->version == TLS_VERSION_13) {
		text.p[text.n++] = type;
		to[0] = TLS_DATA;
	}
	if (s->nonce)
		store64_be(to + TLS_RECORD_HEAD, way->seq);
	put_nonce(nonce, way, to + TLS_RECORD_HEAD, s->nonce);
	aead_init(&a, s->aead, way->key);
	aead_seal(&a, nonce, put_aad(room, s, way->seq, to, n), text,
		  text.p + text.n);
	ct_wipe(&a, sizeof a);
	way->seq++;
	return all;
}
