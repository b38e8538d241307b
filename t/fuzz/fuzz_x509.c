/* A certificate of any bytes: its slices lie within it, a search ends, names and
 * keys are only looked at; and any bytes as a key, in PEM or not.
 */
#include "crypt/key.h"
#include "fuzz.h"
#include "wire/x509_path.h"
#include "wire/x509_store.h"

static void path(const struct x509 *c)
{
	struct x509 sent[3] = { *c, *c, *c };
	struct x509_ask ask = { sent,        2,           c->from,
				X509_SERVER, { NULL, 0 }, BYTES("\x7f\0\0\1") };

	assert(x509_text(x509_path(&ask, sent, 3)));
}

void fuzz(struct bytes in)
{
	struct x509 c, certs[4];
	struct x509_store s = { certs, 0, 4, fuzz_room(0).to, 0, 0 };
	struct spki key;

	if (x509_parse(&c, in) == 0) {
		assert(fuzz_within(c.names, in) && fuzz_within(c.sig, in));
		assert(!spki_parse(&key, c.spki) || key.curve || key.n.n);
		path(&c);
	}
	assert(x509_store_add(&s, in) <= 4);
}
