#include "wire/ledger.h"
#include "crypt/crc.h"

enum { FIELDS_LEAST = 3, FIELDS_MOST = 5 };

/* ---- printing ---- */

static void put_number(struct fmt *f, uint64_t v, unsigned n)
{
	uint8_t b[8];

	for (unsigned i = 0; i < n; i++)
		b[i] = (uint8_t)(v >> 8 * (n - 1 - i));
	fmt_bytes(f, (struct bytes){ b, n });
}

static void put_text(struct fmt *f, struct bytes text)
{
	put_number(f, text.n, 1);
	fmt_bytes(f, text);
}

static void put_place(struct fmt *f, const struct ledger *l)
{
	fmt_bytes(f, (struct bytes){ l->at, sizeof l->at });
	put_number(f, l->port, 2);
}

static void put_member(struct fmt *f, const struct ledger *l)
{
	put_number(f, l->seen, 4);
	put_number(f, l->id, 8);
	put_number(f, l->fields, 1);
	put_number(f, l->marks, 1);
	fmt_bytes(f, (struct bytes){ l->from, sizeof l->from });
	put_place(f, l);
	put_text(f, l->group);
	put_text(f, l->lan);
}

void ledger_print(struct fmt *f, const struct ledger *l)
{
	put_number(f, l->kind, 1);
	if (l->kind == LEDGER_MEMBER)
		put_member(f, l);
	if (l->kind != LEDGER_TRACKER)
		return;
	put_number(f, l->seen, 4);
	put_place(f, l);
}

void ledger_put(struct fmt *f, const struct ledger *l)
{
	uint8_t room[LEDGER_BODY];
	struct fmt body = fmt_to(SPAN(room));

	ledger_print(&body, l);
	put_number(f, body.n, 2);
	put_number(f, crc32c(0, fmt_done(&body)), 4);
	fmt_bytes(f, fmt_done(&body));
}

/* ---- parsing ---- */

static void take_place(struct ledger *l, struct cur *c)
{
	struct bytes at = cur_bytes(c, sizeof l->at);

	memcpy(l->at, at.p, at.n);
	l->port = cur_u16(c);
}

static struct bytes take_text(struct cur *c, size_t most)
{
	struct bytes b = cur_bytes(c, cur_u8(c));

	for (size_t i = 0; i < b.n; i++)
		c->bad |= b.p[i] < ' ' || b.p[i] == 0x7f;
	c->bad |= b.n > most;
	return b;
}

static void take_member(struct ledger *l, struct cur *c)
{
	struct bytes from;

	l->seen = cur_u32(c);
	l->id = (uint64_t)cur_u32(c) << 32;
	l->id |= cur_u32(c);
	l->fields = cur_u8(c);
	l->marks = cur_u8(c);
	from = cur_bytes(c, sizeof l->from);
	memcpy(l->from, from.p, from.n);
	take_place(l, c);
	l->group = take_text(c, TRACK_GROUP);
	l->lan = take_text(c, TRACK_LAN);
	c->bad |= l->fields < FIELDS_LEAST || l->fields > FIELDS_MOST ||
		  l->marks > (LEDGER_PROVEN | LEDGER_VOUCHED);
}

int ledger_parse(struct ledger *l, struct bytes body)
{
	struct cur c = cur_of(body);

	*l = (struct ledger){ .kind = cur_u8(&c) };
	if (l->kind == LEDGER_MEMBER) {
		take_member(l, &c);
	} else if (l->kind == LEDGER_TRACKER) {
		l->seen = cur_u32(&c);
		take_place(l, &c);
	} else if (l->kind != LEDGER_SYNCED) {
		return -NAT_EPROTO;
	}
	return c.bad || cur_left(&c) ? -NAT_EPROTO : 0;
}

int ledger_take(struct ledger *l, struct bytes in)
{
	struct cur c = cur_of(in);
	size_t n = cur_u16(&c);
	uint32_t sum = cur_u32(&c);
	struct bytes body = { c.p, n };

	if (in.n >= 2 && (n == 0 || n > LEDGER_BODY))
		return -NAT_EPROTO;
	if (c.bad || cur_left(&c) < n)
		return 0;
	if (crc32c(0, body) != sum || ledger_parse(l, body) < 0)
		return -NAT_EPROTO;
	return (int)(LEDGER_FRAME + n);
}

bool ledger_has_synced(struct bytes in)
{
	uint8_t room[LEDGER_FRAME + 1];
	struct fmt f = fmt_to(SPAN(room));

	ledger_put(&f, &(struct ledger){ .kind = LEDGER_SYNCED });
	for (size_t at = 0; at + f.n <= in.n; at++)
		if (memcmp(in.p + at, room, sizeof room) == 0)
			return true;
	return false;
}
