#include "net/peer.h"
#include "os/rand.h"

static int64_t now_of(const struct peer *p)
{
	return p->of->net->loop->now;
}

static void due(struct peer *p)
{
	if (p->state != PEER_OVER)
		soon_start(&p->run, p->of->net->loop);
}

static void fail(struct peer *p, const char *why)
{
	if (p->state == PEER_OVER)
		return;
	p->state = PEER_OVER;
	p->why = why;
	soon_start(&p->run, p->of->net->loop);
}

/* ---- what the association says ---- */

static struct peer *of(struct assoc *a)
{
	return container_of(a, struct peer, assoc);
}

static void send_data(struct assoc *a, struct bytes b)
{
	const struct udp_to to = { &of(a)->to, NULL };

	udp_send(&of(a)->udp, &to, BYTES(""), b);
}

static void flush_data(struct assoc *a)
{
	udp_flush(a->of->net);
}

static void open_up(struct assoc *a)
{
	of(a)->state = PEER_OPEN;
	of(a)->ops->open(of(a));
}

static void come(struct assoc *a, uint16_t sid, const struct dcep_open *o)
{
	of(a)->ops->come(of(a), sid, o);
}

static void end(struct assoc *a, const char *why)
{
	fail(of(a), why);
}

static const struct assoc_ops assoc_ops = { send_data, flush_data, open_up,
					    come, end };

/* ---- saying ---- */

static void say_ice(struct peer *p)
{
	uint8_t room[ICE_MOST];
	struct fmt f = fmt_to(SPAN(room));
	struct ice_out out = { .data = &f };

	while (ice_output(&p->ice, &out, now_of(p))) {
		const struct udp_to to = { &out.to, NULL };

		udp_send(&p->udp, &to, BYTES(""), fmt_done(&f));
		udp_flush(p->of->net);
		f = fmt_to(SPAN(room));
	}
}

/* The association goes where the path leads. */
static void follow(struct peer *p)
{
	struct ice_path way;

	if (!p->assoc.state)
		return;
	if (ice_path(&p->ice, &way, now_of(p))) {
		p->to = way.to;
		if (!p->assoc.path)
			assoc_path(&p->assoc, way.rtt);
	} else if (p->assoc.path) {
		assoc_wait(&p->assoc);
	}
}

static void tell_ice(struct peer *p)
{
	struct ice_event e;

	while (p->state != PEER_OVER && ice_event(&p->ice, &e)) {
		if (e.what == ICE_LOCAL)
			p->ops->local(p, &e.candidate);
		else if (e.what == ICE_FAILED)
			fail(p, ice_reason((enum ice_reason)e.reason));
	}
}

static void wait(struct peer *p)
{
	int64_t at = ice_due(&p->ice);

	if (at != INT64_MAX)
		timer_start(&p->timer, p->of->net->loop, at);
	else
		timer_stop(&p->timer, p->of->net->loop);
}

static void run(struct soon *soon)
{
	struct peer *p = container_of(soon, struct peer, run);

	if (p->state != PEER_OVER) {
		say_ice(p);
		follow(p);
		tell_ice(p);
	}
	if (p->state != PEER_OVER) {
		wait(p);
		return;
	}
	timer_stop(&p->timer, p->of->net->loop);
	assoc_stop(&p->assoc);
	if (p->told)
		return;
	p->told = true;
	p->ops->over(p, p->why);
}

static void tick(struct timer *t)
{
	due(container_of(t, struct peer, timer));
}

/* ---- hearing ---- */

static void ready(struct udp *u)
{
	enum { STUN_LAST = 3 };
	struct peer *p = container_of(u, struct peer, udp);
	struct datagram d;
	bool any = false;

	while (udp_next(u, &d)) {
		struct ice_heard h = { .from = *d.peer, .data = d.data };
		uint8_t first = d.data.n ? *d.data.p : UINT8_MAX;

		if (p->state == PEER_OVER)
			continue;
		if (first <= STUN_LAST)
			any |= ice_input(&p->ice, &h, now_of(p));
		else if (assoc_wants(first))
			assoc_hear(
				&p->assoc,
				(struct span){ (uint8_t *)(uintptr_t)d.data.p,
					       d.data.n });
	}
	if (any)
		due(p);
}

/* ---- descriptions ---- */

void peer_describe(struct peer *p, struct fmt *f)
{
	struct sdp s = { .nsections = 0 };
	struct fingerprint own;

	if (!p->offers)
		sdp_answer(&s, &p->theirs);
	s.session = p->session;
	s.ufrag = ice_ufrag(&p->ice);
	s.pwd = ice_pwd(&p->ice);
	s.message = SCTP_MESSAGE;
	s.port = SDP_PORT;
	s.trickle = true;
	s.setup = p->offers ? SDP_ACTPASS : SDP_ACTIVE;
	if (p->offers)
		s.mid = BYTES("0");
	fingerprint_make(&own, &hash_sha256, p->of->self.cert.der);
	s.nprints = 1;
	s.prints[0].n = SHA256_SIZE;
	memcpy(s.prints[0].digest, own.digest, SHA256_SIZE);
	sdp_print(f, &s, NULL, 0);
}

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

static int begin(struct peer *p)
{
	struct fingerprint believed[SDP_FINGERPRINTS];
	const struct assoc_ask ask = {
		.ops = &assoc_ops,
		.role = p->offers && p->theirs.setup == SDP_ACTIVE ? TLS_SERVER
								   : TLS_CLIENT,
		.believed = believed,
		.nbelieved = p->theirs.nprints,
		.port = p->theirs.port,
	};
	int rc;

	take_prints(p, believed);
	rc = assoc_start(&p->assoc, p->of, &ask);
	if (rc == 0)
		p->state = PEER_SHAKES;
	return rc;
}

static void take_candidates(struct peer *p)
{
	struct candidate c;
	size_t at = 0;

	while (sdp_candidate(&p->theirs, &at, &c))
		(void)!ice_candidate(&p->ice, &c, now_of(p));
	if (p->theirs.ended)
		ice_ended(&p->ice);
}

int peer_hear(struct peer *p, struct bytes sdp)
{
	struct ice_theirs t;
	int rc;

	if (p->state != PEER_NEW)
		return -NAT_EPROTO;
	rc = sdp_parse(&p->theirs, sdp);
	if (rc < 0)
		return rc;
	t = (struct ice_theirs){ p->theirs.ufrag, p->theirs.pwd,
				 p->theirs.lite };
	rc = ice_describe(&p->ice, &t, now_of(p));
	if (rc < 0)
		return rc;
	take_candidates(p);
	rc = begin(p);
	due(p);
	return rc;
}

void peer_candidate(struct peer *p, struct bytes line)
{
	struct candidate c;
	int rc = candidate_parse(&c, line);

	if (p->state == PEER_OVER)
		return;
	if (rc == 0)
		(void)!ice_candidate(&p->ice, &c, now_of(p));
	else if (rc > 0)
		ice_ended(&p->ice);
	due(p);
}

bool peer_way(const struct peer *p, struct ice_path *path)
{
	return ice_path(&p->ice, path, now_of(p));
}

/* ---- life ---- */

int peer_start(struct peer *p, struct rtc *of, const struct peer_ask *ask)
{
	uint8_t seed[ICE_SEED];
	const struct ice_conf conf = { .controlling = ask->offers,
				       .seed = { seed, sizeof seed } };
	char host[64];
	struct fmt f = fmt_to(SPAN(host));
	int rc;

	p->of = of;
	p->ops = ask->ops;
	p->offers = ask->offers;
	timer_init(&p->timer, tick);
	soon_init(&p->run, run);
	rand_fill(SPAN(seed));
	rand_fill((struct span){ (uint8_t *)&p->session, sizeof p->session });
	p->session >>= 2;
	ice_init(&p->ice, &conf, now_of(p));
	addr_print_ip(&f, &ask->at);
	rc = udp_bind(&p->udp, of->net, fmt_done(&f), 0, ready);
	if (rc == 0)
		rc = ice_add(&p->ice, 0, ICE_HOST, &p->udp.at, now_of(p));
	if (rc == 0 && ask->stun.family != ADDR_NONE)
		rc = ice_ask(&p->ice, &ask->stun, now_of(p));
	if (rc < 0)
		return rc;
	ice_added(&p->ice);
	due(p);
	return 0;
}

void peer_stop(struct peer *p)
{
	p->state = PEER_OVER;
	assoc_stop(&p->assoc);
	timer_stop(&p->timer, p->of->net->loop);
	soon_stop(&p->run);
	if (udp_runs(&p->udp))
		udp_stop(&p->udp);
}
