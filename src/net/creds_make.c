/* creds_make - a key and a certificate of our own, for who is known by its pin. */
#include "crypt/cert.h"
#include "crypt/ct.h"
#include "crypt/pem.h"
#include "net/creds.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/rand.h"

enum { DAY = 86400, YEARS = 3650 * DAY, PEM_MOST = 2048 };

static int store(const char *path, struct bytes der, const char *label,
		 int (*write)(const char *path, struct bytes b))
{
	uint8_t text[PEM_MOST];
	struct fmt f = fmt_to(SPAN(text));
	int rc;

	pem_put(&f, label, der);
	rc = f.full ? -NAT_EROOM : write(path, fmt_done(&f));
	ct_wipe(text, sizeof text);
	return rc;
}

/* The certificate first: a key alone would look like one that is in use. */
static int make(const struct creds_paths *p, struct key *k)
{
	uint8_t room[CERT_MOST];
	struct der_out o = der_out(SPAN(room));
	struct cert_wish wish = { .common = BYTES("nat") };
	int rc;

	key_make_p256(k, rand_fill);
	/* From yesterday: others' clocks may be slow. */
	wish.from = clock_unix() - DAY;
	wish.until = wish.from + YEARS;
	rc = store(p->cert, cert_make(SPAN(room), k, &wish, rand_fill),
		   "CERTIFICATE", file_write);
	o = der_out(SPAN(room));
	key_put(&o, k);
	if (rc == 0)
		rc = store(p->key, der_written(&o), "PRIVATE KEY",
			   file_write_secret);
	ct_wipe(room, sizeof room);
	return rc;
}

static int load(const struct creds_paths *p, struct key *k)
{
	uint8_t text[2 * KEY_DER_MOST];
	long n = file_read_secret(p->key, SPAN(text));

	if (n >= 0)
		n = key_load(k, (struct bytes){ text, (size_t)n }, rand_fill);
	ct_wipe(text, sizeof text);
	return (int)n;
}

int creds_make(const struct secure_conf *conf, bool *made, struct fmt *pin,
	       struct diag *d)
{
	struct creds_paths p;
	uint8_t spki[KEY_SPKI_MOST];
	struct der_out o = der_out(SPAN(spki));
	const char *why = dir_keep(conf->dir);
	struct key k;
	int rc;

	if (why) {
		diag_put(d, "tls-dir %s: %s", conf->dir, why);
		return -NAT_ECONF;
	}
	creds_own(&p, conf);
	*made = !file_exists(p.key);
	rc = *made ? make(&p, &k) : load(&p, &k);
	if (rc < 0) {
		diag_put(d, "tls-dir %s: %s", conf->dir, err_text(rc));
		return rc;
	}
	key_put_spki(&o, &k);
	spki_pin(pin, der_written(&o));
	ct_wipe(&k, sizeof k);
	return 0;
}
