/* A packet: whose it is, then chunk by chunk by a table. */
#include "wire/sctp/assoc.h"

/* What is known of the packet at hand. */
struct heard {
	struct sctp *s;
	uint32_t tag;
	bool data;
	int64_t now;
};

enum {
	IN_ANY = (1 << (SCTP_DOWN + 1)) - 1,
	IN_LIVE = IN_ANY & ~(1 << SCTP_CLOSED | 1 << SCTP_DOWN),
	IN_OPEN = IN_LIVE & ~(1 << SCTP_COOKIE_WAIT),
	IN_DATA = 1 << SCTP_COOKIE_ECHOED | 1 << SCTP_OPEN | 1 << SCTP_PENDING |
		  1 << SCTP_SENT,
};

static void on_init(struct heard *h, const struct chunk *c)
{
	if (h->tag == 0)
		setup_on_init(h->s, c, h->now);
}

static void on_init_ack(struct heard *h, const struct chunk *c)
{
	setup_on_init_ack(h->s, c, h->now);
}

static void on_cookie(struct heard *h, const struct chunk *c)
{
	setup_on_cookie(h->s, c, h->tag, h->now);
}

static void on_cookie_ack(struct heard *h, const struct chunk *c)
{
	(void)c;
	setup_on_cookie_ack(h->s, h->now);
}

static void on_data(struct heard *h, const struct chunk *c)
{
	h->data = true;
	in_data(h->s, c, h->now);
	if (h->s->state == SCTP_SENT) /* RFC 9260 9.2: said again at once */
		h->s->setup.say = h->s->in.sack = true;
}

static void on_forward(struct heard *h, const struct chunk *c)
{
	in_forward(h->s, c);
}

static void on_sack(struct heard *h, const struct chunk *c)
{
	flight_on_sack(h->s, c, h->now);
}

static void on_heartbeat(struct heard *h, const struct chunk *c)
{
	uint8_t room[2048];
	struct pack p = pack_to(SPAN(room));
	size_t mark = chunk_open(&p, CHUNK_HEARTBEAT_ACK, 0);

	pack_bytes(&p, c->body);
	chunk_close(&p, mark);
	reply_put(h->s, pack_done(&p),
		  PACKET_HEAD + p.n > h->s->mtu ? h->s->peer.tag : 0);
}

static void on_heartbeat_ack(struct heard *h, const struct chunk *c)
{
	probe_heard(h->s, c);
}

static void on_abort(struct heard *h, const struct chunk *c)
{
	(void)c;
	assoc_fail(h->s, -NAT_ERESET, 0);
}

static void on_shutdown(struct heard *h, const struct chunk *c)
{
	closing_on_shutdown(h->s, c, h->now);
}

static void on_shutdown_ack(struct heard *h, const struct chunk *c)
{
	(void)c;
	closing_on_ack(h->s, h->now);
}

static void on_complete(struct heard *h, const struct chunk *c)
{
	(void)c;
	closing_on_complete(h->s, h->now);
}

static void on_reconf(struct heard *h, const struct chunk *c)
{
	reconf_on(h->s, c, h->now);
}

static void on_nothing(struct heard *h, const struct chunk *c)
{
	(void)h, (void)c;
}

static const struct {
	uint8_t type;
	uint16_t states;
	void (*on)(struct heard *h, const struct chunk *c);
} table[] = {
	{ CHUNK_DATA, IN_DATA, on_data },
	{ CHUNK_SACK, IN_OPEN, on_sack },
	{ CHUNK_FORWARD, IN_DATA, on_forward },
	{ CHUNK_RECONF, IN_OPEN, on_reconf },
	{ CHUNK_HEARTBEAT, IN_OPEN, on_heartbeat },
	{ CHUNK_HEARTBEAT_ACK, IN_OPEN, on_heartbeat_ack },
	{ CHUNK_INIT, IN_ANY, on_init },
	{ CHUNK_INIT_ACK, IN_LIVE, on_init_ack },
	{ CHUNK_COOKIE_ECHO, IN_ANY, on_cookie },
	{ CHUNK_COOKIE_ACK, IN_LIVE, on_cookie_ack },
	{ CHUNK_ERROR, IN_ANY, on_nothing },
	{ CHUNK_ABORT, IN_LIVE, on_abort },
	{ CHUNK_SHUTDOWN, IN_OPEN, on_shutdown },
	{ CHUNK_SHUTDOWN_ACK, IN_ANY, on_shutdown_ack },
	{ CHUNK_SHUTDOWN_COMPLETE, IN_OPEN, on_complete },
};

/* RFC 9260 3.2: the top bits say whether to go on, and whether to report. */
static bool on_unknown(struct sctp *s, const struct chunk *c)
{
	uint8_t head[4] = { c->type, c->flags, (uint8_t)((c->body.n + 4) >> 8),
			    (uint8_t)(c->body.n + 4) };

	if (c->type & 0x40 && assoc_hears(s))
		reply_error(s, CAUSE_CHUNK, (struct bytes){ head, 4 });
	return c->type & 0x80;
}

/* False: the rest of the packet is not looked at. */
static bool dispatch(struct heard *h, const struct chunk *c)
{
	size_t i = 0;

	while (i < COUNT(table) && table[i].type != c->type)
		i++;
	if (i == COUNT(table))
		return on_unknown(h->s, c);
	if (table[i].states >> h->s->state & 1)
		table[i].on(h, c);
	return true;
}

/* RFC 9260 8.5.1: what goes under another tag than ours. */
static bool tag_is_odd(const struct sctp *s, const struct packet *head,
		       struct bytes b)
{
	uint8_t type = b.p[PACKET_HEAD], flags = b.p[PACKET_HEAD + 1];

	if (type == CHUNK_INIT)
		return head->tag == 0;
	return (type == CHUNK_ABORT || type == CHUNK_SHUTDOWN_COMPLETE) &&
	       flags & CHUNK_NO_TCB && s->peer.tag && head->tag == s->peer.tag;
}

static bool is_ours(const struct sctp *s, struct cur *c, struct bytes b,
		    struct packet *head)
{
	if (!packet_head(c, head) || cur_left(c) < CHUNK_HEAD)
		return false;
	if (head->from != s->conf->peer || head->to != s->conf->port)
		return false;
	if (head->tag != s->own.tag && !tag_is_odd(s, head, b))
		return false;
	return (head->sum == 0 && s->conf->zero_sum) ||
	       head->sum == packet_sum(b);
}

void sctp_input(struct sctp *s, struct bytes b, int64_t now)
{
	struct cur c = cur_of(b);
	struct heard h = { .s = s, .now = now };
	bool gap = s->in.tsns.n > 0;
	struct packet head;
	struct chunk chunk;

	if (!is_ours(s, &c, b, &head)) {
		s->counts.bad++;
		return;
	}
	s->counts.packets_in++;
	h.tag = head.tag;
	while (chunk_next(&c, &chunk) && dispatch(&h, &chunk))
		if (h.tag != s->own.tag) /* INIT and the like go alone */
			break;
	if (h.data)
		sack_heard(s, gap, now);
}
