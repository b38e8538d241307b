#include "app/tracker/journal.h"
#include "app/tracker/core.h"
#include "app/tracker/replay.h"
#include "os/mem.h"
#include "os/spool.h"

enum {
	TICK = 1000,       /* ms */
	SYNC = 9 * TICK,   /* so that it happens within ten seconds */
	SLICE = 64 * 1024, /* bytes of the new file at a time, and */
	SLICE_MS = 5,      /* how often */
	RETRY = 60 * 1000, /* after it could not be written anew */
	LIST = 300 * 1000, /* between lists of trackers that have not changed */
	LEAST = 1024 * 1024 /* bytes: shorter ones are left as they are */
};

static struct loop *loop_of(const struct journal *j)
{
	return j->tracker->net->loop;
}

static bool print_fresh(const struct journal *j, char to[JOURNAL_PATH])
{
	struct fmt f = fmt_to((struct span){ (uint8_t *)to, JOURNAL_PATH });

	fmt_put(&f, "%s.new", j->path);
	fmt_text(&f);
	return !f.full;
}

/* ---- writing ---- */

static int append(struct spooled *s, struct bytes b)
{
	int rc = spool_write(s->fd, s->size, b);

	if (rc < 0) {
		int cut = spool_cut(s->fd, s->size);

		(void)cut; /* what comes next is written over it */
		return rc;
	}
	s->size += b.n;
	return 0;
}

/* Once for each time that it stops. */
static void complain(struct journal *j, const char *what, int rc)
{
	if (!j->silent)
		log_warn(j->tracker->net->log, "tracker",
			 "%s: %s: %s; "
			 "a restart forgets what comes now",
			 j->path, what, err_text(rc));
	j->silent = true;
}

static void abandon_fresh(struct journal *j)
{
	char path[JOURNAL_PATH];

	timer_stop(&j->copying, loop_of(j));
	if (j->fresh.fd < 0)
		return;
	spool_close(j->fresh.fd);
	j->fresh.fd = -1;
	j->retry = loop_of(j)->now + RETRY;
	if (print_fresh(j, path))
		spool_remove(path);
}

static void append_fresh(struct journal *j, struct bytes b)
{
	if (j->fresh.fd < 0)
		return;
	if (append(&j->fresh, b) < 0)
		abandon_fresh(j);
	else
		spool_hurry(j->fresh.fd);
}

static void flush(struct journal *j)
{
	struct bytes b = { j->room, j->n };
	int rc;

	if (b.n == 0)
		return;
	append_fresh(j, b);
	rc = append(&j->file, b);
	if (rc < 0) {
		complain(j, "cannot be written", rc);
		if (sizeof j->room - j->n >= LEDGER_RECORD)
			return; /* it is tried again */
		j->gap = true;
	}
	j->dirty = j->dirty || rc == 0;
	j->n = 0;
}

static void note(struct journal *j, const struct ledger *l)
{
	struct fmt f;

	if (sizeof j->room - j->n < LEDGER_RECORD)
		flush(j);
	f = fmt_to((struct span){ j->room + j->n, sizeof j->room - j->n });
	ledger_put(&f, l);
	j->n += f.n;
}

/* ---- writing it anew ---- */

static uint32_t heard_at(const struct members_time *at,
			 const struct tracker_row *row)
{
	int64_t age = at->now - (row->until - LIST_LASTS);

	return (uint32_t)(at->unix - age / 1000);
}

static void tell_trackers(struct journal *j)
{
	const struct tracker_list *list = &j->tracker->others.list;
	struct members_time at = tracker_time(j->tracker);

	for (uint32_t i = 0; i < list->n; i++) {
		struct ledger l = { .kind = LEDGER_TRACKER,
				    .seen = heard_at(&at, &list->rows[i]),
				    .port = list->rows[i].at.port };

		addr_cut(l.at, &list->rows[i].at, 128);
		note(j, &l);
	}
	j->listed = at.now;
	j->nlisted = list->n;
}

static bool tell_some(struct journal *j, struct fmt *f)
{
	struct tracker *t = j->tracker;
	const struct members_time at = tracker_time(t);
	uint8_t lan[TRACK_LAN];
	const struct member *m = NULL;

	while (f->to.n - f->n >= LEDGER_RECORD &&
	       (m = slots_next(&t->members.rows, &j->at)) != NULL) {
		struct ledger l;

		member_tell(&l, m, &at, SPAN(lan));
		ledger_put(f, &l);
	}
	return m != NULL;
}

/* What came meanwhile has been written to both. */
static void take_over(struct journal *j)
{
	struct log *log = j->tracker->net->log;
	char path[JOURNAL_PATH];
	int rc = print_fresh(j, path) ? spool_sync(j->fresh.fd) : -NAT_EROOM;

	if (rc == 0)
		rc = spool_rename(path, j->path);
	if (rc < 0) {
		complain(j, "cannot be replaced", rc);
		abandon_fresh(j);
		return;
	}
	log_debug(log, "tracker", "%s written anew: %llu bytes, were %llu",
		  j->path, (unsigned long long)j->fresh.size,
		  (unsigned long long)j->file.size);
	spool_close(j->file.fd);
	j->file = j->fresh;
	j->base = j->file.size;
	j->fresh.fd = -1;
	j->silent = j->gap = false;
}

static void copy_slice(struct timer *timer)
{
	struct journal *j = container_of(timer, struct journal, copying);
	uint8_t room[SLICE];
	struct fmt f = fmt_to(SPAN(room));
	bool more;

	if (j->settling) {
		take_over(j);
		return;
	}
	more = tell_some(j, &f);
	append_fresh(j, fmt_done(&f));
	if (j->fresh.fd < 0)
		return;
	j->settling = !more;
	timer_start(timer, loop_of(j),
		    loop_of(j)->now + (more ? SLICE_MS : TICK));
}

static void begin_anew(struct journal *j)
{
	char path[JOURNAL_PATH];
	int fd = print_fresh(j, path) ? spool_open(path, true) : -NAT_EROOM;

	if (fd < 0) {
		complain(j, "cannot be written anew", fd);
		j->retry = loop_of(j)->now + RETRY;
		return;
	}
	j->fresh = (struct spooled){ .fd = fd };
	j->at = 0;
	j->settling = false;
	append_fresh(j, LEDGER_HEAD);
	tell_trackers(j); /* to both */
	if (j->fresh.fd >= 0)
		timer_start(&j->copying, loop_of(j), loop_of(j)->now);
}

/* ---- time ---- */

static void sync_all(struct journal *j)
{
	int rc = spool_sync(j->file.fd);

	if (rc < 0) {
		complain(j, "cannot be synced", rc);
		return;
	}
	j->dirty = false;
	note(j, &(struct ledger){ .kind = LEDGER_SYNCED });
}

static void tick(struct timer *timer)
{
	struct journal *j = container_of(timer, struct journal, tick);
	int64_t now = loop_of(j)->now;

	if (j->nlisted != j->tracker->others.list.n ||
	    (j->nlisted > 0 && now >= j->listed + LIST))
		tell_trackers(j);
	flush(j);
	if (j->dirty && now >= j->synced + SYNC) {
		j->synced = now;
		sync_all(j);
	} else if (j->dirty) {
		spool_hurry(j->file.fd);
	}
	if (j->fresh.fd < 0 && now >= j->retry &&
	    (j->gap || j->file.size > 2 * j->base + LEAST))
		begin_anew(j);
	timer_start(timer, loop_of(j), now + TICK);
}

/* ---- for others ---- */

void journal_member(struct tracker *t, struct member *m)
{
	struct members_time at;
	uint8_t lan[TRACK_LAN];
	struct ledger l;

	if (!t->journal || m->kept)
		return;
	at = tracker_time(t);
	m->kept = true;
	member_tell(&l, m, &at, SPAN(lan));
	note(t->journal, &l);
}

static int begin(struct journal *j, struct diag *d)
{
	long long size;
	int rc = spool_open(j->path, false);

	j->file.fd = rc;
	size = rc < 0 ? rc : journal_replay(j->tracker, rc, j->path);
	if (size == -NAT_EPROTO) { /* it has been put aside */
		spool_close(j->file.fd);
		j->file.fd = spool_open(j->path, false);
		size = j->file.fd < 0 ? j->file.fd : 0;
	}
	rc = size < 0 ? (int)size : spool_cut(j->file.fd, (uint64_t)size);
	j->file.size = rc < 0 ? 0 : (uint64_t)size;
	if (rc == 0 && size == 0)
		rc = append(&j->file, LEDGER_HEAD);
	if (rc < 0)
		diag_put(d, "%s: %s", j->path,
			 rc == -NAT_EINUSE ? "another process has it"
					   : err_text(rc));
	return rc;
}

int journal_start(struct tracker *t, struct diag *d)
{
	struct journal *j;
	int rc;

	if (!t->conf->state)
		return 0;
	j = (struct journal *)(void *)mem_reserve(sizeof *j).p;
	if (!j)
		return -NAT_EMEMORY;
	t->journal = j;
	j->tracker = t;
	j->path = t->conf->state;
	j->file.fd = j->fresh.fd = -1;
	j->synced = t->net->loop->now;
	timer_init(&j->tick, tick);
	timer_init(&j->copying, copy_slice);
	rc = begin(j, d);
	if (rc == 0)
		timer_start(&j->tick, t->net->loop, j->synced + TICK);
	return rc;
}

void journal_stop(struct tracker *t)
{
	struct journal *j = t->journal;

	if (!j)
		return;
	timer_stop(&j->tick, loop_of(j));
	abandon_fresh(j);
	if (j->file.fd >= 0) {
		flush(j);
		if (j->dirty)
			sync_all(j);
		flush(j);
		spool_close(j->file.fd);
	}
	mem_release((struct span){ (uint8_t *)j, sizeof *j });
}
