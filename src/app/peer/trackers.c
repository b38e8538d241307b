#include "app/peer/trackers.h"
#include "crypt/hash.h"

enum {
	KEEP = 25 * 1000, /* ms between registrations */
	AGAIN = 1000,     /* of silence, doubled */
	LOOK_UP = 30 * 1000,
	COOKIE_LASTS = 55 * 1000,
	NEW_FORM = 5,
	OLD_FORM = 3
};

const char *trackers_group_fault(const char *group)
{
	if (strlen(group) > TRACK_GROUP)
		return "is too long";
	return strchr(group, '/') ? "must not have a / in it" : NULL;
}

/* ---- asking ---- */

/* Those who only seek share an id: a tracker keeps one line for all of them. */
static void make_id(struct trackers *ts)
{
	struct fmt f = fmt_to(SPAN(ts->id));
	uint8_t digest[SHA256_SIZE];
	struct hash h;

	hash_init(&h, &hash_sha256);
	hash_add(&h, bytes_of(ts->group));
	hash_add(&h, (struct bytes){ ts->node->self->id, CHAIN_ID });
	hash_end(&h, digest);
	if (ts->node->rules.public)
		fmt_hex(&f, (struct bytes){ digest, TRACKERS_ID / 2 });
	else
		fmt_put(&f, "seeks");
	fmt_text(&f);
}

static void ask(const struct tracker_at *t, bool old)
{
	struct trackers *ts = t->of;
	uint8_t room[TRACK_MOST];
	struct fmt f = fmt_to(SPAN(room));
	const struct track what = { .kind = TRACK_JOIN,
				    .fields = old ? OLD_FORM : NEW_FORM,
				    .group = bytes_of(ts->group),
				    .public = BYTES("0"),
				    .lan = BYTES("0"),
				    .mac = bytes_of(ts->id),
				    .cookie = { t->cookie, t->cookie_n } };

	track_print(&f, &what);
	ts->node->ops->send(ts->node, &t->at, fmt_done(&f), 0);
}

static void ask_again(struct tracker_at *t, int64_t now)
{
	int64_t wait = (int64_t)AGAIN << (t->tries < 5 ? t->tries : 5);

	ask(t, t->tries % 2); /* an original one knows no others */
	t->next = now + (wait < KEEP ? wait : KEEP);
	if (t->tries < UINT8_MAX - 1)
		t->tries++;
}

/* Who introduces is there for others; who does not, while it needs one. */
static bool has_business(const struct trackers *ts)
{
	return ts->node->rules.public || node_seeks(ts->node);
}

/* ---- names ---- */

static void found(struct resolve *r, const struct found *f)
{
	struct tracker_at *t = container_of(r, struct tracker_at, resolve);

	for (uint8_t i = 0; i < f->n && t->at.family != ADDR_IP4; i++) {
		t->at = f->addrs[i];
		t->at.port = t->where.port;
		t->next = t->of->net->loop->now;
	}
	if (f->last && f->err < 0)
		log_warn(t->of->net->log, "peer", "tracker %.*s: %s",
			 (int)t->where.host.n, (const char *)t->where.host.p,
			 err_text(f->err));
	t->of->changed(t->of);
}

static void look_up(struct tracker_at *t, int64_t now)
{
	if (t->look)
		resolve_stop(&t->resolve);
	resolve_start(&t->resolve, t->of->net, t->where.host, found);
	t->look = now + LOOK_UP;
}

/* ---- hearing ---- */

static void take_cookie(struct tracker_at *t, struct bytes cookie, int64_t now)
{
	bool first = t->cookie_n == 0 || now - t->cookie_from > COOKIE_LASTS;

	if (cookie.n > TRACK_COOKIE)
		return;
	t->cookie_n = (uint8_t)cookie.n;
	t->cookie_from = now;
	memcpy(t->cookie, cookie.p, cookie.n);
	if (first)
		t->next = now; /* it has not told all */
}

static void take_line(struct tracker_at *t, const struct track_line *line,
		      bool own)
{
	struct addr a;

	if (line->cookie.n)
		take_cookie(t, line->cookie, t->of->node->now);
	else if (!own && addr_parse(&a, line->public) == 0)
		node_told(t->of->node, &a, NULL);
}

static void take_answer(struct tracker_at *t, struct bytes answer)
{
	struct cur c = cur_of(answer);
	struct track_line line;

	t->tries = 0;
	t->next = t->of->node->now + KEEP;
	for (bool own = true; track_next_line(&c, &line); own = false)
		take_line(t, &line, own);
}

bool trackers_hear(struct trackers *ts, const struct addr *from,
		   struct bytes answer)
{
	for (uint32_t i = 0; i < ts->n; i++)
		if (ts->each[i].at.family && node_same(&ts->each[i].at, from)) {
			take_answer(&ts->each[i], answer);
			return true;
		}
	return false;
}

/* ---- time ---- */

void trackers_tick(struct trackers *ts)
{
	int64_t now = ts->node->now;

	for (uint32_t i = 0; i < ts->n && has_business(ts); i++) {
		struct tracker_at *t = &ts->each[i];

		if (t->look <= now && (!t->at.family || t->tries > 3))
			look_up(t, now);
		if (t->at.family && t->next <= now)
			ask_again(t, now);
	}
}

int64_t trackers_due(const struct trackers *ts)
{
	int64_t due = INT64_MAX;

	for (uint32_t i = 0; i < ts->n && has_business(ts); i++) {
		const struct tracker_at *t = &ts->each[i];
		int64_t next = t->at.family ? t->next : t->look;

		due = next < due ? next : due;
	}
	return due;
}

/* ---- life ---- */

int trackers_start(struct trackers *ts, struct node *node,
		   const struct opt_list *where, const char *group)
{
	ts->node = node;
	ts->group = group;
	if (where->n)
		make_id(ts);
	for (; ts->n < where->n; ts->n++) {
		struct tracker_at *t = &ts->each[ts->n];
		int rc = hostport_parse(&t->where, bytes_of(where->v[ts->n]));

		if (rc < 0 || t->where.host.n == 0)
			return -NAT_EINVAL;
		t->of = ts;
		t->at.family = ADDR_NONE;
		if (!t->where.port)
			t->where.port = TRACK_PORT;
	}
	return 0;
}

void trackers_stop(struct trackers *ts)
{
	for (uint32_t i = 0; i < ts->n; i++)
		if (ts->each[i].look)
			resolve_stop(&ts->each[i].resolve);
}
