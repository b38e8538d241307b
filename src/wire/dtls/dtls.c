#include "wire/dtls/dtls.h"
#include "crypt/ct.h"
#include "wire/dtls/handshake.h"

enum {
	FATAL = 2,
	WARNING = 1,
	DOUBT = 1000,   /* ms */
	WORN_BITS = 32, /* records under one key: 2^38 blocks of GCM */
	FALSE_BITS = 36 /* tries, RFC 9147 4.5.3 */
};

static const struct span none = { NULL, 0 };

/* ---- the end of a handshake ---- */

static void release(struct dtls *d)
{
	if (d->hs)
		handshake_wipe(d->hs);
	d->hs = NULL;
}

static void fail(struct dtls *d, enum tls_alert alert, int err, const char *why)
{
	if (d->err)
		return;
	d->err = err;
	d->why = why;
	d->alert = (uint8_t)alert;
	d->to_say = (uint8_t)(1 + alert);
	d->open = false;
	release(d);
}

/* What a handshake has come to is what the connection is. */
static void start_epoch(struct dtls *d)
{
	const struct tls *t = &d->hs->tls;

	epoch_start(&d->in, t->suite, t->in.key, t->in.iv);
	epoch_start(&d->out, t->suite, t->out.key, t->out.iv);
	d->hs->overdue = early_count(&d->hs->early);
}

static void become_open(struct dtls *d)
{
	struct dtls_handshake *h = d->hs;
	const struct flight *f = &h->flight;
	uint8_t head[GATHER_HEAD];
	struct bytes last = flight_last(f, head);

	d->open = true;
	d->keys = h->hs.v12.keys;
	d->bound = h->hs.v12.extended;
	d->group = h->tls.about.group;
	d->finished_seq = f->said[f->n - 1].seq;
	memcpy(d->finished, last.p, KEYS12_FINISHED);
	h->overdue = early_count(&h->early);
}

static void follow(struct dtls *d)
{
	struct dtls_handshake *h = d->hs;

	d->sealing = h->tls.out.on;
	if (h->keyed && !d->in.suite)
		start_epoch(d);
	if (h->tls.err)
		fail(d, (enum tls_alert)h->tls.about.alert, h->tls.err,
		     h->tls.why);
	else if (handshake_over(h) && !h->flight.going && !d->open)
		become_open(d);
}

/* ---- hearing ---- */

static void end_by(struct dtls *d, uint8_t alert)
{
	const struct tls_alert_row *row = tls_alert_row(alert);

	d->ended |= alert == TLS_CLOSE_NOTIFY;
	fail(d, (enum tls_alert)alert, -row->err, row->heard);
	d->to_say = 0;
}

/* Behind keys one that is not sealed is anybody's, or of a peer that has refused us
 * before it could seal: what else comes soon tells which.
 */
static void doubt(struct dtls *d, uint8_t alert)
{
	struct dtls_handshake *h = d->hs;

	if (!h || d->open || h->doubt)
		return;
	h->doubt = (uint8_t)(1 + alert);
	if (h->give_up > d->now + DOUBT)
		h->give_up = d->now + DOUBT;
}

static void hear_alert(struct dtls *d, struct span b, uint16_t epoch)
{
	if (b.n != 2 || (b.p[0] == WARNING && b.p[1] != TLS_CLOSE_NOTIFY))
		return;
	if (epoch == 0 && d->in.suite)
		doubt(d, b.p[1]);
	else
		end_by(d, b.p[1]);
}

/* A handshake behind the handshake: our last flight was lost, or the peer wants
 * another one, which it does not get (RFC 5246 7.2.2).
 */
static void hear_late(struct dtls *d, struct span b)
{
	uint8_t type = b.n > 0 ? b.p[0] : TLS_FINISHED;

	if (d->server && type == TLS_FINISHED)
		d->again = true;
	if (type == (d->server ? TLS_CLIENT_HELLO : TLS_HELLO_REQUEST))
		d->to_say = 1 + TLS_NO_RENEGOTIATION;
}

static void hear_handshake(struct dtls *d, struct span b, uint16_t epoch)
{
	struct dtls_handshake *h = d->hs;

	if (d->open && epoch > 0)
		hear_late(d, b);
	if (!h || d->open)
		return;
	if (!h->begun)
		h->give_up = d->now + HANDSHAKE_PATIENCE;
	h->begun = true;
	handshake_hear(h, bytes_in(b), (uint8_t)epoch, d->now);
	follow(d);
}

/* What is sealed and cannot be used yet: no keys, or data before Finished. */
static bool too_early(struct dtls *d, const struct epoch_record *r)
{
	if (!d->hs || d->open || (d->in.suite && r->type != TLS_DATA))
		return false;
	early_keep(&d->hs->early, bytes_in(r->all));
	return true;
}

static bool open_record(struct dtls *d, const struct epoch_record *r,
			struct span *text)
{
	if (!d->in.suite || !epoch_fresh(&d->window, r->seq))
		return false;
	if (!epoch_open(&d->in, r, text)) {
		if (++d->false_ones >> FALSE_BITS)
			fail(d, TLS_BAD_RECORD_MAC, -NAT_EPROTO,
			     "too many records that are not genuine");
		return false;
	}
	epoch_note(&d->window, r->seq);
	return true;
}

/* Data, or nothing. */
static struct span hear(struct dtls *d, const struct epoch_record *r)
{
	struct span text = { r->all.p + EPOCH_HEAD, r->all.n - EPOCH_HEAD };

	if (r->epoch > 1 || (r->epoch == 1 && too_early(d, r)))
		return none;
	if (r->epoch == 1 && !open_record(d, r, &text))
		return none;
	if (r->type == TLS_ALERT)
		hear_alert(d, text, r->epoch);
	if (r->type == TLS_HANDSHAKE)
		hear_handshake(d, text, r->epoch);
	return r->type == TLS_DATA && r->epoch == 1 && d->open ? text : none;
}

/* The next record, of the datagram or of those that came too early. */
static bool next_record(struct dtls *d, struct epoch_record *r, struct span *in)
{
	struct span kept;

	while (!d->err && in->n > 0)
		if (epoch_next(r, in))
			return true;
	if (d->err || !d->hs || d->hs->overdue == 0)
		return false;
	d->hs->overdue--;
	kept = early_take(&d->hs->early);
	return epoch_next(r, &kept);
}

struct span dtls_input(struct dtls *d, struct span *in, int64_t now)
{
	struct epoch_record r;
	struct span text = none;

	d->now = now;
	while (!text.p && next_record(d, &r, in))
		text = hear(d, &r);
	if (!text.p && d->open)
		release(d);
	return text;
}

/* ---- saying ---- */

static size_t put_alert(struct dtls *d, struct span room)
{
	struct epoch plain = { .seq = d->plain };
	struct epoch *way = d->sealing ? &d->out : &plain;
	uint8_t *text = room.p + epoch_front(way), number = d->to_say;
	size_t n;

	if (number == 0)
		return 0;
	number--;
	text[0] = number == TLS_CLOSE_NOTIFY || number == TLS_NO_RENEGOTIATION
			  ? WARNING
			  : FATAL;
	text[1] = number;
	n = epoch_seal(way, room.p, 2, TLS_ALERT);
	d->plain = plain.seq;
	d->to_say = 0;
	return n;
}

/* RFC 6347 4.2.4: the end of a server's last flight, for one who missed it. */
static size_t put_finished(struct dtls *d, struct span room)
{
	struct epoch plain = { .seq = d->plain };
	size_t n;
	uint8_t *text;

	if (!d->again)
		return 0;
	d->again = false;
	room.p[EPOCH_HEAD] = 1;
	n = epoch_seal(&plain, room.p, 1, TLS_CHANGE_CIPHER_SPEC);
	d->plain = plain.seq;
	text = room.p + n + epoch_front(&d->out);
	gather_head(text, TLS_FINISHED, d->finished_seq, KEYS12_FINISHED);
	memcpy(text + GATHER_HEAD, d->finished, KEYS12_FINISHED);
	return n + epoch_seal(&d->out, room.p + n,
			      GATHER_HEAD + KEYS12_FINISHED, TLS_HANDSHAKE);
}

static void look_at_time(struct dtls *d)
{
	struct dtls_handshake *h = d->hs;

	if (h->begun && d->now >= h->give_up && h->doubt)
		end_by(d, (uint8_t)(h->doubt - 1));
	else if (h->begun && d->now >= h->give_up)
		fail(d, TLS_USER_CANCELED, -NAT_ETIMEOUT,
		     "no handshake in time");
	else if (flight_waits(&h->flight) && d->now >= flight_due(&h->flight))
		flight_late(&h->flight);
}

static size_t put_flight(struct dtls *d, struct span room)
{
	struct epoch plain = { .seq = d->plain };
	struct flight_ways ways = { { &plain, &d->out } };
	size_t n = flight_pack(&d->hs->flight, &ways, room, d->now);

	d->plain = plain.seq;
	/* Who knows no other version yet may know no other head. */
	if (n > 0 && d->hs->hs.machine == &greet_client)
		room.p[EPOCH_VERSION_AT + 1] = EPOCH_DTLS10 & 0xff;
	follow(d);
	return n;
}

/* The certificate may have waited for dtls_believe, and what is sealed for that. */
static void catch_up(struct dtls *d)
{
	struct span in = none;
	struct epoch_record r;

	handshake_run(d->hs, d->now);
	follow(d);
	while (!d->open && next_record(d, &r, &in))
		if (hear(d, &r).p)
			break;
}

/* What a handshake says, if it goes on. */
static size_t shake(struct dtls *d, struct span room)
{
	catch_up(d);
	if (d->err)
		return 0;
	handshake_compose(d->hs, d->now);
	follow(d);
	if (d->hs && !d->open)
		look_at_time(d);
	return d->hs && !d->open ? put_flight(d, room) : 0;
}

size_t dtls_output(struct dtls *d, struct span room, int64_t now)
{
	size_t n = 0;

	d->now = now;
	room.n = min_size(room.n, d->mtu);
	if (d->hs && !d->open && !d->err)
		n = shake(d, room);
	if (n == 0)
		n = put_alert(d, room);
	if (n == 0)
		n = put_finished(d, room);
	if (n == 0 && d->open && d->server)
		release(d);
	return n;
}

int64_t dtls_due(const struct dtls *d)
{
	const struct dtls_handshake *h = d->hs;
	int64_t due = DTLS_NEVER;

	if (d->to_say || d->again)
		return d->now;
	if (!h || d->open || d->err)
		return DTLS_NEVER;
	if (h->flight.going || hs_give_of(&h->hs))
		return d->now;
	if (h->begun)
		due = h->give_up;
	if (flight_waits(&h->flight) && flight_due(&h->flight) < due)
		due = flight_due(&h->flight);
	return due;
}

/* ---- data ---- */

struct span dtls_room(const struct dtls *d, struct span out)
{
	size_t around = epoch_around(&d->out);

	if (!d->open || d->ended || out.n <= around)
		return none;
	return (struct span){ out.p + epoch_front(&d->out), out.n - around };
}

size_t dtls_seal(struct dtls *d, struct span out, size_t n)
{
	size_t all = epoch_seal(&d->out, out.p, n, TLS_DATA);

	if ((d->out.seq & ((UINT64_C(1) << EPOCH_NUMBER_BITS) - 1)) >>
	    WORN_BITS)
		fail(d, TLS_INTERNAL_ERROR, -NAT_ELIMIT,
		     "its key has sealed all that it may");
	return all;
}

/* ---- from start to stop ---- */

void dtls_start(struct dtls *d, const struct dtls_ask *ask, int64_t now)
{
	*d = (struct dtls){ .hs = ask->hs,
			    .mtu = ask->mtu ? ask->mtu : DTLS_MTU,
			    .server = ask->conf->role == TLS_SERVER,
			    .now = now };
	if (d->mtu < DTLS_MTU_LEAST)
		d->mtu = DTLS_MTU_LEAST;
	handshake_start(d->hs, ask->conf, ask->rtt_ms);
	d->hs->verify = ask->verify;
}

void dtls_believe(struct dtls *d, const struct fingerprint *list, size_t n)
{
	if (!d->hs)
		return;
	d->hs->believed = list;
	d->hs->believed_n = n;
}

void dtls_close(struct dtls *d)
{
	if (d->ended || d->err)
		return;
	d->ended = true;
	fail(d, TLS_CLOSE_NOTIFY, -NAT_ECLOSED, "closed from here");
}

void dtls_path(struct dtls *d, uint32_t rtt_ms)
{
	if (d->hs && !d->hs->begun)
		flight_start(&d->hs->flight, rtt_ms);
}

bool dtls_export(const struct dtls *d, const char *label, struct bytes context,
		 struct span out)
{
	if (!d->open || !d->bound || out.n > TLS_EXPORT_MOST)
		return false;
	return keys12_export(&d->keys, label, context, out);
}

void dtls_stop(struct dtls *d)
{
	release(d);
	ct_wipe(d, sizeof *d);
}
