#include "wire/x509_path.h"

const char *x509_text(enum x509_verdict v)
{
	static const char *const texts[] = {
#define X(name, text, alert) text,
		X509_VERDICTS(X)
#undef X
	};

	return texts[v];
}

uint8_t x509_alert(enum x509_verdict v)
{
	static const uint8_t alerts[] = {
#define X(name, text, alert) alert,
		X509_VERDICTS(X)
#undef X
	};

	return alerts[v];
}

struct search {
	const struct x509_ask *ask;
	const struct x509 *sent;
	size_t n;
	unsigned signatures; /* that may yet be checked */
	uint32_t used;       /* of sent, in this path */
	enum x509_verdict why;
};

enum { SENT_MOST = 32 };

/* The first thing that was wrong is what is told. */
static bool no(struct search *s, enum x509_verdict why)
{
	if (s->why == X509_UNKNOWN)
		s->why = why;
	return false;
}

static bool valid(struct search *s, const struct x509 *c)
{
	if (c->strange)
		return no(s, X509_STRANGE);
	if (s->ask->now < c->from)
		return no(s, X509_NOT_YET);
	if (s->ask->now > c->until)
		return no(s, X509_EXPIRED);
	return true;
}

static bool signed_by(struct search *s, const struct x509 *c,
		      const struct x509 *by)
{
	const struct spki_alg *alg = spki_alg_of(c->alg);
	struct spki key;

	if (s->signatures == 0)
		return false;
	s->signatures--;
	return (alg && spki_parse(&key, by->spki) &&
		spki_verify(&key, alg, c->body, c->sig)) ||
	       no(s, X509_SIGNATURE);
}

/* Whether by may stand above c, with so many CAs between it and the end. */
static bool issues(struct search *s, const struct x509 *by,
		   const struct x509 *c, size_t below)
{
	if (!bytes_equal(by->subject, c->issuer))
		return false;
	if (!by->ca || !(by->usage & X509_SIGNS_CERTS) ||
	    (by->path != X509_ANY_LENGTH && below > by->path))
		return no(s, X509_NOT_A_CA);
	if (!(by->purposes & s->ask->purpose))
		return no(s, X509_USAGE);
	return valid(s, by) && signed_by(s, c, by);
}

static bool trusted(struct search *s, const struct x509 *c, size_t below)
{
	for (size_t i = 0; i < s->ask->trusted_n; i++) {
		const struct x509 *t = &s->ask->trusted[i];

		if (bytes_equal(t->der, c->der) || issues(s, t, c, below))
			return true;
	}
	return false;
}

/* RFC 5280 4.2.1.9: those that name themselves as issuer are not counted. */
static size_t counts(const struct x509 *c)
{
	return !bytes_equal(c->issuer, c->subject);
}

/* A path from c to one that is trusted, by those that were sent. It stands on
 * its own stack, so that depth is all that recursion takes.
 */
struct rung {
	size_t at, next, below; /* sent[at]; the next to try; CAs below it */
};

static bool climb(struct search *s)
{
	struct rung path[X509_DEPTH] = { { 0, 0, 0 } };
	size_t depth = 1;

	s->used = 1;
	if (trusted(s, &s->sent[0], 0))
		return true;
	while (depth > 0) {
		struct rung *r = &path[depth - 1];
		size_t at = r->next++;
		const struct x509 *c = &s->sent[r->at], *by = &s->sent[at];

		if (at >= s->n || depth == X509_DEPTH) {
			s->used &= ~((uint32_t)1 << r->at);
			depth--;
			continue;
		}
		if (s->used & (uint32_t)1 << at || !issues(s, by, c, r->below))
			continue;
		s->used |= (uint32_t)1 << at;
		path[depth] = (struct rung){ at, 0, r->below + counts(by) };
		if (trusted(s, by, path[depth++].below))
			return true;
	}
	return false;
}

static enum x509_verdict end_entity(const struct x509_ask *ask,
				    const struct x509 *c)
{
	struct search s = { .ask = ask, .why = X509_UNKNOWN };

	if (!valid(&s, c))
		return s.why;
	if (!(c->usage & X509_SIGNS) || !(c->purposes & ask->purpose))
		return X509_USAGE;
	if (ask->name.n && !x509_names_host(c, ask->name))
		return X509_NAME;
	if (ask->address.n && !x509_names_address(c, ask->address))
		return X509_NAME;
	return X509_GOOD;
}

enum x509_verdict x509_path(const struct x509_ask *ask, const struct x509 *sent,
			    size_t n)
{
	struct search s = { .ask = ask,
			    .sent = sent,
			    .n = min_size(n, SENT_MOST),
			    .signatures = X509_SIGNATURES,
			    .why = X509_UNKNOWN };
	enum x509_verdict v = n ? end_entity(ask, &sent[0]) : X509_BROKEN;

	if (v != X509_GOOD)
		return v;
	return climb(&s) ? X509_GOOD : s.why;
}
