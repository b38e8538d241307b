#include "app/tracker/members.h"

enum {
	SECOND = 1000, /* ms */
	TRIES = 8,     /* how many may give way for a group */
	STALE_S = 8    /* what is kept elsewhere of a member may be so old */
};

void members_init(struct members *m, const struct members_limits *most,
		  const struct map_seed *seed)
{
	m->most = *most;
	m->seed = *seed;
	list_init(&m->idle[false]);
	list_init(&m->idle[true]);
}

/* ---- LAN fields ---- */

static void drop_text(struct members *m, struct member_text *t)
{
	while (t) {
		struct member_text *next = t->next;

		slots_put(&m->texts, t);
		t = next;
	}
}

/* False: there is no room. */
static bool keep_text(struct members *m, struct member *to, struct bytes b)
{
	struct member_text *first = NULL, **at = &first;

	for (size_t done = 0; done < b.n; done += MEMBER_TEXT) {
		struct member_text *t = slots_get(&m->texts);

		*at = t;
		if (!t) {
			drop_text(m, first);
			return false;
		}
		memcpy(t->p, b.p + done, min_size(b.n - done, MEMBER_TEXT));
		at = &t->next;
	}
	to->lan = first;
	to->lan_n = (uint8_t)b.n;
	return true;
}

void member_print_lan(struct fmt *f, const struct member *m)
{
	size_t left = m->lan_n;

	for (const struct member_text *t = m->lan; t; t = t->next) {
		size_t n = min_size(left, MEMBER_TEXT);

		fmt_bytes(f, (struct bytes){ t->p, n });
		left -= n;
	}
}

static bool same_text(const struct member *m, struct bytes b)
{
	const struct member_text *t = m->lan;

	if (m->lan_n != b.n)
		return false;
	for (size_t done = 0; done < b.n; done += MEMBER_TEXT, t = t->next)
		if (memcmp(t->p, b.p + done,
			   min_size(b.n - done, MEMBER_TEXT)) != 0)
			return false;
	return true;
}

/* ---- addresses and names as keys ---- */

static struct bytes host_of(const uint8_t from[16], uint8_t room[16])
{
	struct addr a = { .family = ADDR_IP6 };

	memcpy(a.ip, from, 16);
	addr_host(room, &a);
	return (struct bytes){ room, 16 };
}

/* The same in every run and every tracker. Nobody gains by two names of one hash:
 * what has no MAC can be claimed by anybody, and a MAC is shown to nobody.
 */
static uint64_t mix(struct bytes b)
{
	static const struct map_seed one = { { 0x6e617420, 0x74726163 } },
				     other = { { 0x6b657220, 0x6e616d65 } };

	return (uint64_t)map_mix(&one, b) << 32 | map_mix(&other, b);
}

/* Who it is within its group: its MAC, or what it says of itself. */
uint64_t joining_id(const struct joining *j)
{
	uint8_t key[24 + TRACK_LAN] = { 0 };
	struct bytes lan = j->what->lan, mac = j->what->mac;

	if (j->id)
		return j->id;
	if (mac.n > 0 && !bytes_are(mac, "0"))
		return mix(mac) | 1; /* never equal to one without */
	addr_cut(key, &j->at, 128);
	key[16] = (uint8_t)(j->at.port >> 8);
	key[17] = (uint8_t)j->at.port;
	key[18] = j->what->fields > 3;
	if (lan.n)
		memcpy(key + 24, lan.p, lan.n);
	return mix((struct bytes){ key, 24 + lan.n }) & ~(uint64_t)1;
}

/* ---- coming and going ---- */

static void remove_member(struct members *m, struct member *v)
{
	struct group *g = v->group;
	uint8_t room[16];

	sketch_drop(&m->crowd, host_of(v->from, room));
	list_remove(&v->in_group);
	list_remove(&v->idle);
	drop_text(m, v->lan);
	slots_put(&m->rows, v);
	if (--g->n > 0)
		return;
	map_remove(&m->by_name, &g->node);
	slots_put(&m->groups, g);
}

/* How many of the rings must give way for such a one. */
static int ways(const struct joining *j)
{
	return 1 + j->proven - j->humble;
}

/* Who gives way in the whole table; NULL: nobody does for such a one. */
static struct member *last_of_all(struct members *m, int ways)
{
	for (int i = 0; i < ways; i++)
		if (!list_alone(&m->idle[i]))
			return container_of(m->idle[i].next, struct member,
					    idle);
	return NULL;
}

static struct member *last_of_group(const struct group *g, int ways)
{
	if (ways == 0)
		return NULL;
	list_each (at, &g->members) {
		struct member *v = container_of(at, struct member, in_group);

		if (!v->proven)
			return v;
	}
	return ways > 1 ? container_of(g->members.next, struct member, in_group)
			: NULL;
}

static bool make_way(struct members *m, struct member *last)
{
	if (!last)
		return false;
	remove_member(m, last);
	m->gave_way++;
	return true;
}

static uint32_t hash_of(const struct members *m, struct bytes name)
{
	return map_mix(&m->seed, name);
}

struct group *members_group(const struct members *m, struct bytes name)
{
	struct map_node *n = NULL;
	uint32_t hash = hash_of(m, name);

	while ((n = map_find(&m->by_name, hash, n)) != NULL) {
		struct group *g = container_of(n, struct group, node);

		if (bytes_equal((struct bytes){ g->name, g->name_n }, name))
			return g;
	}
	return NULL;
}

static struct group *make_group(struct members *m, const struct joining *j)
{
	struct bytes name = j->what->group;
	struct group *g = slots_get(&m->groups);

	for (int i = 0; !g && i < TRIES; i++) {
		if (!make_way(m, last_of_all(m, ways(j))))
			return NULL;
		g = slots_get(&m->groups);
	}
	if (!g)
		return NULL;
	list_init(&g->members);
	g->name_n = (uint8_t)name.n;
	if (name.n)
		memcpy(g->name, name.p, name.n);
	map_put(&m->by_name, &g->node, hash_of(m, name));
	return g;
}

struct member *group_member(const struct group *g, uint64_t id)
{
	list_each (at, &g->members) {
		struct member *v = container_of(at, struct member, in_group);

		if (v->id == id)
			return v;
	}
	return NULL;
}

/* In its group by the time when it came: one that was remembered elsewhere may
 * stand before others.
 */
static void link_member(struct members *m, struct group *g, struct member *v)
{
	struct list *next = &g->members;

	while (next->prev != &g->members &&
	       container_of(next->prev, struct member, in_group)->seen_s >
		       v->seen_s)
		next = next->prev;
	list_append(next, &v->in_group);
	list_append(&m->idle[v->proven], &v->idle);
}

void member_vouch(struct member *m, const struct addr *at)
{
	m->at = *at;
	m->vouched = true;
	m->kept = m->shared = false;
}

static void place(struct member *v, const struct joining *j)
{
	bool own = addr_same_ip(&j->at, &j->from) || j->vouched;

	if (!own && v->vouched && v->at.port == j->at.port &&
	    addr_same_ip(&v->at, &j->at))
		return;
	v->at = own ? j->at : j->from;
	v->vouched = j->vouched;
}

static int32_t seconds_of(const struct joining *j)
{
	return (int32_t)(j->now / SECOND);
}

/* What it says now: false when its LAN field finds no room. */
static bool tell(struct members *m, struct member *v, const struct joining *j)
{
	struct bytes lan = j->what->lan;
	struct member_text *was = v->lan;

	if (!same_text(v, lan)) {
		if (!keep_text(m, v, lan))
			return false;
		drop_text(m, was);
	}
	place(v, j);
	v->fields = j->what->fields;
	v->seen_s = seconds_of(j);
	return true;
}

static bool crowded(const struct members *m, const struct addr *from)
{
	uint8_t room[16];

	addr_host(room, from);
	return sketch_of(&m->crowd, (struct bytes){ room, sizeof room }) >=
	       m->most.address;
}

static void move(struct members *m, struct member *v, const uint8_t from[16])
{
	uint8_t was[16], is[16];

	sketch_drop(&m->crowd, host_of(v->from, was));
	memcpy(v->from, from, sizeof v->from);
	sketch_add(&m->crowd, host_of(v->from, is));
}

/* What others have kept of it is still what it is. */
static bool as_before(const struct member *was, const struct member *is)
{
	return was->seen_s / STALE_S == is->seen_s / STALE_S &&
	       was->lan == is->lan && was->fields == is->fields &&
	       was->proven == is->proven && was->vouched == is->vouched &&
	       was->at.port == is->at.port && addr_same_ip(&was->at, &is->at) &&
	       memcmp(was->from, is->from, sizeof was->from) == 0;
}

/* Told of elsewhere: it is older than what is here, or the same. */
static bool is_old(const struct member *v, const struct joining *j)
{
	uint8_t from[16];

	if (!j->id || v->seen_s != seconds_of(j))
		return j->id && v->seen_s > seconds_of(j);
	addr_cut(from, &j->from, 128);
	return same_text(v, j->what->lan) && v->fields == j->what->fields &&
	       v->proven == j->proven && v->vouched == j->vouched &&
	       v->at.port == j->at.port && addr_same_ip(&v->at, &j->at) &&
	       memcmp(from, v->from, sizeof from) == 0;
}

/* It is there already: it becomes the newest. */
static bool come_again(struct members *m, struct member *v,
		       const struct joining *j)
{
	struct member was = *v;
	uint8_t from[16];
	bool moved;

	addr_cut(from, &j->from, 128);
	moved = memcmp(from, v->from, sizeof from) != 0;
	if (is_old(v, j) || (moved && crowded(m, &j->from)) || !tell(m, v, j))
		return false;
	if (moved)
		move(m, v, from);
	v->proven = j->proven || (v->proven && !moved);
	if (!as_before(&was, v))
		v->kept = v->shared = false;
	list_remove(&v->in_group);
	list_remove(&v->idle);
	link_member(m, v->group, v);
	return true;
}

static struct member *new_row(struct members *m, int ways)
{
	struct member *v = slots_get(&m->rows);

	if (!v && make_way(m, last_of_all(m, ways)))
		v = slots_get(&m->rows);
	return v;
}

static struct member *enter(struct members *m, struct group *g, uint64_t id,
			    const struct joining *j)
{
	struct member *v = new_row(m, ways(j));
	uint8_t room[16];

	if (!v)
		return NULL;
	v->id = id;
	v->group = g;
	v->proven = j->proven;
	addr_cut(v->from, &j->from, 128);
	if (!tell(m, v, j)) {
		slots_put(&m->rows, v);
		return NULL;
	}
	sketch_add(&m->crowd, host_of(v->from, room));
	link_member(m, g, v);
	g->n++;
	return v;
}

static bool may_enter(struct members *m, const struct group *g,
		      const struct joining *j)
{
	if (crowded(m, &j->from))
		return false;
	return g->n <= m->most.group || /* it is held by one more */
	       make_way(m, last_of_group(g, ways(j)));
}

static struct member *join(struct members *m, struct group *g,
			   const struct joining *j)
{
	uint64_t id = joining_id(j);
	struct member *v = group_member(g, id);

	if (v)
		return come_again(m, v, j) ? v : NULL;
	g->n++; /* it stays while others give way */
	v = may_enter(m, g, j) ? enter(m, g, id, j) : NULL;
	g->n--;
	return v;
}

struct group *members_join(struct members *m, const struct joining *j,
			   struct member **as)
{
	struct group *g = members_group(m, j->what->group);

	*as = NULL;
	if (!g)
		g = make_group(m, j);
	if (g)
		*as = join(m, g, j);
	if (!j->id)
		*(*as ? &m->came : &m->refused) += 1;
	if (!g || g->n > 0)
		return g;
	map_remove(&m->by_name, &g->node); /* nobody is in it */
	slots_put(&m->groups, g);
	return NULL;
}

bool members_expire(struct members *m, int64_t now, int64_t ttl, unsigned most)
{
	for (int i = 0; i < 2; i++) {
		while (!list_alone(&m->idle[i])) {
			struct member *v = container_of(m->idle[i].next,
							struct member, idle);

			if ((int64_t)v->seen_s * SECOND + ttl > now)
				break;
			if (most-- == 0)
				return true;
			remove_member(m, v);
			m->expired++;
		}
	}
	return false;
}

/* ---- what is remembered elsewhere ---- */

void member_tell(struct ledger *l, const struct member *m,
		 const struct members_time *at, struct span lan)
{
	struct fmt f = fmt_to(lan);

	member_print_lan(&f, m);
	*l = (struct ledger){
		.kind = LEDGER_MEMBER,
		.fields = m->fields,
		.marks = (uint8_t)((m->proven ? LEDGER_PROVEN : 0) |
				   (m->vouched ? LEDGER_VOUCHED : 0)),
		.port = m->at.port,
		.seen = (uint32_t)(at->unix - at->now / SECOND + m->seen_s),
		.id = m->id,
		.group = { m->group->name, m->group->name_n },
		.lan = fmt_done(&f),
	};
	memcpy(l->from, m->from, sizeof l->from);
	addr_cut(l->at, &m->at, 128);
}

static struct addr addr_back(const uint8_t cut[16], uint16_t port)
{
	struct addr a = { .family = ADDR_IP6, .port = port };

	memcpy(a.ip, cut, sizeof a.ip);
	return a;
}

struct member *members_revive(struct members *m, const struct ledger *l,
			      const struct members_time *at, bool humble)
{
	const struct track what = { .kind = TRACK_JOIN,
				    .fields = l->fields,
				    .group = l->group,
				    .lan = l->lan };
	int64_t age = (at->unix - (int64_t)l->seen) * SECOND;
	struct joining j = { .what = &what,
			     .from = addr_back(l->from, 0),
			     .at = addr_back(l->at, l->port),
			     .proven = l->marks & LEDGER_PROVEN,
			     .vouched = l->marks & LEDGER_VOUCHED,
			     .humble = humble,
			     .id = l->id,
			     .now = at->now - (age > 0 ? age : 0) };
	struct member *as = NULL;

	if (age < at->ttl && l->id)
		members_join(m, &j, &as);
	return as;
}
