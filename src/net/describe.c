/* What peers tell each other by signalling (peer.h). */
#include "net/peer.h"

/* ---- ours ---- */

void peer_describe(struct peer *p, struct fmt *f)
{
	struct sdp s = { .nsections = 0 };
	struct fingerprint own;

	if (!p->offers)
		sdp_answer(&s, &p->theirs);
	s.session = p->session;
	s.ufrag = ice_ufrag(&p->ice);
	s.pwd = ice_pwd(&p->ice);
	s.auth = p->auth;
	s.message = SCTP_MESSAGE;
	s.port = SDP_PORT;
	s.trickle = true;
	if (p->offers) {
		s.setup = SDP_ACTPASS;
		s.mid = BYTES("0");
	}
	fingerprint_make(&own, &hash_sha256, p->of->self.cert.der);
	s.nprints = 1;
	s.prints[0].n = SHA256_SIZE;
	memcpy(s.prints[0].digest, own.digest, SHA256_SIZE);
	sdp_print(f, &s, NULL, 0);
}

/* ---- theirs ---- */

static void take_prints(const struct peer *p, struct fingerprint *to)
{
	for (unsigned i = 0; i < p->theirs.nprints; i++, to++) {
		const struct sdp_fingerprint *f = &p->theirs.prints[i];

		to->of_key = false;
		to->alg = f->n == SHA256_SIZE   ? &hash_sha256
			  : f->n == SHA384_SIZE ? &hash_sha384
						: &hash_sha512;
		memcpy(to->digest, f->digest, f->n);
	}
}

/* Whether ClientHello is ours to say (RFC 8842 5.3); an answer is by sdp_answer. */
static bool is_active(const struct peer *p)
{
	uint8_t theirs = p->theirs.setup;

	return p->offers ? theirs != SDP_ACTIVE
			 : theirs == SDP_ACTPASS || theirs == SDP_PASSIVE;
}

static int begin(struct peer *p)
{
	struct fingerprint believed[SDP_FINGERPRINTS];
	const struct assoc_ask ask = {
		.role = is_active(p) ? TLS_CLIENT : TLS_SERVER,
		.believed = believed,
		.nbelieved = p->theirs.nprints,
		.message = p->theirs.message,
		.port = p->theirs.port,
		.whole = !p->theirs.nat,
	};

	take_prints(p, believed);
	return peer_begin(p, &ask);
}

/* One that we would not use is as good as untold. */
static void take(struct peer *p, const struct candidate *c)
{
	if (c->type == ICE_RELAY && !p->ways.paths->relays)
		return;
	if (ice_candidate(&p->ice, c, peer_now(p)) == 1)
		named_ask(&p->ways.paths->named, &p->ways, c);
}

static void take_candidates(struct peer *p)
{
	struct candidate c;
	size_t at = 0;

	while (sdp_candidate(&p->theirs, &at, &c))
		take(p, &c);
	if (p->theirs.ended)
		ice_ended(&p->ice);
}

/* Is it the one we know, who only looks for another path? */
static bool is_same(const struct sdp *a, const struct sdp *b)
{
	if (a->session != b->session || a->nprints != b->nprints)
		return false;
	for (unsigned i = 0; i < a->nprints; i++)
		if (a->prints[i].n != b->prints[i].n ||
		    memcmp(a->prints[i].digest, b->prints[i].digest,
			   a->prints[i].n) != 0)
			return false;
	return true;
}

int peer_hear(struct peer *p, struct bytes text)
{
	struct ice_theirs t;
	struct sdp sdp;
	int rc = sdp_parse(&sdp, text);

	if (rc < 0 || p->state == PEER_OVER)
		return rc < 0 ? rc : -NAT_ECLOSED;
	if (p->state != PEER_NEW && !is_same(&p->theirs, &sdp))
		return 1;
	if (p->state != PEER_NEW && !p->offers)
		ways_look(&p->ways, &p->ways.first);
	t = (struct ice_theirs){ sdp.ufrag, sdp.pwd, sdp.lite };
	rc = ice_describe(&p->ice, &t, peer_now(p));
	if (rc < 0)
		return rc;
	p->theirs = sdp;
	take_candidates(p);
	if (p->state == PEER_NEW)
		rc = begin(p);
	peer_due(p);
	return rc;
}

void peer_candidate(struct peer *p, struct bytes line)
{
	struct candidate c;
	int rc = candidate_parse(&c, line);

	if (p->state == PEER_OVER)
		return;
	if (rc == 0) {
		take(p, &c);
		p->wanted |= p->all;
	} else if (rc > 0) {
		ice_ended(&p->ice);
		p->all = true;
	}
	peer_due(p);
}
