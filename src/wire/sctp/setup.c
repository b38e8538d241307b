/* How an association begins (RFC 9260 5): four messages, both sides at once if they
 * like. The cookie of INIT ACK is all that is kept of an INIT.
 */
#include "crypt/ct.h"
#include "crypt/hmac.h"
#include "wire/sctp/assoc.h"

enum {
	COOKIE_BODY = 32,
	COOKIE_MAC = 16,
	COOKIE_LIFE = 60000,
	INIT_ROOM = 512,
	AGAIN_LEAST = 50,
	AGAIN_UNKNOWN = 250,
	AGAIN_MOST = 3000
};

/* What an INIT or INIT ACK tells. */
struct told {
	struct chunk_init init;
	struct sctp_peer can;
	struct bytes cookie;
};

/* ---- parameters ---- */

static void put_abilities(const struct sctp *s, struct pack *p)
{
	static const uint8_t chunks[] = { CHUNK_RECONF, CHUNK_FORWARD };
	size_t mark = param_open(p, PARAM_FORWARD);

	param_close(p, mark);
	mark = param_open(p, PARAM_CHUNKS);
	pack_bytes(p, (struct bytes){ chunks, sizeof chunks });
	param_close(p, mark);
	if (!s->conf->zero_sum)
		return;
	mark = param_open(p, PARAM_ZERO_SUM);
	pack_u32(p, 1); /* RFC 9653 8.2: DTLS */
	param_close(p, mark);
}

static void put_init(const struct sctp *s, struct pack *p)
{
	pack_u32(p, s->own.tag);
	pack_u32(p, sack_window(s));
	pack_u16(p, UINT16_MAX);
	pack_u16(p, UINT16_MAX);
	pack_u32(p, s->own.tsn);
}

static void on_param(struct told *t, const struct param *m)
{
	struct cur c = cur_of(m->body);

	if (m->type == PARAM_COOKIE)
		t->cookie = m->body;
	if (m->type == PARAM_FORWARD)
		t->can.forward = true;
	if (m->type == PARAM_ZERO_SUM)
		t->can.zero_sum = cur_u32(&c) == 1;
	if (m->type != PARAM_CHUNKS)
		return;
	t->can.reconf = bytes_have(m->body, CHUNK_RECONF);
	t->can.forward = t->can.forward || bytes_have(m->body, CHUNK_FORWARD);
}

static bool is_known(uint16_t type)
{
	static const uint16_t known[] = { PARAM_COOKIE,
					  PARAM_UNKNOWN,
					  PARAM_ZERO_SUM,
					  PARAM_CHUNKS,
					  PARAM_FORWARD,
					  5,
					  6,
					  9,
					  11,
					  12 };

	for (size_t i = 0; i < COUNT(known); i++)
		if (known[i] == type)
			return true;
	return false;
}

/* RFC 9260 3.2.1: the top bits say whether to go on, and whether to report. */
static void on_unknown(const struct param *m, struct pack *report)
{
	size_t outer, inner;

	if (!report || !(m->type & 0x4000) ||
	    report->room.n - report->n < m->body.n + 12)
		return;
	outer = param_open(report, PARAM_UNKNOWN);
	inner = param_open(report, m->type);
	pack_bytes(report, m->body);
	param_close(report, inner);
	param_close(report, outer);
}

/* report: NULL, or where unknown parameters are told of. */
static bool read_told(struct told *t, const struct chunk *c,
		      struct pack *report)
{
	struct cur in = cur_of(c->body);
	struct param m;

	*t = (struct told){ 0 };
	if (!chunk_init_read(&in, &t->init) || !t->init.tag || !t->init.out ||
	    !t->init.in)
		return false;
	t->can.streams = t->init.in;
	while (param_next(&in, &m)) {
		on_param(t, &m);
		if (is_known(m.type))
			continue;
		on_unknown(&m, report);
		if (!(m.type & 0x8000))
			return true;
	}
	return !in.bad;
}

/* ---- the cookie ---- */

static void mac_of(const struct sctp *s, struct bytes body, uint8_t *mac)
{
	hmac_of(&hash_sha256, (struct bytes){ s->key, sizeof s->key }, body,
		mac);
}

/* When, ours, the peer's: tag and TSN, its window and abilities. */
static void put_cookie(const struct sctp *s, struct pack *p,
		       const struct told *t, int64_t now)
{
	size_t mark = param_open(p, PARAM_COOKIE), at = p->n;
	uint8_t mac[SHA256_SIZE];

	pack_u32(p, (uint32_t)now);
	pack_u32(p, s->own.tag);
	pack_u32(p, s->own.tsn);
	pack_u32(p, t->init.tag);
	pack_u32(p, t->init.tsn);
	pack_u32(p, t->init.window);
	pack_u16(p, t->can.streams);
	pack_u16(p, (uint16_t)(t->can.forward | t->can.reconf << 1 |
			       t->can.zero_sum << 2));
	pack_u32(p, 0);
	mac_of(s, (struct bytes){ p->room.p + at, COOKIE_BODY }, mac);
	pack_bytes(p, (struct bytes){ mac, COOKIE_MAC });
	param_close(p, mark);
}

/* Ours, fresh and of this association. */
static bool read_cookie(const struct sctp *s, struct bytes b, struct told *t,
			uint32_t *age)
{
	struct cur c = cur_of(b);
	struct bytes body = cur_bytes(&c, COOKIE_BODY);
	struct bytes mac = cur_bytes(&c, COOKIE_MAC);
	uint8_t right[SHA256_SIZE];
	uint16_t can;

	if (c.bad || cur_left(&c) > 0)
		return false;
	mac_of(s, body, right);
	if (!ct_equal(mac, (struct bytes){ right, COOKIE_MAC }))
		return false;
	c = cur_of(body);
	*age -= cur_u32(&c);
	if (cur_u32(&c) != s->own.tag || cur_u32(&c) != s->own.tsn)
		return false;
	t->init.tag = cur_u32(&c);
	t->init.tsn = cur_u32(&c);
	t->init.window = cur_u32(&c);
	t->can.streams = cur_u16(&c);
	can = cur_u16(&c);
	t->can.forward = can & 1;
	t->can.reconf = can >> 1 & 1;
	t->can.zero_sum = can >> 2 & 1;
	return true;
}

/* ---- the four messages ---- */

static void adopt(struct sctp *s, const struct told *t)
{
	s->peer = (struct sctp_ids){ t->init.tag, t->init.tsn };
	s->can = t->can;
	s->in.tsns.cum = t->init.tsn - 1;
	s->reconf.expects = t->init.tsn;
	s->out.flight.window = t->init.window;
}

static void forget_cookie(struct sctp *s)
{
	if (s->setup.cookie)
		store_put(&s->in.store, s->setup.cookie);
	s->setup.cookie = NULL;
}

void setup_on_init(struct sctp *s, const struct chunk *c, int64_t now)
{
	uint8_t room[INIT_ROOM], extra[INIT_ROOM / 2];
	struct pack p = pack_to(SPAN(room)), report = pack_to(SPAN(extra));
	size_t mark = chunk_open(&p, CHUNK_INIT_ACK, 0);
	struct told t;

	if (s->state >= SCTP_ACK_SENT || !read_told(&t, c, &report))
		return;
	put_init(s, &p);
	put_cookie(s, &p, &t, now);
	put_abilities(s, &p);
	pack_uint(&p, 0, -p.n & 3);
	pack_bytes(&p, pack_done(&report));
	chunk_close(&p, mark);
	reply_put(s, pack_done(&p), t.init.tag);
}

void setup_on_init_ack(struct sctp *s, const struct chunk *c, int64_t now)
{
	struct piece *cookie;
	struct told t;

	if (s->state != SCTP_COOKIE_WAIT || !read_told(&t, c, NULL) ||
	    t.cookie.n == 0 || t.cookie.n > s->mtu - 2u * PACKET_HEAD)
		return;
	cookie = store_get(&s->in.store, t.cookie.n);
	if (!cookie)
		return;
	memcpy(cookie->data, t.cookie.p, t.cookie.n);
	if (s->setup.tries == 1)
		rtt_add(&s->rtt, (uint32_t)(now - s->setup.at));
	adopt(s, &t);
	s->setup.cookie = cookie;
	assoc_enter(s, SCTP_COOKIE_ECHOED, now);
}

/* RFC 9260 5.2.4. There is one association in a DTLS session: one that begins anew
 * under other tags is none of ours.
 */
void setup_on_cookie(struct sctp *s, const struct chunk *c, uint32_t tag,
		     int64_t now)
{
	uint32_t age = (uint32_t)now;
	struct told t;

	if (s->state == SCTP_DOWN || tag != s->own.tag ||
	    !read_cookie(s, c->body, &t, &age))
		return;
	if (s->state < SCTP_OPEN && age > COOKIE_LIFE)
		return;
	if (s->state >= SCTP_OPEN && t.init.tag != s->peer.tag)
		return;
	s->setup.say_ack = true;
	if (s->state >= SCTP_OPEN)
		return;
	if (t.init.tag != s->peer.tag)
		adopt(s, &t);
	if (!s->rtt.known)
		rtt_add(&s->rtt, age);
	forget_cookie(s);
	assoc_enter(s, SCTP_OPEN, now);
	flight_arm(s, now);
}

void setup_on_cookie_ack(struct sctp *s, int64_t now)
{
	if (s->state != SCTP_COOKIE_ECHOED)
		return;
	if (s->setup.tries == 1)
		rtt_add(&s->rtt, (uint32_t)(now - s->setup.at));
	forget_cookie(s);
	assoc_enter(s, SCTP_OPEN, now);
	flight_arm(s, now);
}

/* ---- saying ---- */

void setup_say_init(const struct sctp *s, struct pack *p)
{
	size_t mark = chunk_open(p, CHUNK_INIT, 0);

	put_init(s, p);
	put_abilities(s, p);
	chunk_close(p, mark);
}

void setup_say_cookie(struct sctp *s, struct pack *p)
{
	const struct piece *cookie = s->setup.cookie;
	size_t mark = chunk_open(p, CHUNK_COOKIE_ECHO, 0);

	pack_bytes(p, (struct bytes){ cookie->data, cookie->n });
	chunk_close(p, mark);
}

static uint32_t again_ms(const struct sctp *s)
{
	uint32_t rtt = s->rtt.known ? rtt_ms(&s->rtt) : s->setup.rtt;
	uint32_t ms = rtt || s->rtt.known ? 2 * rtt : AGAIN_UNKNOWN;

	if (ms < AGAIN_LEAST)
		ms = AGAIN_LEAST;
	ms <<= s->setup.tries < 6 ? s->setup.tries : 6;
	return ms < AGAIN_MOST ? ms : AGAIN_MOST;
}

void setup_said(struct sctp *s, int64_t now)
{
	if (s->setup.tries == 0)
		s->setup.at = now;
	s->setup.say = false;
	s->setup.due = now + again_ms(s);
	if (s->setup.tries < UINT8_MAX)
		s->setup.tries++;
}
