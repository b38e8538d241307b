#include "wire/tls/hs.h"
#include "crypt/ct.h"
#include "wire/tls/record.h"
#include "wire/tls/start.h"

void hs_turned(struct tls *t)
{
	t->hs->turned = true;
}

void hs_digest(const struct tls *t, uint8_t out[SHA384_SIZE])
{
	transcript_digest(&t->hs->script, t->hs->script.alg,
			  (struct bytes){ NULL, 0 }, out);
}

void hs_end(struct tls *t)
{
	if (t->hs)
		ct_wipe(t->hs, sizeof *t->hs);
	t->hs = NULL;
}

/* To the state behind a row. */
static int go(struct tls *t, uint8_t next, int (*then)(struct tls *t))
{
	if (next)
		t->hs->state = next;
	if (then && then(t) < 0)
		return t->err;
	if (t->hs->state == HS_OVER) {
		t->open = t->heard.data = true;
		t->heard.idle = 0;
		hs_end(t);
	}
	return 0;
}

/* ---- hearing ---- */

const struct tls_take *hs_take_of(const struct tls_hs *hs, uint8_t type)
{
	for (size_t i = 0; i < hs->machine->takes_n; i++) {
		const struct tls_take *row = &hs->machine->takes[i];

		if (row->state == hs->state && row->type == type)
			return row;
	}
	return NULL;
}

const struct tls_give *hs_give_of(const struct tls_hs *hs)
{
	for (size_t i = 0; i < hs->machine->gives_n; i++)
		if (hs->machine->gives[i].state == hs->state)
			return &hs->machine->gives[i];
	return NULL;
}

/* RFC 5246 7.4.1.1: in the middle of a handshake it is passed over, and before the
 * ServerHello too, which says whether this is 1.2.
 */
static bool is_request(const struct tls *t, struct bytes message)
{
	bool old = t->about.version ? t->about.version == TLS_VERSION_12
				    : start_speaks(t->conf, TLS_VERSION_12);

	return old && t->conf->role == TLS_CLIENT &&
	       message.n == TLS_MESSAGE_HEAD &&
	       message.p[0] == TLS_HELLO_REQUEST;
}

static int take(struct tls *t, struct bytes message)
{
	struct tls_hs *hs = t->hs;
	/* HS_CCS is a number of ours: no message has it. */
	const struct tls_take *row =
		message.p[0] == HS_CCS ? NULL : hs_take_of(hs, message.p[0]);
	struct bytes body = { message.p + TLS_MESSAGE_HEAD,
			      message.n - TLS_MESSAGE_HEAD };

	if (!row && is_request(t, message))
		return tls_idle(t);
	if (!row)
		return tls_fail(t, TLS_UNEXPECTED_MESSAGE, NULL);
	hs->raw = message;
	hs->turned = false;
	if (row->take(t, body) < 0)
		return t->err;
	transcript_add(&hs->script, message);
	return go(t, row->next, row->then);
}

static size_t length_of(const uint8_t head[TLS_MESSAGE_HEAD])
{
	return TLS_MESSAGE_HEAD +
	       ((size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3]);
}

static struct bytes cut(struct bytes *b, size_t n)
{
	struct bytes front = { b->p, n };

	*b = (struct bytes){ b->p + n, b->n - n };
	return front;
}

/* Moves bytes into the room until it holds n. */
static bool fill(struct tls_message_room *r, struct bytes *b, size_t n)
{
	struct bytes more = cut(b, min_size(b->n, n - r->n));

	memcpy(r->b + r->n, more.p, more.n);
	r->n += more.n;
	return r->n == n;
}

/* The next message, where it stands if it is whole; nothing: more is to come, or
 * it is too long.
 */
static struct bytes next_message(struct tls *t, struct bytes *b)
{
	struct tls_message_room *r = &t->hs->room;
	static const struct bytes none = { NULL, 0 };
	size_t n;

	if (r->n == 0 && b->n >= TLS_MESSAGE_HEAD && b->n >= length_of(b->p))
		return cut(b, length_of(b->p));
	if (r->n < TLS_MESSAGE_HEAD && !fill(r, b, TLS_MESSAGE_HEAD))
		return none;
	n = length_of(r->b);
	if (n > sizeof r->b)
		tls_fail(t, TLS_DECODE_ERROR, "a message that is too long");
	if (t->err || !fill(r, b, n))
		return none;
	r->n = 0;
	return (struct bytes){ r->b, n };
}

int hs_hear(struct tls *t, struct bytes b)
{
	if (hs_give_of(t->hs) && is_request(t, b))
		return tls_idle(t);
	if (b.n == 0 || hs_give_of(t->hs))
		return tls_fail(t, TLS_UNEXPECTED_MESSAGE, NULL);
	while (b.n > 0 && t->hs) {
		struct bytes message = next_message(t, &b);

		if (t->err || message.n == 0)
			return t->err;
		if (take(t, message) < 0)
			return t->err;
		if (b.n > 0 && (!t->hs || t->hs->turned))
			return tls_fail(t, TLS_UNEXPECTED_MESSAGE,
					"a message across a change of keys");
	}
	return 0;
}

int hs_hear_ccs(struct tls *t)
{
	struct tls_hs *hs = t->hs;
	const struct tls_take *row = hs_take_of(hs, HS_CCS);

	if (row && hs->room.n == 0)
		return row->take && row->take(t, (struct bytes){ NULL, 0 }) < 0
			       ? t->err
			       : go(t, row->next, row->then);
	if (t->about.version == TLS_VERSION_12 ||
	    !start_speaks(t->conf, TLS_VERSION_13) ||
	    (hs->machine == &tls_server && !hs->v13.retried))
		return tls_fail(t, TLS_UNEXPECTED_MESSAGE, NULL);
	return 0;
}

/* ---- saying ---- */

static int compose(struct tls *t, const struct tls_give *row)
{
	struct tls_hs *hs = t->hs;
	struct pack p = pack_to(SPAN(hs->room.b));
	size_t mark;

	if (row->type == HS_CCS) {
		pack_u8(&p, 1);
	} else {
		pack_u8(&p, row->type);
		mark = pack_open(&p, 3);
		if (row->give(t, &p) < 0)
			return t->err;
		pack_close(&p, mark, 3);
	}
	if (p.full)
		return tls_fail(t, TLS_INTERNAL_ERROR,
				"a message of ours is too long");
	if (row->type != HS_CCS)
		transcript_add(&hs->script, pack_done(&p));
	hs->room.n = p.n;
	hs->room.at = 0;
	hs->giving = row;
	return 0;
}

size_t hs_say(struct tls *t, struct span room)
{
	struct tls_hs *hs = t->hs;
	const struct tls_give *row = hs->giving ? hs->giving : hs_give_of(hs);
	struct tls_way off = { .on = false }, *way = &t->out;
	uint8_t type = TLS_HANDSHAKE;
	size_t front, n, made;

	if (!row || (!hs->giving && compose(t, row) < 0))
		return 0;
	if (row->type == HS_CCS) {
		type = TLS_CHANGE_CIPHER_SPEC;
		way = &off;
	}
	front = record_front(t->suite, way);
	n = min_size(room.n - record_around(t->suite, way), t->record_most);
	n = min_size(n, hs->room.n - hs->room.at);
	memcpy(room.p + front, hs->room.b + hs->room.at, n);
	made = record_seal(room.p, n, type, t->suite, way);
	if (row->type == TLS_CLIENT_HELLO && !hs->v13.retried)
		room.p[2] = TLS_VERSION_10 & 0xff;
	hs->room.at += n;
	if (hs->room.at < hs->room.n)
		return made;
	hs->giving = NULL;
	hs->room.n = 0;
	go(t, row->next, row->then);
	return made;
}
