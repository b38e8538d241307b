#include "app/tracker/store.h"
#include "app/tracker/core.h"
#include "app/tracker/journal.h"
#include "app/tracker/orders.h"
#include "crypt/ct.h"
#include "os/mem.h"

enum {
	WAITING = 512,    /* registrations at once, and */
	PATIENCE = 300,   /* ms that each waits */
	SWEEP = 10,       /* ms between slices of what memory has, */
	SLICE = 256,      /* members of each, while */
	SPARE = 2048,     /* so many asks are left to others */
	ROUND = 30 * 1000 /* ms between lists of trackers */
};

/* A registration that waits; its answer may have gone out without it. */
struct waiting {
	struct tracker_port *port;
	struct addr peer, here;
	struct bytes group; /* a slice of data */
	int64_t until;
	bool answered, told;
	size_t n;
	uint8_t data[TRACK_MOST];
};

struct store {
	struct tracker *tracker;
	struct redisurl url;
	struct redis redis;
	struct timer late, sweep, round;
	bool away;         /* that it is has been said */
	bool all;          /* the sweep tells those too who were told */
	bool behind;       /* some were not told */
	bool paired;       /* record is there, and its time comes next */
	uint32_t at;       /* of the table of members: swept up to here */
	uint32_t first, n; /* in the ring of those who wait */
	uint64_t swept;    /* members told since it came back */
	size_t record_n;
	uint8_t record[LEDGER_BODY];
	size_t was_n; /* of the record that who comes had in the store */
	uint8_t was[LEDGER_BODY];
	struct waiting waiting[WAITING];
};

static struct store *store_of(struct redis *r)
{
	return container_of(r, struct store, redis);
}

static int64_t now_of(const struct store *s)
{
	return s->tracker->net->loop->now;
}

static struct orders orders_of(struct store *s)
{
	const struct members_time at = tracker_time(s->tracker);

	return (struct orders){ &s->redis, at.unix, at.ttl / 1000,
				s->tracker->conf->max_group };
}

/* ---- telling it ---- */

/* was: what the store had of it; n 0: nothing. */
static bool tell(struct store *s, struct member *m, struct bytes was)
{
	const struct members_time at = tracker_time(s->tracker);
	const struct orders o = orders_of(s);
	uint8_t lan[TRACK_LAN];
	struct ledger l;

	member_tell(&l, m, &at, SPAN(lan));
	m->shared = order_member(&o, &l, was);
	return m->shared;
}

/* What is not told now is found again in the table. */
static void fall_behind(struct store *s)
{
	s->behind = true;
	if (s->redis.state == REDIS_UP && !timer_runs(&s->sweep))
		timer_start(&s->sweep, s->tracker->net->loop,
			    now_of(s) + SWEEP);
}

void store_before(struct tracker *t, const struct joining *j)
{
	struct store *s = t->store;
	const struct group *g =
		s ? members_group(&t->members, j->what->group) : NULL;
	const struct member *m = g ? group_member(g, joining_id(j)) : NULL;
	struct members_time at;
	uint8_t lan[TRACK_LAN];
	struct ledger l;

	if (!s)
		return;
	s->was_n = 0;
	if (!m)
		return;
	at = tracker_time(t);
	member_tell(&l, m, &at, SPAN(lan));
	s->was_n = order_record(SPAN(s->was), &l).n;
}

void store_member(struct tracker *t, struct member *m)
{
	struct store *s = t->store;

	if (s && !m->shared && !tell(s, m, (struct bytes){ s->was, s->was_n }))
		fall_behind(s);
}

/* ---- catching up ---- */

static void end_sweep(struct store *s)
{
	if (s->all)
		log_debug(s->tracker->net->log, "tracker",
			  "the store has been told of %llu members",
			  (unsigned long long)s->swept);
	s->all = s->behind = false;
	s->at = 0;
}

/* A slice of the table. */
static void sweep(struct timer *timer)
{
	struct store *s = container_of(timer, struct store, sweep);
	struct tracker *t = s->tracker;

	for (int i = 0; s->behind && i < SLICE; i++) {
		struct member *m;

		if (redis_room(&s->redis) < SPARE)
			break;
		m = slots_next(&t->members.rows, &s->at);
		if (!m)
			end_sweep(s);
		else if ((s->all || !m->shared) && tell(s, m, BYTES("")))
			s->swept++;
	}
	if (s->behind && s->redis.state == REDIS_UP)
		timer_start(timer, t->net->loop, now_of(s) + SWEEP);
}

/* ---- trackers ---- */

static void tell_trackers(struct store *s)
{
	const struct members_time at = tracker_time(s->tracker);
	const struct tracker_list *list = &s->tracker->others.list;
	const struct orders o = orders_of(s);
	bool all = true;

	for (uint32_t i = 0; i < list->n; i++) {
		char text[64];
		struct fmt f = fmt_to(SPAN(text));
		int64_t age = at.now - (list->rows[i].until - LIST_LASTS);

		addr_print(&f, &list->rows[i].at);
		all = all &&
		      order_tracker(&o, fmt_done(&f), at.unix - age / 1000);
	}
	if (all) /* or the next time */
		(void)order_trackers(&o, LIST_LASTS / 1000, LIST_MOST);
}

static void begin_round(struct timer *timer)
{
	struct store *s = container_of(timer, struct store, round);

	if (redis_room(&s->redis) > SPARE)
		tell_trackers(s);
	timer_start(timer, s->tracker->net->loop, now_of(s) + ROUND);
}

static void hear_tracker(struct store *s, struct bytes text, int64_t heard)
{
	const struct members_time at = tracker_time(s->tracker);
	int64_t age = (at.unix - heard) * 1000;
	struct addr a;

	if (addr_parse(&a, text) == 0)
		list_heard(&s->tracker->others.list, &a,
			   at.now - (age > 0 ? age : 0));
}

/* ---- those who wait ---- */

static void answer(struct waiting *w)
{
	struct datagram d = { &w->peer, &w->here, { w->data, w->n } };

	w->answered = true;
	tracker_take_again(w->port, &d);
}

static struct waiting *nth(struct store *s, uint32_t i)
{
	return &s->waiting[(s->first + i) % WAITING];
}

/* In the order in which they came: the first that waits is the first to be late. */
static void look_for_late(struct timer *timer)
{
	struct store *s = container_of(timer, struct store, late);
	struct waiting *w = NULL;
	uint32_t i = 0;

	for (; i < s->n; i++) {
		w = nth(s, i);
		if (!w->answered && w->until > now_of(s))
			break;
		if (!w->answered)
			answer(w);
	}
	if (i < s->n)
		timer_start(timer, s->tracker->net->loop, w->until);
}

/* Its answer is whole. */
static void end_wait(struct store *s, uint32_t tag)
{
	struct waiting *w = &s->waiting[tag];

	w->told = true;
	if (!w->answered)
		answer(w);
	while (s->n > 0 && nth(s, 0)->told) {
		s->first = (s->first + 1) % WAITING;
		s->n--;
	}
}

bool store_defers(struct tracker_asked *a, const struct track *what)
{
	struct store *s = a->tracker->store;
	const struct datagram *d = a->datagram;
	struct waiting *w;
	ptrdiff_t at = what->group.p - d->data.p;
	struct orders o;

	if (!s || a->again || s->n == WAITING || redis_room(&s->redis) == 0)
		return false;
	w = nth(s, s->n);
	*w = (struct waiting){ .port = a->port,
			       .peer = *d->peer,
			       .here = *d->here,
			       .group = { w->data + at, what->group.n },
			       .until = now_of(s) + PATIENCE,
			       .n = d->data.n };
	memcpy(w->data, d->data.p, d->data.n);
	o = orders_of(s);
	if (!order_group(&o, w->group, (uint32_t)(w - s->waiting)))
		return false;
	if (s->n++ == 0 || !timer_runs(&s->late))
		timer_start(&s->late, a->tracker->net->loop, w->until);
	a->later = true;
	return true;
}

/* ---- hearing ---- */

/* It is not as it is in memory: another one, newer, stands for the same member, or
 * there is no place for it in its group.
 */
static bool is_over(struct store *s, const struct ledger *l,
		    struct bytes record)
{
	const struct members *m = &s->tracker->members;
	const struct members_time at = tracker_time(s->tracker);
	const struct group *g = members_group(m, l->group);
	const struct member *v = g ? group_member(g, l->id) : NULL;
	uint8_t lan[TRACK_LAN], room[LEDGER_BODY];
	struct ledger now;

	if (!v)
		return g && g->n >= m->most.group;
	member_tell(&now, v, &at, SPAN(lan));
	return !bytes_equal(order_record(SPAN(room), &now), record);
}

static void hear_member(struct store *s, struct bytes group,
			struct bytes record, int64_t seen)
{
	const struct members_time at = tracker_time(s->tracker);
	const struct orders o = orders_of(s);
	struct tracker *t = s->tracker;
	struct member *m;
	struct ledger l;

	if (ledger_parse(&l, record) < 0 || l.kind != LEDGER_MEMBER)
		return;
	l.group = group;
	l.seen = (uint32_t)seen;
	m = members_revive(&t->members, &l, &at, true);
	if (m) {
		m->shared = true;
		journal_member(t, m);
	} else if (is_over(s, &l, record)) {
		(void)order_forget(&o, group, record); /* or the next time */
	}
}

/* Of WITHSCORES: a record, and then its time. */
static void hear_pair(struct store *s, struct redis_ask what,
		      const struct resp *token)
{
	struct bytes record = { s->record, s->record_n };
	struct cur c = cur_of(token->text);
	uint32_t seen;

	s->paired = !s->paired;
	if (s->paired) {
		s->record_n = min_size(token->text.n, sizeof s->record);
		if (s->record_n)
			memcpy(s->record, token->text.p, s->record_n);
		return;
	}
	if (!cur_number(&c, UINT32_MAX, &seen) || cur_left(&c))
		return;
	if (what.kind == ORDER_TRACKERS)
		hear_tracker(s, record, seen);
	else
		hear_member(s, s->waiting[what.tag].group, record, seen);
}

static void heard(struct redis *r, struct redis_ask what,
		  const struct resp *token, bool last)
{
	struct store *s = store_of(r);

	if (token->kind == RESP_ERROR) {
		char why[RESP_LINE + 1];
		struct fmt f = fmt_to(SPAN(why));

		fmt_bytes(&f, token->text);
		redis_lose(r, fmt_text(&f));
		return;
	}
	if (what.kind != ORDER_GROUP && what.kind != ORDER_TRACKERS)
		return;
	if (token->kind == RESP_TEXT)
		hear_pair(s, what, token);
	if (last && what.kind == ORDER_GROUP)
		end_wait(s, what.tag);
}

/* ---- it comes and goes ---- */

static void say(struct store *s, enum log_level level, const char *what)
{
	char text[REDIS_HOST + 32];
	struct fmt f = fmt_to(SPAN(text));

	redisurl_print(&f, &s->url);
	log_put(s->tracker->net->log, level, "tracker", "%s: %s", fmt_text(&f),
		what);
}

static void up(struct redis *r)
{
	struct store *s = store_of(r);

	say(s, LOG_INFO, s->away ? "is back" : "is there");
	s->away = false;
	s->all = true;
	s->at = 0;
	s->swept = 0;
	fall_behind(s);
	tell_trackers(s);
}

static void down(struct redis *r, const char *why)
{
	struct store *s = store_of(r);
	uint32_t n = s->n;
	char text[LOG_LINE];
	struct fmt f = fmt_to(SPAN(text));

	s->n = 0;
	s->paired = false;
	for (uint32_t i = 0; i < n; i++)
		if (!nth(s, i)->answered)
			answer(nth(s, i));
	if (s->away)
		return;
	s->away = true;
	fmt_put(&f, "%s; served from memory until it is back", why);
	say(s, LOG_WARN, fmt_text(&f));
}

static const struct redis_ops ops = { up, down, heard };

/* A password that stood in argv has been wiped when settings are read again: what
 * it was is in force, as it does not change.
 */
static bool wiped(const char *text)
{
	return *text && strspn(text, "x") == strlen(text);
}

const char *tracker_store_fault(struct tracker_conf *c)
{
	if (!c->store || wiped(c->store) ||
	    redisurl_parse(&c->redis, bytes_of(c->store)) == 0)
		return NULL;
	return "is not redis://[USER:PASSWORD@]HOST[:PORT][/DB]";
}

int store_start(struct tracker *t, struct diag *d)
{
	struct store *s;
	int rc = 0;

	if (!t->conf->redis.host_n)
		return 0;
	s = (struct store *)(void *)mem_reserve(sizeof *s).p;
	if (!s)
		return -NAT_EMEMORY;
	t->store = s;
	s->tracker = t;
	s->url = t->conf->redis;
	timer_init(&s->late, look_for_late);
	timer_init(&s->sweep, sweep);
	timer_init(&s->round, begin_round);
	if (t->conf->store_password)
		rc = redis_read_password(&s->url, t->conf->store_password, d);
	if (rc < 0)
		return rc;
	begin_round(&s->round);
	redis_start(&s->redis, t->net, &s->url, &ops);
	return 0;
}

void store_stop(struct tracker *t)
{
	struct store *s = t->store;

	if (!s)
		return;
	timer_stop(&s->late, t->net->loop);
	timer_stop(&s->sweep, t->net->loop);
	timer_stop(&s->round, t->net->loop);
	if (s->redis.net)
		redis_stop(&s->redis);
	ct_wipe(&s->url, sizeof s->url);
	mem_release((struct span){ (uint8_t *)s, sizeof *s });
}
