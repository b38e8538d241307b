#include "wire/tls/post.h"
#include "wire/tls/hs.h"
#include "wire/tls/keys13.h"
#include "wire/tls/record.h"
#include "wire/tls/session.h"

/* ---- KeyUpdate, RFC 8446 4.6.3 ---- */

enum { UPDATE_NOT_ASKED, UPDATE_ASKED };

static int hear_update(struct tls *t, uint8_t wish)
{
	if (wish > UPDATE_ASKED)
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	keys13_update(t->suite->hash, t->secret_in);
	keys13_way(t->suite, t->secret_in, &t->in);
	if (wish == UPDATE_ASKED)
		t->to_say |= SAY_UPDATE;
	return 0;
}

/* ---- messages ---- */

static bool may_come(const struct tls *t, uint8_t type)
{
	if (t->about.version != TLS_VERSION_13)
		return type == (t->conf->role == TLS_CLIENT ? TLS_HELLO_REQUEST
							    : TLS_CLIENT_HELLO);
	return type == TLS_KEY_UPDATE ||
	       (type == TLS_NEW_TICKET && t->conf->role == TLS_CLIENT);
}

/* What stands behind the head; b is all that there is of this record. */
static int hear_message(struct tls *t, uint8_t type, size_t n, struct bytes *b)
{
	struct tls_heard *h = &t->heard;
	struct cur c = cur_of(*b);
	struct bytes body;

	if (type == TLS_KEY_UPDATE && n != 1)
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	if (type == TLS_HELLO_REQUEST && n != 0)
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	if (n > TLS_MESSAGE_MOST)
		return tls_fail(t, TLS_DECODE_ERROR,
				"a message that is too long");
	if (type == TLS_KEY_UPDATE && b->n == 0)
		return 0; /* its one byte comes with the next record */
	h->head_n = 0;
	if (tls_idle(t) < 0)
		return t->err;
	if (type == TLS_CLIENT_HELLO && !t->finished)
		t->to_say |= SAY_NO;
	if ((type == TLS_NEW_TICKET || type == TLS_CLIENT_HELLO) && b->n < n) {
		h->skip = (uint32_t)(n - b->n);
		b->n = 0;
		return 0;
	}
	body = cur_bytes(&c, n);
	*b = (struct bytes){ c.p, cur_left(&c) };
	if (type == TLS_NEW_TICKET)
		return session_take(t, body);
	if (type != TLS_KEY_UPDATE)
		return 0;
	if (b->n > 0)
		return tls_fail(t, TLS_UNEXPECTED_MESSAGE,
				"a message across a change of keys");
	return hear_update(t, *body.p);
}

static void pass(struct tls_heard *h, struct bytes *b)
{
	size_t n = min_size(h->skip, b->n);

	h->skip -= (uint32_t)n;
	*b = (struct bytes){ b->p + n, b->n - n };
}

/* A ticket that comes in parts is passed over, as is a hello of 1.2: there is no
 * room to keep its front, and nobody needs one.
 */
int post_hear(struct tls *t, struct bytes b)
{
	struct tls_heard *h = &t->heard;

	if (b.n == 0)
		return tls_fail(t, TLS_UNEXPECTED_MESSAGE, NULL);
	pass(h, &b);
	while (b.n > 0) {
		while (h->head_n < TLS_MESSAGE_HEAD && b.n > 0) {
			h->head[h->head_n++] = *b.p;
			b = (struct bytes){ b.p + 1, b.n - 1 };
		}
		if (!may_come(t, h->head[0]))
			return tls_fail(t, TLS_UNEXPECTED_MESSAGE, NULL);
		if (h->head_n < TLS_MESSAGE_HEAD)
			return 0;
		if (hear_message(t, h->head[0],
				 (size_t)h->head[1] << 16 |
					 (size_t)h->head[2] << 8 | h->head[3],
				 &b) < 0)
			return t->err;
	}
	return 0;
}

/* ---- saying ---- */

static void put_update(struct tls *t, struct pack *p)
{
	pack_u8(p, TLS_KEY_UPDATE);
	pack_uint(p, 1, 3);
	pack_u8(p, t->to_say & SAY_ASK ? UPDATE_ASKED : UPDATE_NOT_ASKED);
}

static void put_ticket(struct tls *t, struct pack *p)
{
	size_t mark;

	pack_u8(p, TLS_NEW_TICKET);
	mark = pack_open(p, 3);
	session_give(t, p);
	pack_close(p, mark, 3);
}

/* Whole or not at all: who takes only shorter records could not keep the front. */
size_t post_say(struct tls *t, struct span room)
{
	size_t front = record_front(t->suite, &t->out), n;
	bool ticket = t->to_say & SAY_TICKET;
	struct pack p = pack_to((struct span){
		room.p + front,
		min_size(room.n - record_around(t->suite, &t->out),
			 t->record_most) });

	(ticket ? put_ticket : put_update)(t, &p);
	t->to_say &= ticket ? ~SAY_TICKET & 0xff : SAY_TICKET;
	if (p.full)
		return 0;
	n = record_seal(room.p, p.n, TLS_HANDSHAKE, t->suite, &t->out);
	if (ticket)
		return n;
	keys13_update(t->suite->hash, t->secret_out);
	keys13_way(t->suite, t->secret_out, &t->out);
	return n;
}
