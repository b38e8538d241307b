#include "wire/ice/inner.h"

enum {
	SETTLE_LEAST = 20, /* ms behind the first valid pair, for better ones */
	SETTLE_MOST = 200,
	SETTLE_RELAY = 500, /* when that leads over a relay */
	SETTLE_RELAY_MOST = 2000,
	FADED = 3000, /* ms without a check of theirs: they have left it */
	TOO_LONG = 3  /* times patience, however fresh the last candidate is */
};

/* ---- pairs ---- */

/* It answers, or has not been silent for long. */
static bool is_firm(const struct ice_pair *p, int64_t now)
{
	return p->state == PAIR_VALID &&
	       (p->sends < ICE_SHAKY || (uint32_t)now - p->heard < ICE_QUIET);
}

/* Of the present description; -1: none. */
static int best_firm(const struct ice *a, int64_t now)
{
	int best = -1;

	for (int i = 0; i < a->npairs; i++) {
		const struct ice_pair *p = &a->pairs[i];

		if (!is_firm(p, now) || ice_gen(a, p) != a->gen)
			continue;
		if (best < 0 ||
		    ice_weight(a, p) > ice_weight(a, &a->pairs[best]))
			best = i;
	}
	return best;
}

static bool is_better_pending(const struct ice *a, const struct ice_pair *than)
{
	for (unsigned i = 0; i < a->npairs; i++) {
		const struct ice_pair *p = &a->pairs[i];

		if ((p->state == PAIR_WAITING || p->state == PAIR_PROGRESS) &&
		    ice_weight(a, p) > ice_weight(a, than))
			return true;
	}
	return false;
}

/* ---- nomination ---- */

static int64_t clamp(int64_t n, int64_t least, int64_t most)
{
	return n < least ? least : n > most ? most : n;
}

static int64_t settle_of(const struct ice *a, const struct ice_pair *p)
{
	if (ice_relayed(a, p))
		return clamp(3 * (int64_t)p->rtt, SETTLE_RELAY,
			     SETTLE_RELAY_MOST);
	return clamp(p->rtt, SETTLE_LEAST, SETTLE_MOST);
}

/* The one nomination that is meant. */
static void withdraw(struct ice *a, const struct ice_pair *but)
{
	for (unsigned i = 0; i < a->npairs; i++)
		if (&a->pairs[i] != but)
			a->pairs[i].flags =
				(uint8_t)(a->pairs[i].flags & ~PAIR_NOMINATE);
}

/* The latest of theirs, but not a worse one than they still use. */
static void favour(struct ice *a, struct ice_pair *p, int64_t now)
{
	const struct ice_pair *old =
		a->favour < 0 ? NULL : &a->pairs[a->favour];

	p->flags |= PAIR_NOMINATED;
	if (!old || !is_firm(old, now) || a->is.controlling ||
	    ice_weight(a, p) >= ice_weight(a, old) ||
	    (uint32_t)now - old->asked > FADED)
		a->favour = (int8_t)(p - a->pairs);
	withdraw(a, p);
}

void ice_valid(struct ice *a, struct ice_pair *p, int64_t now)
{
	int64_t settle;

	p->heard = (uint32_t)now;
	p->sends = 0;
	p->state = PAIR_VALID;
	if (ice_gen(a, p) != a->gen)
		return;
	settle = now + settle_of(a, p);
	if (!a->times.settle || settle < a->times.settle)
		a->times.settle = settle;
	if (p->flags & (PAIR_NOMINATE | PAIR_WANTED))
		favour(a, p, now);
	p->flags = (uint8_t)(p->flags & ~(PAIR_NOMINATE | PAIR_WANTED));
}

void ice_wanted(struct ice *a, struct ice_pair *p, int64_t now)
{
	if (p->state == PAIR_VALID && ice_gen(a, p) == a->gen)
		favour(a, p, now);
	else
		p->flags |= PAIR_WANTED;
}

/* One that is out, and may yet be answered. */
static bool is_nominating(const struct ice *a, int64_t now)
{
	for (unsigned i = 0; i < a->npairs; i++)
		if (is_firm(&a->pairs[i], now) &&
		    a->pairs[i].flags & PAIR_NOMINATE)
			return true;
	return false;
}

/* Again only away from a relay, or from what answers no more: RFC 8445 8.1.1 knows
 * one nomination, but everybody follows a later one.
 */
static bool is_enough(const struct ice *a, const struct ice_pair *best,
		      int64_t now)
{
	const struct ice_pair *p = a->favour < 0 ? NULL : &a->pairs[a->favour];

	return p == best || (p && is_firm(p, now) &&
			     (!ice_relayed(a, p) || ice_relayed(a, best)));
}

static void nominate(struct ice *a, int64_t now)
{
	int best = best_firm(a, now);
	struct ice_pair *p = &a->pairs[best < 0 ? 0 : best];

	if (best < 0 || !a->is.controlling)
		return;
	if (is_enough(a, p, now)) {
		withdraw(a, NULL);
		return;
	}
	if (is_nominating(a, now))
		return;
	if (!a->is.settled && is_better_pending(a, p))
		return;
	a->is.settled = true;
	p->flags |= PAIR_NOMINATE;
	p->serial = a->chance.serial++; /* what is under way says nothing */
	p->sends = 0;
	ice_hurry(p, now);
}

/* ---- the path ---- */

/* Nobody gives up what he has before there is something that answers. */
static int choose(const struct ice *a, int64_t now)
{
	int best = best_firm(a, now);

	if (a->favour >= 0 && is_firm(&a->pairs[a->favour], now))
		return a->favour;
	return best < 0 ? a->chosen : best;
}

/* The path of the description before has had its time. */
static void leave_old(struct ice *a)
{
	for (unsigned i = 0; i < a->nremotes; i++)
		if (a->remotes[i].addr.family &&
		    a->remotes[i].gen == (a->gen ^ 1))
			ice_drop_remote(a, i);
	a->sides[a->gen ^ 1] = (struct ice_side){ .ufrag_n = 0 };
	a->is.kept = false;
}

static void take_path(struct ice *a, int to, int64_t now)
{
	struct ice_pair *p = &a->pairs[to];

	if (to != a->chosen && !a->is.lite && p->next > now + ICE_BEAT)
		p->next = now + ICE_BEAT;
	a->chosen = (int8_t)to;
	if (ice_gen(a, p) != a->gen)
		return;
	a->state = ICE_CONNECTED;
	a->reason = ICE_NO_REASON;
	if (a->is.kept)
		leave_old(a);
}

/* ---- the end ---- */

static void expire(struct ice *a, int64_t now)
{
	for (unsigned i = 0; i < a->npairs; i++) {
		struct ice_pair *p = &a->pairs[i];

		if (p->state != PAIR_VALID ||
		    (uint32_t)now - p->heard < ICE_CONSENT)
			continue;
		p->state = PAIR_LOST;
		if (a->favour == (int)i)
			a->favour = -1;
		if (a->chosen == (int)i)
			a->chosen = -1;
	}
}

static enum ice_reason why_not(const struct ice *a)
{
	bool any = false;

	for (unsigned i = 0; i < a->npairs; i++)
		if (a->pairs[i].state)
			return ICE_NO_SILENCE;
	for (unsigned i = 0; i < a->nremotes; i++)
		any = any || a->remotes[i].addr.family;
	if (a->nlocals == 0)
		return ICE_NO_LOCAL;
	return any ? ICE_NO_PAIR : ICE_NO_REMOTE;
}

/* RFC 8863 4, and while they may have more to tell half as much again. */
static int64_t deadline(const struct ice *a)
{
	int64_t half = a->is.ended ? 0 : a->times.patience / 2;
	int64_t fresh = a->times.fresh + a->times.patience + half;
	int64_t most = a->times.start + TOO_LONG * a->times.patience;

	return fresh < most ? fresh : most;
}

static void end(struct ice *a, enum ice_reason reason)
{
	a->state = ICE_DEAD;
	a->reason = (uint8_t)reason;
	a->told.failed = false;
}

void ice_judge(struct ice *a, int64_t now)
{
	int to;

	expire(a, now);
	if (a->times.settle && now >= a->times.settle)
		a->is.settled = true;
	nominate(a, now);
	to = choose(a, now);
	if (to >= 0)
		take_path(a, to, now);
	else if (a->state == ICE_CONNECTED)
		end(a, ICE_NO_CONSENT);
	if (a->state == ICE_CHECKING && now >= deadline(a))
		end(a, why_not(a));
}

int64_t ice_judge_due(const struct ice *a)
{
	if (a->state == ICE_CHECKING)
		return deadline(a);
	if (a->is.lite && a->chosen >= 0)
		return a->pairs[a->chosen].next;
	return a->is.controlling && a->times.settle && !a->is.settled
		       ? a->times.settle
		       : INT64_MAX;
}
