#include "net/creds.h"
#include "base/base64.h"
#include "crypt/cert.h"
#include "crypt/ct.h"
#include "crypt/pem.h"
#include "net/trust.h"
#include "os/clock.h"
#include "os/cpu.h"
#include "os/dir.h"
#include "os/mem.h"
#include "os/rand.h"

/* ---- what there is to read ---- */

/* Where systems keep whom they trust; the first that is there. */
static const char *const stores[] = {
	"/etc/ssl/certs/ca-certificates.crt", /* Debian, OpenWrt, Alpine */
	"/etc/pki/tls/certs/ca-bundle.crt",   /* Fedora */
	"/etc/ssl/ca-bundle.pem",             /* openSUSE */
	"/etc/ssl/cert.pem",                  /* the BSDs, macOS, musl's */
	"/usr/local/share/certs/ca-root-nss.crt",
};

static const char *store_of(void)
{
	size_t i = 0;

	while (i + 1 < COUNT(stores) && !file_exists(stores[i]))
		i++;
	return stores[i];
}

const char *secure_ca(const struct secure_conf *conf)
{
	bool calls = conf->transport && strcmp(conf->transport, "tls") == 0;

	if (conf->ca || !calls || conf->pin.n || conf->insecure)
		return conf->ca;
	return store_of();
}

static void name_in(char to[CREDS_PATH], const char *dir, const char *name)
{
	struct fmt f = fmt_to((struct span){ (uint8_t *)to, CREDS_PATH });

	fmt_put(&f, "%s/%s", dir, name);
	fmt_text(&f);
}

void creds_own(struct creds_paths *p, const struct secure_conf *conf)
{
	name_in(p->cert, conf->dir, "cert.pem");
	name_in(p->key, conf->dir, "key.pem");
}

size_t creds_files(const char *files[CREDS_FILES], struct creds_paths *paths,
		   const struct secure_conf *conf)
{
	size_t n = 0;

	for (uint32_t i = 0; i < conf->cert.n; i++) {
		files[n++] = conf->cert.v[i];
		files[n++] = conf->key.v[i];
	}
	if (conf->dir) {
		creds_own(paths, conf);
		files[n++] = paths->cert;
		files[n++] = paths->key;
	}
	if (secure_ca(conf))
		files[n++] = secure_ca(conf);
	return n;
}

/* ---- reading ---- */

struct load {
	struct creds *c;
	struct span text, der; /* der: what is left of it */
	struct diag *d;
};

static int no(struct load *l, const char *path, const char *why)
{
	diag_put(l->d, "%s: %s", path, why);
	return -NAT_ECONF;
}

static int no_file(struct load *l, const char *path, long err)
{
	return no(l, path,
		  err == -NAT_EROOM ? "has more than this program reads"
				    : err_text((int)err));
}

/* Certificates into s: of a file by trust_file, of a directory too by trust_add.
 * How many.
 */
static long load_certs(struct load *l, const char *path, struct x509_store *s,
		       int (*add)(struct trust *t, const char *path))
{
	struct trust t = { s, l->text, l->d };
	int rc;

	s->room = l->der;
	rc = add(&t, path);
	l->der = s->room;
	return rc < 0 ? rc : (long)s->n;
}

static int load_key(struct load *l, const char *path, struct key *k)
{
	long n = file_read_secret(path, l->text);
	int rc;

	if (n == -NAT_EINVAL)
		return no(l, path, "others can read it: chmod 600");
	if (n < 0)
		return no_file(l, path, n);
	rc = key_load(k, (struct bytes){ l->text.p, (size_t)n }, rand_fill);
	ct_wipe(l->text.p, (size_t)n);
	return rc < 0 ? no(l, path, "has no private key that is known here")
		      : 0;
}

static bool fits(const struct key *k, const struct x509 *cert)
{
	uint8_t spki[KEY_SPKI_MOST];
	struct der_out o = der_out(SPAN(spki));

	key_put_spki(&o, k);
	return bytes_equal(der_written(&o), cert->spki);
}

static int load_pair(struct load *l, const char *cert, const char *key)
{
	struct creds *c = l->c;
	size_t i = c->tls.ids_n;
	struct x509_store s = { .certs = c->chains[i], .most = TLS_CHAIN };
	long n = load_certs(l, cert, &s, trust_file);
	int rc = n < 0 ? (int)n : load_key(l, key, &c->keys[i]);

	if (rc < 0)
		return rc;
	if (!fits(&c->keys[i], &c->chains[i][0]))
		return no(l, key, "is not the key of the certificate");
	c->ids[i] =
		(struct tls_identity){ &c->keys[i], c->chains[i], (size_t)n };
	c->tls.ids_n++;
	return 0;
}

const char *creds_pin(uint8_t pin[TLS_PIN], const char *text)
{
	long n = base64_get((struct span){ pin, TLS_PIN }, bytes_of(text));

	return n == TLS_PIN ? NULL
			    : "is not the base64 of 32 bytes, as nat keygen "
			      "--cert prints it";
}

static int load_pins(struct load *l, const struct opt_list *pins)
{
	for (uint32_t i = 0; i < pins->n; i++) {
		const char *why = creds_pin(l->c->pins[i], pins->v[i]);

		if (why)
			return no(l, pins->v[i], why);
	}
	l->c->tls.pins_n = pins->n;
	return 0;
}

static int load_all(struct load *l, const struct secure_conf *conf)
{
	struct creds_paths own;
	const char *ca = secure_ca(conf);
	int rc = load_pins(l, &conf->pin);
	struct x509_store trusted = { .certs = l->c->trusted,
				      .most = CREDS_TRUSTED };
	long n = 0;

	for (uint32_t i = 0; rc == 0 && i < conf->cert.n; i++)
		rc = load_pair(l, conf->cert.v[i], conf->key.v[i]);
	if (rc == 0 && conf->dir) {
		creds_own(&own, conf);
		rc = load_pair(l, own.cert, own.key);
	}
	if (rc == 0 && ca)
		n = load_certs(l, ca, &trusted, trust_add);
	l->c->tls.trusted_n = n > 0 ? (size_t)n : 0;
	return n < 0 ? (int)n : rc;
}

/* A client says what it is, for ports that browsers share, and what a web server
 * before the relay knows, for wss; browsers are asked for no certificate, and hear
 * of no HTTP/2.
 */
static void tell_protocols(struct creds *c, bool server)
{
	static const char *const nat[] = { FASTNAT_ALPN, "http/1.1" },
				 *const http[] = { "http/1.1" };

	c->web = c->tls;
	c->web.alpn = http;
	c->web.alpn_n = COUNT(http);
	c->web.ask = TLS_ASK_NONE;
	c->web.trusted_n = 0;
	if (server)
		return;
	c->tls.alpn = nat;
	c->tls.alpn_n = COUNT(nat);
}

int creds_load(struct creds *c, const struct creds_ask *ask, struct diag *d)
{
	struct load l = { c, ask->text, SPAN(c->der), d };
	bool server = ask->side == SECURE_SERVER;
	int rc;

	c->tls = (struct tls_conf){
		.role = server ? TLS_SERVER : TLS_CLIENT,
		.no_aes = !cpu_has_aes(),
		.ids = c->ids,
		.trusted = c->trusted,
		.pins = (const uint8_t(*)[TLS_PIN])c->pins,
		.insecure = ask->conf->insecure,
		.ask = server && ask->conf->ca ? TLS_ASK_ALWAYS : TLS_ASK_NONE,
		.fill = rand_fill,
	};
	rc = load_all(&l, ask->conf);
	mem_spare(l.text);
	tell_protocols(c, server);
	return rc;
}

static struct tls_conf without_keys(const struct tls_conf *conf)
{
	return (struct tls_conf){ .role = conf->role,
				  .fill = conf->fill,
				  .tickets = conf->tickets };
}

void creds_forget(struct creds *c)
{
	struct tls_conf tls = without_keys(&c->tls),
			web = without_keys(&c->web);

	ct_wipe(c->keys, sizeof c->keys[0] * (c->tls.ids_n + 1));
	mem_spare((struct span){ (uint8_t *)c, sizeof *c });
	c->tls = tls;
	c->web = web;
}
