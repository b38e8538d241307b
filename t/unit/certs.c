#include "unit.h"
#include "certs.h"

static uint64_t chance = 509;

void certs_fill(struct span to)
{
	for (size_t i = 0; i < to.n; i++)
		to.p[i] = (uint8_t)unit_rand(&chance);
}

static void put_name(struct der_out *o, const char *name)
{
	size_t all = o->n;

	der_put(o, DER_UTF8, bytes_of(name));
	der_put(o, DER_OID, BYTES("\x55\x04\x03"));
	der_wrap(o, DER_SEQUENCE, all);
	der_wrap(o, DER_SET, all);
	der_wrap(o, DER_SEQUENCE, all);
}

static void put_body(struct der_out *o, const struct wish *w)
{
	uint8_t hex[512];
	size_t all = o->n, since;

	if (w->extensions) {
		der_put(o, DER_SEQUENCE, unit_hex(SPAN(hex), w->extensions));
		der_wrap(o, DER_EXPLICIT | 3, all);
	}
	key_put_spki(o, w->key);
	put_name(o, w->subject);
	since = o->n;
	der_put(o, strlen(w->until) > 13 ? DER_TIME : DER_UTC_TIME,
		bytes_of(w->until));
	der_put(o, strlen(w->from) > 13 ? DER_TIME : DER_UTC_TIME,
		bytes_of(w->from));
	der_wrap(o, DER_SEQUENCE, since);
	put_name(o, w->issuer);
	der_put(o, DER_SEQUENCE, key_alg(w->by)->id);
	der_put_small(o, 1);
	since = o->n;
	der_put_small(o, 2);
	der_wrap(o, DER_EXPLICIT, since);
	der_wrap(o, DER_SEQUENCE, all);
}

int certs_make(struct made *m, const struct wish *w)
{
	uint8_t body[CERTS_ROOM], sig[KEY_SIG_MOST];
	struct der_out b = der_out(SPAN(body)), o = der_out(SPAN(m->room));

	put_body(&b, w);
	der_put_raw(&o,
		    key_sign(w->by, der_written(&b), SPAN(sig), certs_fill));
	der_wrap_bits(&o, 0);
	der_put(&o, DER_SEQUENCE, key_alg(w->by)->id);
	der_put_raw(&o, der_written(&b));
	der_wrap(&o, DER_SEQUENCE, 0);
	m->der = der_written(&o);
	assert_true(m->der.n > 0);
	return x509_parse(&m->cert, m->der);
}

static const char rsa_pem[] =
	"-----BEGIN RSA PRIVATE KEY-----\n"
	"MIIEpAIBAAKCAQEArcNEJ6ypRJTjWcwLrbBS9qRsuqvQoZLSfqGNFo9VJQu+0VcC\n"
	"45b6drcwpY4Yf6pFIvL5KWRFs7+YhGkPt3m33w9ElARtzxjwTVMFYOqpFztPi7mT\n"
	"I3gdu42+M5J3mGTQSz+rJBZSJHnrPFPWAV/fmgZnVa8KOL6qsxGXBAZp1ICNPxsM\n"
	"cwPM+EvozLsmytSVwTfptliXJcYRQmzG1ON6obIztLGlVCdbqVL6Ely8Q84gBDpy\n"
	"O4DAQAKzlX+/a4jbXyqyWP2/LU1YskvUqaE0rUbNZYhvDyvHXZwllq78QMgjSqCA\n"
	"Fs1yctqAbzOT/AHJhDvL8ewTNfBDKqdQ6yzaTwIDAQABAoIBADWzwBgc6jFqbHtf\n"
	"rwpOkM1uUrY8jJ2q8Ug2qJKc2L06zI4JPLjW+/B9vFimOlcWagibnDrZJRug7sOZ\n"
	"bsSPJy8WmmS+m6tiMz5KlsJ1s62c5IAz6dAP+uxwqaRps3GTUra25i8ggOGKFpQN\n"
	"+vlwxnvlV8Fo+BlCgCIYoRoa21FTqNO3sHhytk1K8KGfnOd6FTctRgVM4YlqPL3G\n"
	"aZggSGLr6fgU/YWr4bAAf59un2v52yw+vDpsrmPx8MJ7t2vRE2jTYmvZs+Bo+q1T\n"
	"t8tlQXXaa36D+YHCxTyTEcsQ4Whkvk9jETmGRDk7VfjZTyuegeDVlOyiiD66qfrb\n"
	"rTl42bkCgYEA46/Z9BILMZpPKhxfbkyQi/lQyEq4yJ/if3oRY4UJw4MXyy991jlI\n"
	"9Es/vOskkeAUCCmdi5LspGgFQ7e5jq9VWWtzECoTMa4BVkh3tEJz3LvHRCCpCsuf\n"
	"uJq6lYGy1/fJ26iip2M61rItCgklIlWtwnSUPmjqg/1kyZMwgIMJHkkCgYEAw17N\n"
	"RHzdC0Y1v5xajRuvz1jCrtoMLVAhkAaQpQw4Rmt6IrOdKVV77w6FmlE/cpVOjqkt\n"
	"C3L4fcoR8QIJR8ArgRGKwujPv53PR1mQNvzf8W6YidURI54sOKFlZba55NVCxnPY\n"
	"+GY6ODaBZlg2hcJxGqDqvUoe1vBDOHSXNqsdE9cCgYEA2e2PJ9W9cRTJgPz3OpN+\n"
	"JvvTHmKmyyB9opYr3p2P4tqvA4PJZioecfU0ZJaMwjM/+TAb42QVrKcDovVPXgrk\n"
	"HlqCH46mIH70OKnUKW0RiM0SxVqdcf/EOOWggUlK7Pv28ZBPXvfTcXvJMDngmSR4\n"
	"1A7RdYrmLL90oJuJaPgC2kECgYEAgei14UaNzQNglgqng5DXdK52tcGzuyW/S3+y\n"
	"Cq13dgvdaNm6NVPsVud3G0fPQqfZVq9TjntilHIbQAC0nws/YlGBzVz1V1reC3mY\n"
	"lZfMaUO7FluhS+fPS9C2Fc5NCcZs4n0B1xpSuDI2FRGvH35NqwE5VajFnPKiIBYW\n"
	"vnlFmn0CgYB6+A3uyYRxxyjitHlU84z0319KU6RS/0qzQNGYn71oy0xWz7KmhXdf\n"
	"PjBGrXbgFzg2k6Cb9gj+apWHTkmiaPid18d2e9AeV0q/oh/qydwnI5bNu21qxZSV\n"
	"kOI+IJeWAtix2Hmkaw2tJzN7q7/fEI84n5cQZvJUP4c/ktzKtjdTlQ==\n"
	"-----END RSA PRIVATE KEY-----\n";

void certs_rsa(struct key *k)
{
	assert_int_equal(key_load(k, bytes_of(rsa_pem), certs_fill), 0);
}
