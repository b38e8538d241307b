#include "app/tracker/orders.h"

enum {
	MORE = 4 /* times as many records as members in a group: several of one */
};

static const char trackers_key[] = "nat:trackers";

/* ---- words of commands ---- */

struct words {
	struct fmt f; /* where those lie that are made */
	size_t n;
	struct bytes v[10];
	uint8_t room[TRACK_GROUP + 128];
};

static void begin(struct words *w, struct bytes command)
{
	w->f = fmt_to(SPAN(w->room));
	w->v[0] = command;
	w->n = 1;
}

static void add(struct words *w, struct bytes word)
{
	w->v[w->n++] = word;
}

static void add_number(struct words *w, const char *before, int64_t n)
{
	size_t from = w->f.n;

	fmt_put(&w->f, "%s%lld", before, (long long)n);
	add(w, (struct bytes){ w->room + from, w->f.n - from });
}

static void add_group(struct words *w, struct bytes group)
{
	size_t from = w->f.n;

	fmt_put(&w->f, "nat:g:");
	fmt_bytes(&w->f, group);
	add(w, (struct bytes){ w->room + from, w->f.n - from });
}

static bool ask(const struct orders *o, const struct words *w,
		struct redis_ask what)
{
	return redis_ask(o->redis, what, w->v, w->n) == 0;
}

static bool write(const struct orders *o, const struct words *w)
{
	return ask(o, w, (struct redis_ask){ .kind = ORDER_WRITE });
}

/* ---- keys of any kind ---- */

/* GT: a newer time stays. */
static bool put(const struct orders *o, struct bytes key, int64_t seen,
		struct bytes value)
{
	struct words w;

	begin(&w, BYTES("ZADD"));
	add(&w, key);
	add(&w, BYTES("GT"));
	add_number(&w, "", seen);
	add(&w, value);
	return write(o, &w);
}

/* What is older than lasts, and what is too much, goes; and the key some day. */
static bool trim(const struct orders *o, struct bytes key, int64_t lasts,
		 int64_t most)
{
	struct words w;
	bool all;

	begin(&w, BYTES("ZREMRANGEBYSCORE"));
	add(&w, key);
	add(&w, BYTES("-inf"));
	add_number(&w, "(", o->unix - lasts);
	all = write(o, &w);
	begin(&w, BYTES("ZREMRANGEBYRANK"));
	add(&w, key);
	add(&w, BYTES("0"));
	add_number(&w, "", -most - 1);
	all = all && write(o, &w);
	begin(&w, BYTES("EXPIRE"));
	add(&w, key);
	add_number(&w, "", lasts + 1);
	return all && write(o, &w);
}

/* The newest first. */
static bool read(const struct orders *o, struct words *w, int64_t lasts,
		 struct redis_ask what)
{
	add(w, BYTES("+inf"));
	add_number(w, "(", o->unix - lasts);
	add(w, BYTES("WITHSCORES"));
	add(w, BYTES("LIMIT"));
	add(w, BYTES("0"));
	add_number(w, "", MORE * o->group);
	return ask(o, w, what);
}

/* ---- members ---- */

struct bytes order_record(struct span to, const struct ledger *l)
{
	struct ledger bare = *l;
	struct fmt f = fmt_to(to);

	bare.seen = 0;
	bare.group = BYTES("");
	ledger_print(&f, &bare);
	return fmt_done(&f);
}

bool order_forget(const struct orders *o, struct bytes group,
		  struct bytes record)
{
	struct words w;

	begin(&w, BYTES("ZREM"));
	add_group(&w, group);
	add(&w, record);
	return write(o, &w);
}

bool order_member(const struct orders *o, const struct ledger *l,
		  struct bytes was)
{
	uint8_t room[LEDGER_BODY];
	struct bytes is = order_record(SPAN(room), l);
	struct words key;

	begin(&key, BYTES(""));
	add_group(&key, l->group);
	if (was.n > 0 && !bytes_equal(was, is) &&
	    !order_forget(o, l->group, was))
		return false;
	return put(o, key.v[1], l->seen, is) &&
	       trim(o, key.v[1], o->lasts, MORE * o->group);
}

bool order_group(const struct orders *o, struct bytes group, uint32_t tag)
{
	struct words w;

	begin(&w, BYTES("ZREVRANGEBYSCORE"));
	add_group(&w, group);
	return read(o, &w, o->lasts, (struct redis_ask){ ORDER_GROUP, tag });
}

/* ---- trackers ---- */

bool order_tracker(const struct orders *o, struct bytes addr, int64_t heard)
{
	return put(o, bytes_of(trackers_key), heard, addr);
}

bool order_trackers(const struct orders *o, int64_t lasts, uint32_t most)
{
	struct words w;

	begin(&w, BYTES("ZREVRANGEBYSCORE"));
	add(&w, bytes_of(trackers_key));
	return trim(o, bytes_of(trackers_key), lasts, most) &&
	       read(o, &w, lasts, (struct redis_ask){ .kind = ORDER_TRACKERS });
}
