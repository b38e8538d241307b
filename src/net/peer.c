#include "net/peer.h"
#include "os/mem.h"
#include "os/rand.h"

enum { MTU = 1191 };

int64_t peer_now(const struct peer *p)
{
	return p->of->net->loop->now;
}

void peer_due(struct peer *p)
{
	if (p->state != PEER_OVER)
		soon_start(&p->run, p->of->net->loop);
}

/* ---- the end ---- */

static void fail(struct peer *p, const char *why)
{
	if (p->state == PEER_OVER)
		return;
	p->state = PEER_OVER;
	p->why = why;
	soon_start(&p->run, p->of->net->loop);
}

/* ---- saying ---- */

static struct span packet(struct peer *p)
{
	if (p->packets == PEER_BATCH) {
		udp_flush(p->of->net);
		p->packets = 0;
	}
	return (struct span){ p->of->packets[p->packets++], PEER_PACKET };
}

static void send(struct peer *p, const struct addr *to, struct bytes b)
{
	const struct udp_to at = { to, NULL };

	udp_send(&p->udp, &at, BYTES(""), b);
	udp_flush(p->of->net);
	p->packets = 0;
}

static void say_ice(struct peer *p)
{
	int64_t now = peer_now(p);
	struct fmt f = fmt_to(packet(p));
	struct ice_out out = { .data = &f };

	while (ice_output(&p->ice, &out, now)) {
		send(p, &out.to, fmt_done(&f));
		f = fmt_to(packet(p));
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

static void say_dtls(struct peer *p, const struct ice_path *way)
{
	struct span room = packet(p);
	size_t n;

	while ((n = dtls_output(&p->dtls, room, peer_now(p))) > 0)
		send(p, &way->to, (struct bytes){ room.p, n });
	if (!p->dtls.hs && p->hs) {
		mem_release((struct span){ (uint8_t *)p->hs, sizeof *p->hs });
		p->hs = NULL;
	}
	if (p->dtls.err)
		fail(p, p->dtls.why ? p->dtls.why : err_text(p->dtls.err));
	else if (p->dtls.ended)
		fail(p, "the other side has closed");
}

static void begin_sctp(struct peer *p, const struct ice_path *way)
{
	uint8_t random[SCTP_RANDOM];

	p->sctp_begun = true;
	rand_fill(SPAN(random));
	p->sctp_conf = (struct sctp_conf){
		.pool = &p->of->net->bufs.pool,
		.port = SDP_PORT,
		.peer = p->theirs.port ? p->theirs.port : SDP_PORT,
		.mtu = MTU,
		.streams = PEER_STREAMS,
		.message = SCTP_MESSAGE,
		.in = PEER_HELD,
		.out = PEER_HELD,
		.odd = p->conf.role == TLS_SERVER,
	};
	sctp_init(&p->sctp, &p->sctp_conf, random);
	sctp_connect(&p->sctp, way->rtt, peer_now(p));
}

static void say_sctp(struct peer *p, const struct ice_path *way)
{
	struct span room = packet(p), text = dtls_room(&p->dtls, room);
	size_t n;

	while (text.p && (n = sctp_output(&p->sctp, text, peer_now(p))) > 0) {
		n = dtls_seal(&p->dtls, room, n);
		send(p, &way->to, (struct bytes){ room.p, n });
	}
}

static void tell_sctp(struct peer *p)
{
	struct sctp_event e;

	while (p->state != PEER_OVER && sctp_event(&p->sctp, &e)) {
		if (e.what == SCTP_UP && p->state == PEER_SHAKES) {
			p->state = PEER_OPEN;
			p->ops->open(p);
		} else if (e.what == SCTP_OVER) {
			fail(p, "the other side has closed");
		} else {
			chan_hear(p, &e);
		}
	}
}

static int64_t sooner(int64_t a, int64_t b)
{
	return b >= 0 && b < a ? b : a;
}

static void wait_for_all(struct peer *p)
{
	int64_t due = ice_due(&p->ice);

	if (p->state >= PEER_SHAKES)
		due = sooner(due, dtls_due(&p->dtls));
	if (p->sctp_begun)
		due = sooner(due, sctp_due(&p->sctp));
	if (due != INT64_MAX)
		timer_start(&p->timer, p->of->net->loop, due);
	else
		timer_stop(&p->timer, p->of->net->loop);
}

static void run_engines(struct peer *p)
{
	struct ice_path way;

	say_ice(p);
	tell_ice(p);
	if (p->state < PEER_SHAKES || !ice_path(&p->ice, &way, peer_now(p)))
		return;
	say_dtls(p, &way);
	if (!p->dtls.open)
		return;
	if (!p->sctp_begun)
		begin_sctp(p, &way);
	tell_sctp(p);
	say_sctp(p, &way);
}

static void run(struct soon *soon)
{
	struct peer *p = container_of(soon, struct peer, run);

	if (p->state != PEER_OVER)
		run_engines(p);
	if (p->state != PEER_OVER) {
		wait_for_all(p);
		return;
	}
	timer_stop(&p->timer, p->of->net->loop);
	chan_fail(p, -NAT_ECLOSED);
	if (p->told)
		return;
	p->told = true;
	p->ops->over(p, p->why);
}

static void tick(struct timer *t)
{
	peer_due(container_of(t, struct peer, timer));
}

/* ---- hearing ---- */

static void hear_dtls(struct peer *p, struct bytes b)
{
	struct span in = { (uint8_t *)(uintptr_t)b.p, b.n }, text;

	while ((text = dtls_input(&p->dtls, &in, peer_now(p))).p)
		if (p->sctp_begun)
			sctp_input(&p->sctp, bytes_in(text), peer_now(p));
}

static void come(struct udp *u)
{
	enum { STUN_LAST = 3, DTLS_FIRST = 20, DTLS_LAST = 63 };
	struct peer *p = container_of(u, struct peer, udp);
	struct datagram d;

	while (udp_next(u, &d)) {
		struct ice_heard h = { .from = *d.peer, .data = d.data };
		uint8_t first = d.data.n ? *d.data.p : UINT8_MAX;

		if (p->state == PEER_OVER)
			continue;
		if (first <= STUN_LAST)
			ice_input(&p->ice, &h, peer_now(p));
		else if (first >= DTLS_FIRST && first <= DTLS_LAST &&
			 p->state >= PEER_SHAKES)
			hear_dtls(p, d.data);
		/* What it begins is due before more of it is heard. */
		if (p->state == PEER_SHAKES && p->dtls.open && !p->sctp_begun &&
		    p->packets == 0)
			run_engines(p);
	}
	peer_due(p);
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

static void take_prints(struct peer *p)
{
	for (unsigned i = 0; i < p->theirs.nprints; i++) {
		const struct sdp_fingerprint *f = &p->theirs.prints[i];
		struct fingerprint *to = &p->believed[p->nbelieved];

		to->alg = f->n == SHA256_SIZE   ? &hash_sha256
			  : f->n == SHA384_SIZE ? &hash_sha384
						: &hash_sha512;
		memcpy(to->digest, f->digest, f->n);
		p->nbelieved++;
	}
}

static int begin_dtls(struct peer *p)
{
	struct dtls_ask ask = { .conf = &p->conf };

	p->hs = (struct dtls_handshake *)(void *)mem_reserve(sizeof *p->hs).p;
	if (!p->hs)
		return -NAT_EMEMORY;
	p->conf = (struct tls_conf){
		.role = p->offers && p->theirs.setup == SDP_ACTIVE ? TLS_SERVER
								   : TLS_CLIENT,
		.ids = &p->of->self.id,
		.ids_n = 1,
		.fill = rand_fill,
	};
	ask.hs = p->hs;
	take_prints(p);
	dtls_start(&p->dtls, &ask, peer_now(p));
	dtls_believe(&p->dtls, p->believed, p->nbelieved);
	p->state = PEER_SHAKES;
	return 0;
}

static void take_candidates(struct peer *p)
{
	struct candidate c;
	size_t at = 0;

	while (sdp_candidate(&p->theirs, &at, &c))
		(void)!ice_candidate(&p->ice, &c, peer_now(p));
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
	rc = ice_describe(&p->ice, &t, peer_now(p));
	if (rc < 0)
		return rc;
	take_candidates(p);
	rc = begin_dtls(p);
	peer_due(p);
	return rc;
}

void peer_candidate(struct peer *p, struct bytes line)
{
	struct candidate c;
	int rc = candidate_parse(&c, line);

	if (p->state == PEER_OVER)
		return;
	if (rc == 0)
		(void)!ice_candidate(&p->ice, &c, peer_now(p));
	else if (rc > 0)
		ice_ended(&p->ice);
	peer_due(p);
}

bool peer_way(const struct peer *p, struct ice_path *path)
{
	return ice_path(&p->ice, path, peer_now(p));
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
	list_init(&p->chans);
	timer_init(&p->timer, tick);
	soon_init(&p->run, run);
	rand_fill(SPAN(seed));
	rand_fill((struct span){ (uint8_t *)&p->session, sizeof p->session });
	p->session >>= 2;
	ice_init(&p->ice, &conf, peer_now(p));
	addr_print_ip(&f, &ask->at);
	rc = udp_bind(&p->udp, of->net, fmt_done(&f), 0, come);
	if (rc == 0)
		rc = ice_add(&p->ice, 0, ICE_HOST, &p->udp.at, peer_now(p));
	if (rc == 0 && ask->stun.family != ADDR_NONE)
		rc = ice_ask(&p->ice, &ask->stun, peer_now(p));
	if (rc < 0)
		return rc;
	ice_added(&p->ice);
	peer_due(p);
	return 0;
}

void peer_stop(struct peer *p)
{
	struct ice_path way;

	if (p->state >= PEER_SHAKES && p->dtls.open && !p->dtls.ended &&
	    ice_path(&p->ice, &way, peer_now(p))) {
		dtls_close(&p->dtls);
		say_dtls(p, &way);
	}
	p->state = PEER_OVER;
	chan_fail(p, -NAT_ECLOSED);
	if (p->sctp_begun)
		sctp_stop(&p->sctp);
	if (p->hs) {
		dtls_stop(&p->dtls);
		mem_release((struct span){ (uint8_t *)p->hs, sizeof *p->hs });
		p->hs = NULL;
	}
	timer_stop(&p->timer, p->of->net->loop);
	soon_stop(&p->run);
	if (udp_runs(&p->udp))
		udp_stop(&p->udp);
}

int rtc_start(struct rtc **out, struct net *net)
{
	struct rtc *ps = (struct rtc *)(void *)mem_reserve(sizeof *ps).p;

	*out = NULL;
	if (!ps)
		return -NAT_EMEMORY;
	ps->net = net;
	if (!self_make(&ps->self, rand_fill)) {
		mem_release((struct span){ (uint8_t *)ps, sizeof *ps });
		return -NAT_EIO;
	}
	*out = ps;
	return 0;
}

void rtc_stop(struct rtc *ps)
{
	if (ps)
		mem_release((struct span){ (uint8_t *)ps, sizeof *ps });
}
