#include "wire/dtls/handshake.h"
#include "crypt/ct.h"
#include "wire/tls/msgs12.h"

void handshake_start(struct dtls_handshake *h, const struct tls_conf *conf,
		     uint32_t rtt_ms)
{
	struct tls_hs *hs = &h->hs;

	memset(h, 0, offsetof(struct dtls_handshake, early.room));
	memset(hs, 0, offsetof(struct tls_hs, room));
	h->conf = (struct tls_conf){ .role = conf->role,
				     .least = TLS_VERSION_12,
				     .most = TLS_VERSION_12,
				     .suites = conf->suites,
				     .groups = conf->groups,
				     .ids = conf->ids,
				     .ids_n = conf->ids_n,
				     .insecure = true, /* fingerprints judge */
				     .no_aes = conf->no_aes,
				     .ask = TLS_ASK_ALWAYS,
				     .fill = conf->fill };
	h->tls.conf = &h->conf;
	h->tls.hs = hs;
	hs->state = 1;
	hs->machine = conf->role == TLS_CLIENT ? &greet_client : &greet_server;
	hs->v12.version = EPOCH_DTLS12;
	transcript_start(&hs->script);
	gather_start(&h->gather, SPAN(hs->room.b));
	flight_start(&h->flight, rtt_ms);
}

bool handshake_over(const struct dtls_handshake *h)
{
	return h->hs.state == HS_OVER;
}

void handshake_wipe(struct dtls_handshake *h)
{
	ct_wipe(&h->tls, sizeof h->tls);
	ct_wipe(&h->hs, offsetof(struct tls_hs, room));
}

/* To the state behind a row. */
static void go(struct tls *t, uint8_t next, int (*then)(struct tls *t))
{
	if (next)
		t->hs->state = next;
	if (then)
		then(t);
}

/* ---- hearing ---- */

/* RFC 5246 7.4.1.1: a request in the middle of a handshake says nothing. */
static bool is_request(const struct tls *t, struct bytes message)
{
	return t->conf->role == TLS_CLIENT && message.n == GATHER_HEAD &&
	       message.p[0] == TLS_HELLO_REQUEST;
}

/* Only the first is the peer's own. An empty list is judged by its row. */
static bool is_believed(const struct dtls_handshake *h, struct bytes body)
{
	struct bytes list;
	struct cur c;

	if (!msgs12_read_list(&list, body) || list.n == 0)
		return true;
	c = cur_of(list);
	return fingerprint_fits(h->believed, h->believed_n,
				cur_bytes(&c, cur_u24(&c)));
}

static void take(struct dtls_handshake *h, struct bytes message)
{
	struct tls *t = &h->tls;
	uint8_t type = message.p[0];
	/* HS_CCS is a number of TLS's engine: no message has it. */
	const struct tls_take *row =
		type == HS_CCS ? NULL : hs_take_of(t->hs, type);
	struct bytes body = { message.p + GATHER_HEAD,
			      message.n - GATHER_HEAD };

	if (!row && is_request(t, message))
		return;
	if (!row)
		tls_fail(t, TLS_UNEXPECTED_MESSAGE, NULL);
	else if (type == TLS_CERTIFICATE && !is_believed(h, body))
		tls_fail(t, TLS_BAD_CERTIFICATE,
			 "the certificate is not the one that was announced");
	if (t->err || row->take(t, body) < 0)
		return;
	transcript_add(&t->hs->script, message);
	go(t, row->next, row->then);
	h->keyed |= type == TLS_CLIENT_KEY_EXCHANGE;
}

/* Brings the next message into its epoch, or drops it. */
static bool in_epoch(struct dtls_handshake *h)
{
	const struct tls_take *row = hs_take_of(&h->hs, HS_CCS);
	struct tls *t = &h->tls;
	bool sealed = gather_epoch(&h->gather) > 0;

	if (sealed && row)
		go(t, row->next, row->then);
	if (sealed ? t->in.on : !t->in.on && !row)
		return true;
	gather_drop(&h->gather);
	return false;
}

/* A certificate waits until somebody says whom to believe. */
static struct bytes next(const struct dtls_handshake *h)
{
	struct bytes message = gather_peek(&h->gather);

	if (message.p && message.p[0] == TLS_CERTIFICATE && h->believed_n == 0)
		message.p = NULL;
	return message;
}

void handshake_run(struct dtls_handshake *h, int64_t now)
{
	struct tls *t = &h->tls;

	while (!t->err && !handshake_over(h) && !hs_give_of(t->hs)) {
		struct bytes message = next(h);

		if (!message.p || !in_epoch(h))
			return;
		flight_heard(&h->flight, now);
		take(h, message);
		gather_take(&h->gather);
	}
}

void handshake_hear(struct dtls_handshake *h, struct bytes b, uint8_t epoch,
		    int64_t now)
{
	struct cur c = cur_of(b);
	bool old = false;

	while (cur_left(&c) > 0)
		old |= gather_add(&h->gather, &c, epoch) == GATHER_OLD;
	if (old)
		flight_missed(&h->flight, now);
	handshake_run(h, now);
}

/* ---- saying ---- */

static void give(struct dtls_handshake *h, const struct tls_give *row)
{
	struct tls *t = &h->tls;
	struct flight *f = &h->flight;
	struct pack p = flight_room(f);
	uint8_t head[GATHER_HEAD];
	struct bytes body;

	if (row->type == HS_CCS)
		pack_u8(&p, 1);
	else if (row->give(t, &p) < 0)
		return;
	if (!flight_add(f, row->type, t->out.on, &p)) {
		tls_fail(t, TLS_INTERNAL_ERROR,
			 "messages of ours are too long");
		return;
	}
	body = flight_last(f, head);
	if (row->type != HS_CCS) {
		transcript_add(&t->hs->script, bytes_in(SPAN(head)));
		transcript_add(&t->hs->script, body);
	}
	go(t, row->next, row->then);
	h->keyed |= row->type == TLS_CLIENT_KEY_EXCHANGE;
}

void handshake_compose(struct dtls_handshake *h, int64_t now)
{
	const struct tls_give *row = hs_give_of(&h->hs);

	if (!row || h->tls.err)
		return;
	flight_answered(&h->flight);
	for (; row && !h->tls.err; row = hs_give_of(&h->hs))
		give(h, row);
	if (!h->begun)
		h->give_up = now + HANDSHAKE_PATIENCE;
	h->begun = true;
	/* Who has not come back is not pursued: it may never have called. */
	h->flight.asked =
		h->tls.about.version == 0 && h->conf.role == TLS_SERVER;
	flight_go(&h->flight);
}
