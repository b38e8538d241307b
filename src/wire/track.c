#include "wire/track.h"

static const struct bytes cookie_mark = { (const uint8_t *)"cookie=", 7 };

/* ---- the table of requests ---- */

static bool is_empty(struct track *t, struct bytes rest)
{
	(void)t;
	return rest.n == 0;
}

/* GROUP/PUBLIC/LAN, and perhaps /MAC, and perhaps /COOKIE: none is too long. */
static bool read_join(struct track *t, struct bytes rest)
{
	static const uint8_t most[] = { TRACK_GROUP, TRACK_PUBLIC, TRACK_LAN,
					TRACK_MAC, TRACK_COOKIE };
	struct bytes *const fields[] = { &t->group, &t->public, &t->lan,
					 &t->mac, &t->cookie };
	struct cur c = cur_of(rest);
	bool more = true;

	while (more) {
		const uint8_t *from = c.p;

		if (t->fields == COUNT(fields))
			return false;
		*fields[t->fields] = cur_until(&c, '/');
		more = (size_t)(c.p - from) > fields[t->fields]->n;
		if (fields[t->fields]->n > most[t->fields])
			return false;
		t->fields++;
	}
	return t->fields >= 3;
}

static bool read_trackers(struct track *t, struct bytes rest)
{
	struct cur c = cur_of(rest);

	if (rest.n == 0)
		return true;
	if (!cur_eat(&c, '/'))
		return false;
	t->addrs = cur_bytes(&c, cur_left(&c));
	return true;
}

static const struct row {
	struct bytes prefix;
	bool (*read)(struct track *t, struct bytes rest);
} rows[] = {
	[TRACK_ADDRESS] = { { (const uint8_t *)"//nat", 5 }, is_empty },
	[TRACK_JOIN] = { { (const uint8_t *)"//51pwn/P2P&E2E/", 16 },
			 read_join },
	[TRACK_TRACKERS] = { { (const uint8_t *)"//tcksvr", 8 },
			     read_trackers },
};

static bool is_text(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] < ' ' || b.p[i] == 0x7f)
			return false;
	return true;
}

int track_parse(struct track *t, struct bytes pkt)
{
	for (uint8_t i = 0; i < COUNT(rows); i++) {
		struct cur c = cur_of(pkt);
		struct bytes head = cur_bytes(&c, rows[i].prefix.n);

		if (!bytes_equal(head, rows[i].prefix))
			continue;
		*t = (struct track){ .kind = i };
		if (pkt.n > TRACK_MOST || !is_text(pkt) ||
		    !rows[i].read(t, cur_bytes(&c, cur_left(&c))))
			return -NAT_EPROTO;
		return 0;
	}
	return -NAT_EPROTO;
}

void track_print(struct fmt *f, const struct track *t)
{
	const struct bytes fields[] = { t->group, t->public, t->lan, t->mac,
					t->cookie };

	fmt_bytes(f, rows[t->kind].prefix);
	for (size_t i = 0; i < t->fields; i++) {
		fmt_put(f, i ? "/" : "");
		fmt_bytes(f, fields[i]);
	}
	if (t->addrs.n) {
		fmt_put(f, "/");
		fmt_bytes(f, t->addrs);
	}
}

bool track_next_addr(struct cur *c, struct bytes *addr)
{
	while (cur_eat(c, ';') || cur_eat(c, ',') || cur_eat(c, ' '))
		;
	*addr = (struct bytes){ c->p, 0 };
	while (cur_left(c) > 0 && cur_peek(c) != ';' && cur_peek(c) != ',' &&
	       cur_peek(c) != ' ')
		cur_u8(c);
	addr->n = (size_t)(c->p - addr->p);
	return addr->n > 0;
}

/* ---- answers ---- */

static bool take_cookie(struct cur c, struct track_line *line)
{
	struct bytes mark = cur_bytes(&c, cookie_mark.n);

	if (!bytes_equal(mark, cookie_mark))
		return false;
	line->cookie = cur_bytes(&c, cur_left(&c));
	return true;
}

bool track_next_line(struct cur *c, struct track_line *line)
{
	struct bytes all;
	struct cur in;

	*line = (struct track_line){ .cookie = { NULL, 0 } };
	while (cur_eat(c, '\n'))
		;
	if (cur_left(c) == 0)
		return false;
	all = cur_until(c, '\n');
	in = cur_of(all);
	line->public = (struct bytes){ in.p, 0 };
	while (cur_left(&in) > 0 && cur_peek(&in) != ';' &&
	       cur_peek(&in) != ',')
		cur_u8(&in);
	line->public.n = (size_t)(in.p - all.p);
	if (cur_left(&in) == 0)
		return true;
	cur_u8(&in);
	if (line->public.n > 0 || !take_cookie(in, line))
		line->lan = cur_bytes(&in, cur_left(&in));
	return true;
}
