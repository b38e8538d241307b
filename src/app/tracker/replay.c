#include "app/tracker/replay.h"
#include "app/tracker/core.h"
#include "app/tracker/journal.h"
#include "os/mem.h"
#include "os/spool.h"

enum { ROOM = 256 * 1024 };

struct replay {
	struct tracker *tracker;
	const char *path;
	struct members_time at;
	int fd;
	uint64_t good; /* bytes that have been understood */
	uint32_t told; /* members and trackers that stood in them */
	size_t n;      /* bytes in room that have not */
	bool ended;
	struct span room;
};

/* More of it behind what is in the room; <= 0: there is no more, or an error. */
static long read_on(struct replay *r)
{
	long n = spool_read(
		r->fd, (struct span){ r->room.p + r->n, r->room.n - r->n });

	r->n += n > 0 ? (size_t)n : 0;
	r->ended = n == 0;
	return n;
}

static void drop(struct replay *r, size_t n)
{
	memmove(r->room.p, r->room.p + n, r->n - n);
	r->n -= n;
}

static void believe(struct replay *r, const struct ledger *l)
{
	struct tracker *t = r->tracker;
	struct member *m;
	struct addr at = { .family = ADDR_IP6, .port = l->port };
	int64_t ms = (r->at.unix - (int64_t)l->seen) * 1000;

	r->told++;
	if (l->kind == LEDGER_MEMBER) {
		m = members_revive(&t->members, l, &r->at, false);
		if (m)
			m->kept = true;
	} else if (l->kind == LEDGER_TRACKER) {
		memcpy(at.ip, l->at, sizeof at.ip);
		list_heard(&t->others.list, &at, r->at.now - (ms > 0 ? ms : 0));
	}
}

/* Whole records of what is in the room: 0, or -NAT_EPROTO before a damaged one. */
static int take_records(struct replay *r)
{
	size_t at = 0;
	int n;

	do {
		struct bytes rest = { r->room.p + at, r->n - at };
		struct ledger l;

		n = ledger_take(&l, rest);
		if (n > 0)
			believe(r, &l);
		at += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	r->good += at;
	drop(r, at);
	return n;
}

/* Was anything behind the damage on the disk once? */
static bool was_synced(struct replay *r)
{
	while (!ledger_has_synced((struct bytes){ r->room.p, r->n })) {
		if (r->ended)
			return false;
		drop(r, r->n - min_size(r->n, LEDGER_FRAME));
		if (read_on(r) < 0)
			return true;
	}
	return true;
}

static void forget_all(struct tracker *t)
{
	members_expire(&t->members, t->net->loop->now, 0, UINT32_MAX);
	t->members.expired = 0;
	t->others.list.n = 0;
}

static int put_aside(struct replay *r)
{
	char to[JOURNAL_PATH];
	struct fmt f = fmt_to(SPAN(to));
	int rc;

	forget_all(r->tracker);
	fmt_put(&f, "%s.bad", r->path);
	fmt_text(&f);
	rc = f.full ? -NAT_EROOM : spool_rename(r->path, to);
	if (rc < 0)
		return rc;
	log_warn(r->tracker->net->log, "tracker",
		 "%s is damaged after %llu bytes: kept as %s, and begun anew",
		 r->path, (unsigned long long)r->good, to);
	return -NAT_EPROTO;
}

static int read_head(struct replay *r)
{
	struct bytes head = LEDGER_HEAD;

	if (r->n == 0)
		return 0;
	if (r->n < head.n || memcmp(r->room.p, head.p, head.n) != 0)
		return -NAT_EPROTO;
	r->good = head.n;
	drop(r, head.n);
	return 0;
}

static int read_all(struct replay *r)
{
	long n = read_on(r);
	int rc = n < 0 ? (int)n : read_head(r);

	while (rc == 0 && n > 0) {
		rc = take_records(r);
		if (rc == 0)
			n = read_on(r);
	}
	return n < 0 ? (int)n : rc;
}

long long journal_replay(struct tracker *t, int fd, const char *path)
{
	struct replay r = { .tracker = t,
			    .path = path,
			    .at = tracker_time(t),
			    .fd = fd,
			    .room = mem_reserve(ROOM) };
	int rc = r.room.p ? read_all(&r) : -NAT_EMEMORY;

	if (rc == -NAT_EPROTO)
		rc = r.good == 0 || was_synced(&r) ? put_aside(&r) : 0;
	if (rc == 0 && r.n > 0)
		log_warn(t->net->log, "tracker",
			 "%s: its end is torn: cut after %llu bytes", path,
			 (unsigned long long)r.good);
	if (rc == 0 && r.good > 0)
		log_info(t->net->log, "tracker",
			 "%s: %u members and %u trackers of %u records", path,
			 (unsigned)t->members.rows.used,
			 (unsigned)t->others.list.n, (unsigned)r.told);
	if (r.room.p)
		mem_release(r.room);
	return rc < 0 ? rc : (long long)r.good;
}
