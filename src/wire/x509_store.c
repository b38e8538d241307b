#include "wire/x509_store.h"
#include "crypt/pem.h"

static bool is_certificate(const struct pem *p)
{
	return bytes_are(p->label, "CERTIFICATE") ||
	       bytes_are(p->label, "X509 CERTIFICATE");
}

static bool holds(const struct x509_store *s, struct bytes der)
{
	size_t i = 0;

	while (i < s->n && !bytes_equal(s->certs[i].der, der))
		i++;
	return i < s->n;
}

static int add(struct x509_store *s, const struct pem *p)
{
	struct x509 c;

	if (!is_certificate(p) || x509_parse(&c, p->der) < 0) {
		s->skipped++;
		return 0;
	}
	if (holds(s, p->der)) {
		s->again++;
		return 0;
	}
	if (s->n == s->most)
		return -NAT_EROOM;
	s->certs[s->n++] = c;
	s->room.p += p->der.n;
	s->room.n -= p->der.n;
	return 0;
}

long x509_store_add(struct x509_store *s, struct bytes text)
{
	struct cur c = cur_of(text);
	struct pem p;
	int rc;

	while ((rc = pem_next(&p, &c, s->room)) != 0) {
		if (rc == -NAT_EINVAL)
			s->skipped++;
		else if (rc < 0 || (rc = add(s, &p)) < 0)
			return rc;
	}
	return (long)s->n;
}
