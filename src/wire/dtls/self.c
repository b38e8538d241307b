#include "wire/dtls/self.h"
#include "crypt/cert.h"

enum { FROM = 0 };                       /* 1970-01-01 */
static const int64_t until = 2524607999; /* 2049-12-31, the last UTCTime */

static bool adopt(struct self *s)
{
	s->id = (struct tls_identity){ &s->key, &s->cert, 1 };
	return s->n > 0 &&
	       x509_parse(&s->cert, (struct bytes){ s->der, s->n }) == 0;
}

bool self_make(struct self *s, void (*fill)(struct span to))
{
	struct cert_wish wish = { .common = BYTES("nat"),
				  .from = FROM,
				  .until = until,
				  .bare = true };
	struct bytes der;

	key_make_p256(&s->key, fill);
	der = cert_make(SPAN(s->der), &s->key, &wish, fill);
	s->n = der.n;
	memmove(s->der, der.p, der.n);
	return adopt(s);
}

bool self_load(struct self *s, struct bytes key, struct bytes der,
	       void (*fill)(struct span to))
{
	s->n = der.n <= sizeof s->der ? der.n : 0;
	memcpy(s->der, der.p, s->n);
	return key_load(&s->key, key, fill) == 0 && adopt(s);
}
