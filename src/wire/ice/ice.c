#include "wire/ice/ice.h"
#include "crypt/crc.h"
#include "crypt/hmac.h"
#include "wire/ice/inner.h"

const char *ice_reason(enum ice_reason reason)
{
#define X(name, text) [ICE_NO_##name] = (text),
	static const char *const texts[] = { ICE_REASONS(X) };
#undef X

	return texts[reason];
}

/* ---- chance ---- */

void ice_draw(struct ice *a, uint8_t *to, size_t n)
{
	uint8_t number[8], drawn[SHA256_SIZE];

	for (size_t i = 0; i < sizeof number; i++)
		number[i] = (uint8_t)(a->chance.drawn >> 8 * i);
	a->chance.drawn++;
	hmac_of(&hash_sha256, (struct bytes){ a->chance.seed, ICE_SEED },
		(struct bytes){ number, sizeof number }, drawn);
	memcpy(to, drawn, n);
}

static void draw_text(struct ice *a, uint8_t *to, size_t n)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789+/";

	ice_draw(a, to, n);
	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)letters[to[i] & 63];
}

static void new_side(struct ice *a)
{
	struct ice_side *s = &a->sides[a->gen];

	*s = (struct ice_side){ .ufrag_n = 0 };
	draw_text(a, s->ufrag, sizeof s->ufrag);
	draw_text(a, s->pwd, sizeof s->pwd);
}

/* ---- what we are ---- */

void ice_init(struct ice *a, const struct ice_conf *conf, int64_t now)
{
	uint8_t serial[4];

	*a = (struct ice){ .favour = -1, .chosen = -1 };
	memcpy(a->chance.seed, conf->seed.p, ICE_SEED);
	ice_draw(a, a->chance.tie, sizeof a->chance.tie);
	ice_draw(a, a->chance.salt[0], sizeof a->chance.salt[0]);
	ice_draw(a, a->chance.salt[1], sizeof a->chance.salt[1]);
	ice_draw(a, serial, sizeof serial);
	memcpy(&a->chance.serial, serial, sizeof serial);
	a->is.controlling = conf->controlling && !conf->lite;
	a->is.lite = conf->lite;
	a->times.patience = conf->patience ? conf->patience : ICE_PATIENCE;
	a->times.fresh = now;
	new_side(a);
}

struct bytes ice_ufrag(const struct ice *a)
{
	return (struct bytes){ a->sides[a->gen].ufrag, ICE_OWN_UFRAG };
}

struct bytes ice_pwd(const struct ice *a)
{
	return (struct bytes){ a->sides[a->gen].pwd, ICE_OWN_PWD };
}

/* A candidate of ours, unless it is one already. */
int ice_new_local(struct ice *a, const struct ice_local *l)
{
	for (unsigned i = 0; i < a->nlocals; i++)
		if (ice_same(&a->locals[i].addr, &l->addr) &&
		    (l->type == ICE_SRFLX || a->locals[i].base == l->base))
			return 0;
	if (a->nlocals == ICE_LOCALS)
		return -NAT_ELIMIT;
	a->locals[a->nlocals++] = *l;
	return 0;
}

/* Sockets in the owner's order, those of IPv6 before all of IPv4. */
static unsigned preference(const struct addr *addr, unsigned base)
{
	return (addr->family == ADDR_IP6 ? 0x8000 : 0) | (0x7fff - base);
}

int ice_add(struct ice *a, unsigned base, enum ice_type type,
	    const struct addr *addr, int64_t now)
{
	struct ice_local l = { .addr = ice_plain(addr),
			       .base = (uint8_t)base,
			       .type = (uint8_t)type };
	int rc;

	if (base >= ICE_BASES || ice_home(a, base))
		return -NAT_ELIMIT;
	l.priority = candidate_priority(type, preference(&l.addr, base));
	rc = ice_new_local(a, &l);
	if (rc < 0)
		return rc;
	if (type == ICE_HOST)
		ice_add_queries(a, base, now);
	ice_pair_base(a, base, now);
	return 0;
}

void ice_remove(struct ice *a, unsigned base)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < a->npairs; i++)
		if (a->pairs[i].state && a->pairs[i].base == base)
			ice_free_pair(a, i);
	for (unsigned i = 0; i < a->nlocals; i++)
		if (a->locals[i].base != base)
			a->locals[kept++] = a->locals[i];
	a->nlocals = (uint8_t)kept;
	kept = 0;
	for (unsigned i = 0; i < a->nqueries; i++)
		if (a->queries[i].base != base)
			a->queries[kept++] = a->queries[i];
	a->nqueries = (uint8_t)kept;
}

void ice_added(struct ice *a)
{
	a->is.added = true;
}

/* ---- what they are ---- */

/* So few bits that an accident is possible, and harmless: a check more. */
static uint16_t sum_of(struct bytes ufrag)
{
	uint32_t sum = crc32(0, ufrag);

	return (uint16_t)(ufrag.n ? (sum ^ sum >> 16) | 1 : 0);
}

static uint16_t their_sum(const struct ice *a)
{
	const struct ice_side *s = &a->sides[a->gen];

	return sum_of((struct bytes){ s->theirs, s->ufrag_n });
}

static bool are_chars(struct bytes b, size_t least)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] <= ' ' || b.p[i] > '~' || b.p[i] == ':')
			return false;
	return b.n >= least && b.n <= ICE_UFRAG;
}

static void learn(struct ice_side *s, const struct ice_theirs *t)
{
	s->ufrag_n = (uint16_t)t->ufrag.n;
	memcpy(s->theirs, t->ufrag.p, t->ufrag.n);
	s->key_n = (uint8_t)t->pwd.n;
	if (t->pwd.n <= sizeof s->key) {
		memcpy(s->key, t->pwd.p, t->pwd.n);
		return;
	}
	struct hash h; /* RFC 2104: what HMAC would do each time */

	hash_init(&h, &hash_sha1);
	hash_add(&h, t->pwd);
	hash_end(&h, s->key);
	s->key_n = SHA1_SIZE;
}

/* Candidates that came early are of this description, or of another. */
static void sort_early(struct ice *a, int64_t now)
{
	uint16_t sum = their_sum(a);

	for (unsigned i = 0; i < a->nremotes; i++) {
		struct ice_remote *r = &a->remotes[i];

		if (!r->addr.family || r->gen == (a->gen ^ 1))
			continue;
		if (r->ufrag && r->ufrag != sum) {
			ice_drop_remote(a, i);
			continue;
		}
		r->gen = a->gen;
		ice_pair_remote(a, i, now);
	}
}

static bool same_as_known(const struct ice_side *s, const struct ice_theirs *t)
{
	struct ice_side other;

	learn(&other, t);
	return s->ufrag_n == other.ufrag_n && s->key_n == other.key_n &&
	       memcmp(s->theirs, other.theirs, s->ufrag_n) == 0 &&
	       memcmp(s->key, other.key, s->key_n) == 0;
}

int ice_describe(struct ice *a, const struct ice_theirs *theirs, int64_t now)
{
	if (!are_chars(theirs->ufrag, 4) || !are_chars(theirs->pwd, 22))
		return -NAT_EPROTO;
	if (theirs->lite && a->is.lite)
		return -NAT_ENOTSUP;
	if (ice_knows(a, a->gen)) {
		if (same_as_known(&a->sides[a->gen], theirs))
			return 0;
		ice_restart(a, now);
	}
	learn(&a->sides[a->gen], theirs);
	if (theirs->lite)
		ice_switch_role(a, true);
	a->times.start = a->times.fresh = now;
	a->state = ICE_CHECKING;
	sort_early(a, now);
	return 0;
}

/* What was learned from a check gives way to what is told of it. */
static bool know_better(struct ice *a, const struct ice_remote *r)
{
	int at = ice_find_remote(a, &r->addr, r->gen);

	if (at < 0)
		return false;
	if (a->remotes[at].type == ICE_PRFLX) {
		a->remotes[at].type = r->type;
		a->remotes[at].priority = r->priority;
	}
	return true;
}

int ice_candidate(struct ice *a, const struct candidate *c, int64_t now)
{
	struct ice_remote r = { .addr = ice_plain(&c->addr),
				.priority = c->priority,
				.ufrag = sum_of(c->ufrag),
				.type = c->type,
				.gen = a->gen };
	int at;

	if (!c->udp || c->component != 1)
		return 0;
	if (!c->addr.family)
		return 1;
	if (!ice_usable(&r.addr))
		return 0;
	if (ice_knows(a, a->gen) && r.ufrag && r.ufrag != their_sum(a))
		r.gen = ICE_LATER;
	r.addr.scope = 0;
	if (know_better(a, &r))
		return 0;
	at = ice_new_remote(a, &r);
	if (at < 0)
		return -NAT_ELIMIT;
	a->times.fresh = now;
	if (r.gen == a->gen)
		ice_pair_remote(a, (unsigned)at, now);
	return 0;
}

void ice_ended(struct ice *a)
{
	a->is.ended = true;
}

/* ---- again ---- */

/* All but the pair in use, and what is to come. */
static void forget(struct ice *a, int kept)
{
	for (unsigned i = 0; i < a->npairs; i++)
		if ((int)i != kept)
			ice_free_pair(a, i);
	for (unsigned i = 0; i < a->nremotes; i++)
		if ((kept < 0 || a->pairs[kept].remote != i) &&
		    a->remotes[i].gen != ICE_LATER)
			a->remotes[i].addr.family = ADDR_NONE;
}

void ice_retell(struct ice *a)
{
	a->told.gathered = false;
	for (unsigned i = 0; i < a->nlocals; i++)
		a->locals[i].told = false;
}

void ice_restart(struct ice *a, int64_t now)
{
	forget(a, a->chosen);
	a->is.kept = a->chosen >= 0;
	if (!a->is.kept)
		a->sides[a->gen ^ 1] = (struct ice_side){ .ufrag_n = 0 };
	if (a->is.kept && ice_gen(a, &a->pairs[a->chosen]) == a->gen)
		a->gen ^= 1;
	new_side(a);
	a->favour = -1;
	a->state = ICE_NEW;
	a->reason = ICE_NO_REASON;
	a->is.ended = a->is.settled = false;
	a->times.start = a->times.settle = 0;
	a->times.fresh = now;
	a->told.failed = false;
	ice_retell(a);
	ice_ask_again(a, now);
}

/* ---- in and out ---- */

bool ice_output(struct ice *a, struct ice_out *out, int64_t now)
{
	ice_judge(a, now);
	return ice_say_answer(a, out) || ice_say_query(a, out, now) ||
	       ice_say_check(a, out, now);
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t ice_due(const struct ice *a)
{
	if (a->nanswers)
		return 0;
	return sooner(sooner(ice_query_due(a), ice_check_due(a)),
		      ice_judge_due(a));
}

enum ice_state ice_state(const struct ice *a)
{
	return (enum ice_state)a->state;
}

bool ice_path(const struct ice *a, struct ice_path *path, int64_t now)
{
	const struct ice_pair *p = &a->pairs[a->chosen < 0 ? 0 : a->chosen];
	const struct ice_local *l;

	if (a->chosen < 0)
		return false;
	l = ice_home_of(a, p->base);
	*path = (struct ice_path){
		.base = p->base,
		.to = a->remotes[p->remote].addr,
		.rtt = p->rtt,
		.silent = (uint32_t)now - p->heard,
		.here = l->type,
		.there = a->remotes[p->remote].type,
		.nominated = p->flags & PAIR_NOMINATED,
	};
	path->to.scope = l->addr.scope;
	return true;
}

void ice_explain(const struct ice *a, struct fmt *f)
{
	unsigned tried = 0, answered = 0;

	for (unsigned i = 0; i < a->npairs; i++) {
		tried += a->pairs[i].state > PAIR_WAITING;
		answered += a->pairs[i].state == PAIR_VALID;
	}
	fmt_put(f, ", %u of %u pairs answer", answered, tried);
}
