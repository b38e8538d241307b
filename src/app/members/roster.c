#include "app/members/roster.h"

static bool is_plain(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] < ' ' || b.p[i] > '~')
			return false;
	return true;
}

/* Terminals and scripts see it. */
static bool is_good(const struct track_line *line)
{
	return line->public.n > 0 && line->public.n <= ROSTER_ADDR &&
	       line->lan.n <= TRACK_LAN && is_plain(line->public) &&
	       is_plain(line->lan);
}

static bool is_of(const struct roster_row *row, const struct track_line *line)
{
	return bytes_equal((struct bytes){ row->public, row->public_n },
			   line->public) &&
	       bytes_equal((struct bytes){ row->lan, row->lan_n }, line->lan);
}

static void copy(uint8_t *to, uint8_t *n, struct bytes b)
{
	*n = (uint8_t)b.n;
	if (b.n)
		memcpy(to, b.p, b.n);
}

/* That of the line, or a free one, or NULL. */
static struct roster_row *row_of(struct roster *r,
				 const struct track_line *line)
{
	struct roster_row *idle = NULL;

	for (size_t i = 0; i < ROSTER_MOST; i++) {
		struct roster_row *row = &r->rows[i];

		if (row->by && is_of(row, line))
			return row;
		if (!row->by && !idle)
			idle = row;
	}
	return idle;
}

static void take(struct roster *r, const struct track_line *line, uint32_t bit)
{
	struct roster_row *row = row_of(r, line);
	bool fresh = row && !row->by;

	if (!row)
		return;
	row->by |= bit;
	if (!fresh)
		return;
	copy(row->public, &row->public_n, line->public);
	copy(row->lan, &row->lan_n, line->lan);
	if (r->changed)
		r->changed(r, row, true);
}

/* What it named before; what nobody names any more is gone. */
static void forget(struct roster *r, uint32_t stale)
{
	for (size_t i = 0; i < ROSTER_MOST; i++) {
		struct roster_row *row = &r->rows[i];

		if (!(row->by & stale))
			continue;
		row->by &= ~stale;
		if (!row->by && r->changed)
			r->changed(r, row, false);
	}
}

/* The upper half of by marks what the tracker named before. */
void roster_hear(struct roster *r, unsigned tracker, struct bytes answer)
{
	uint32_t bit = 1U << tracker, stale = bit << ROSTER_TRACKERS;
	struct cur c = cur_of(answer);
	struct track_line line;

	for (size_t i = 0; i < ROSTER_MOST; i++) {
		struct roster_row *row = &r->rows[i];

		if (row->by & bit)
			row->by = (row->by & ~bit) | stale;
	}
	if (track_next_line(&c, &line)) /* the caller */
		while (track_next_line(&c, &line))
			if (is_good(&line))
				take(r, &line, bit);
	forget(r, stale);
}

struct bytes roster_self(struct bytes answer)
{
	struct cur c = cur_of(answer);
	struct track_line line;

	if (!track_next_line(&c, &line) || !is_good(&line))
		return (struct bytes){ NULL, 0 };
	return line.public;
}

struct bytes roster_cookie(struct bytes answer)
{
	struct cur c = cur_of(answer);
	struct track_line line = { .cookie = { NULL, 0 } };

	while (track_next_line(&c, &line) && line.cookie.n == 0)
		;
	return line.cookie.n <= TRACK_COOKIE ? line.cookie
					     : (struct bytes){ NULL, 0 };
}
