#include "wire/tls/peek.h"
#include "base/cur.h"
#include "wire/tls/proto.h"

enum { RECORD_HEAD = 5, RECORD_TEXT = 16384, FATAL = 2 };

/* ---- records ---- */

/* What is there of the next one's text. False: none; bad: it is none of a
 * handshake.
 */
static bool next_record(struct cur *c, struct bytes *text)
{
	uint8_t type, version;
	size_t n;

	if (cur_left(c) > 0 && *c->p != TLS_HANDSHAKE)
		c->bad = true;
	if (c->bad || cur_left(c) < RECORD_HEAD)
		return false;
	type = cur_u8(c);
	version = cur_u8(c);
	cur_u8(c);
	n = cur_u16(c);
	if (type != TLS_HANDSHAKE || version != TLS_VERSION_12 >> 8 || n == 0 ||
	    n > RECORD_TEXT)
		c->bad = true;
	*text = cur_bytes(c, min_size(n, cur_left(c)));
	return !c->bad;
}

/* Bytes of the message at the front of text, its head too; 0: unknown yet. */
static size_t length_of(struct bytes text)
{
	struct cur c = cur_of(text);

	cur_u8(&c);
	return text.n < TLS_MESSAGE_HEAD ? 0 : TLS_MESSAGE_HEAD + cur_u24(&c);
}

/* The message in one piece: where it stands, or in room. */
static int gather(struct bytes *message, struct bytes in, uint8_t *room)
{
	struct cur c = cur_of(in);
	struct bytes text, all = { in.p, 0 };
	size_t need = 0;

	while ((!need || all.n < need) && next_record(&c, &text)) {
		if (all.n == 0) {
			all = text;
		} else {
			if (all.p != room)
				memcpy(room, all.p, all.n);
			memcpy(room + all.n, text.p, text.n);
			all = (struct bytes){ room, all.n + text.n };
		}
		if (all.n && *all.p != TLS_CLIENT_HELLO)
			return -NAT_EPROTO;
		need = length_of(all);
	}
	if (c.bad)
		return -NAT_EPROTO;
	if (need > PEEK_MOST)
		return -NAT_EROOM;
	*message = (struct bytes){ all.p, need };
	return need && all.n >= need;
}

/* ---- the hello ---- */

/* One name of a host; the list may have others that are none. */
static void read_name(struct peek *p, struct cur *c)
{
	struct cur list;

	list = cur_of(cur_bytes(c, cur_u16(c)));
	while (cur_left(&list) > 0) {
		bool host = cur_u8(&list) == 0;
		struct bytes name = cur_bytes(&list, cur_u16(&list));

		if (list.bad || name.n == 0 || (host && p->name.n))
			c->bad = true;
		if (host)
			p->name = name;
	}
}

static void read_extension(struct peek *p, struct cur *c)
{
	uint16_t number = cur_u16(c);
	struct cur body = cur_of(cur_bytes(c, cur_u16(c)));

	if (c->bad)
		return;
	if (number == TLS_EXT_NAME)
		read_name(p, &body);
	else if (number == TLS_EXT_ALPN)
		p->protocols = cur_bytes(&body, cur_u16(&body));
	else
		return;
	if (body.bad || cur_left(&body) > 0)
		c->bad = true;
}

/* Before the extensions: version, random, session, suites, compressions. */
static void read_hello(struct peek *p, struct cur *c)
{
	struct cur list;

	cur_bytes(c, TLS_MESSAGE_HEAD + 2 + TLS_RANDOM);
	cur_bytes(c, cur_u8(c));
	cur_bytes(c, cur_u16(c));
	cur_bytes(c, cur_u8(c));
	if (c->bad || cur_left(c) == 0)
		return;
	list = cur_of(cur_bytes(c, cur_u16(c)));
	while (cur_left(&list) > 0)
		read_extension(p, &list);
	c->bad = c->bad || list.bad || cur_left(c) > 0;
}

int peek_hello(struct peek *p, struct bytes in, uint8_t room[PEEK_MOST])
{
	struct bytes message, front = { in.p, min_size(in.n, PEEK_MOST) };
	struct cur c;
	int rc = gather(&message, front, room);

	*p = (struct peek){ .name = { NULL, 0 } };
	if (rc == 0 && in.n >= PEEK_MOST)
		return -NAT_EROOM;
	if (rc <= 0)
		return rc;
	c = cur_of(message);
	read_hello(p, &c);
	return c.bad ? -NAT_EPROTO : 1;
}

bool peek_speaks(const struct peek *p, const char *protocol)
{
	struct cur c = cur_of(p->protocols);

	while (cur_left(&c) > 0)
		if (bytes_are(cur_bytes(&c, cur_u8(&c)), protocol))
			return true;
	return false;
}

void peek_refuse(uint8_t alert[PEEK_ALERT])
{
	static const uint8_t text[PEEK_ALERT] = {
		TLS_ALERT, TLS_VERSION_12 >> 8,  TLS_VERSION_12 & 0xff, 0, 2,
		FATAL,     TLS_UNRECOGNIZED_NAME
	};

	memcpy(alert, text, sizeof text);
}
