#include "app/p2p/keys.h"
#include "base/base64.h"
#include "base/log.h"
#include "crypt/ct.h"
#include "crypt/hmac.h"
#include "crypt/pem.h"
#include "os/file.h"
#include "os/rand.h"
#include "wire/dtls/fingerprint.h"
#include "wire/token.h"

/* ---- secrets ---- */

static int no_file(const char *path, long err, struct diag *d)
{
	diag_put(d, "secret-file %s: %s", path,
		 err == -NAT_EINVAL ? "others can read it"
				    : err_text((int)err));
	return -NAT_ECONF;
}

static int check(struct keys *k, const struct p2p_conf *conf, struct diag *d)
{
	unsigned before = d->count;
	struct token_line l;
	struct token_file f;

	token_file_init(&f, (struct bytes){ k->text, k->size });
	while (token_file_next(&f, &l)) {
		const char *why = token_fault(l.token, conf->weak_secret);

		if (why || l.fault)
			diag_put(d, "secret-file %s: line %u: %s",
				 conf->secret_file, l.number,
				 why ? why : l.fault);
		k->n++;
	}
	if (!k->n)
		diag_put(d, "secret-file %s: no secret in it",
			 conf->secret_file);
	return d->count > before ? -NAT_ECONF : 0;
}

int keys_load(struct keys *k, const struct p2p_conf *conf, struct diag *d)
{
	long n;

	k->n = 0;
	k->size = 0;
	if (conf->secret) {
		k->n = 1;
		k->size = strlen(conf->secret);
		memcpy(k->text, conf->secret, k->size);
	}
	if (!conf->secret_file)
		return 0;
	n = file_read_secret(conf->secret_file, SPAN(k->text));
	if (n < 0)
		return no_file(conf->secret_file, n, d);
	k->size = (size_t)n;
	return check(k, conf, d);
}

void keys_wipe(struct keys *k)
{
	ct_wipe(k, sizeof *k);
}

struct bytes keys_find(const struct keys *k, struct bytes join, uint32_t n)
{
	struct token_line l;
	struct token_file f;

	token_file_init(&f, (struct bytes){ k->text, k->size });
	while (token_file_next(&f, &l))
		if ((!l.name.n || bytes_equal(l.name, join)) && n-- == 0)
			return l.token;
	return BYTES("");
}

struct bytes keys_prove(uint8_t room[KEYS_PROOF], struct bytes secret,
			const struct keys_of *of)
{
	struct fmt f = fmt_to((struct span){ room, KEYS_PROOF });
	uint8_t mac[SHA256_SIZE];
	struct hmac h;

	hmac_init(&h, &hash_sha256, secret);
	hmac_add(&h, of->host_print ? BYTES("host\0") : BYTES("join\0"));
	hmac_add(&h, of->host);
	hmac_add(&h, BYTES("\0"));
	hmac_add(&h, (struct bytes){ of->join_print, SHA256_SIZE });
	if (of->host_print)
		hmac_add(&h, (struct bytes){ of->host_print, SHA256_SIZE });
	hmac_end(&h, mac);
	fmt_hex(&f, (struct bytes){ mac, sizeof mac });
	return fmt_done(&f);
}

const uint8_t *keys_print(const struct sdp *s)
{
	return s->nprints == 1 && s->prints[0].n == SHA256_SIZE
		       ? s->prints[0].digest
		       : NULL;
}

/* ---- who we are ---- */

enum { PEM_MOST = 4096 };
static const char name[] = "/p2p.pem";

static int store(const struct self *self, const char *path)
{
	uint8_t key[KEY_DER_MOST], text[PEM_MOST];
	struct der_out o = der_out(SPAN(key));
	struct fmt f = fmt_to(SPAN(text));
	int rc;

	key_put(&o, &self->key);
	pem_put(&f, "PRIVATE KEY", der_written(&o));
	pem_put(&f, "CERTIFICATE", (struct bytes){ self->der, self->n });
	rc = f.full ? -NAT_EROOM : file_write_secret(path, fmt_done(&f));
	ct_wipe(key, sizeof key);
	ct_wipe(text, sizeof text);
	return rc;
}

static int load(struct self *self, struct bytes text)
{
	struct cur c = cur_of(text);
	uint8_t room[SELF_DER];
	struct pem p = { .label = { NULL, 0 } };
	struct self read;
	int rc = 1;

	while (rc > 0 && !bytes_are(p.label, "CERTIFICATE"))
		rc = pem_next(&p, &c, SPAN(room));
	if (rc <= 0 || !self_load(&read, text, p.der, rand_fill))
		return -NAT_EINVAL;
	ct_wipe(&read, sizeof read);
	return self_load(self, text, p.der, rand_fill) ? 0 : -NAT_EINVAL;
}

void keys_keep_self(struct self *self, const char *dir, struct log *log)
{
	char path[1024];
	uint8_t text[PEM_MOST];
	struct fmt f = fmt_to(SPAN(path));
	long n;

	fmt_put(&f, "%s%s", dir, name);
	if (f.full)
		return;
	n = file_read_secret(fmt_text(&f), SPAN(text));
	if (n == -NAT_ENOENT)
		n = store(self, path);
	else if (n >= 0)
		n = load(self, (struct bytes){ text, (size_t)n });
	ct_wipe(text, sizeof text);
	if (n < 0)
		log_warn(log, "host", "%s: %s: the pin is of this run alone",
			 path, err_text((int)n));
}

/* ---- pins ---- */

const char *keys_pin(uint8_t pin[KEYS_PIN], const char *text)
{
	long n = base64_get((struct span){ pin, KEYS_PIN }, bytes_of(text));

	return n == KEYS_PIN ? NULL
			     : "is not base64 of 32 bytes, as nat host says it";
}

void keys_digest(uint8_t print[SHA256_SIZE], const struct self *self)
{
	struct fingerprint own;

	fingerprint_make(&own, &hash_sha256, self->cert.der);
	memcpy(print, own.digest, SHA256_SIZE);
}

void keys_print_pin(struct fmt *f, const uint8_t print[SHA256_SIZE])
{
	base64_put(f, (struct bytes){ print, SHA256_SIZE }, 0);
}
