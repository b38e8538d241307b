#include "wire/lifetime.h"

enum {
	SENDS = 3,
	WAIT = 600,   /* ms for an answer */
	CLOSE = 1000, /* as near as lived and died need come, */
	PART = 16,    /* or that part of died */
	ROUNDS = 4,
	ROUND_AT = STUN_ID - 3, /* places in an id: whose it is */
	TRY_AT = STUN_ID - 2,
	CALL_AT = STUN_ID - 1
};

/*      CHECK   of the first try alone: do calls arrive at all? */
enum { OPEN, CHECK, IDLE, CALL, ALIVE, DEAD };

static int64_t age_of(const struct lifetime *l, int i)
{
	if (l->round == 0)
		return l->most >> (LIFETIME_TRIES - 1 - i);
	return l->lived + (l->died - l->lived) * (i + 1) / (LIFETIME_TRIES + 1);
}

static void begin(struct lifetime *l, int64_t now)
{
	for (int i = 0; i < LIFETIME_TRIES; i++)
		l->tries[i] = (struct lifetime_try){ .state = OPEN,
						     .age = age_of(l, i),
						     .next = now };
}

void lifetime_init(struct lifetime *l, const struct addr *server, int64_t most,
		   struct bytes random, int64_t now)
{
	*l = (struct lifetime){ .most = most, .server = *server };
	memcpy(l->id, random.p, STUN_ID);
	begin(l, now);
}

/* ---- judging ---- */

/* Is that try still of use, beside what has died? */
static bool matters(const struct lifetime *l, const struct lifetime_try *t)
{
	return t->state < ALIVE && (l->died == 0 || t->age < l->died);
}

static void judge(struct lifetime *l, int64_t now)
{
	int64_t close = l->died / PART > CLOSE ? l->died / PART : CLOSE;

	for (int i = 0; i < LIFETIME_TRIES; i++)
		if (matters(l, &l->tries[i]))
			return;
	l->round++;
	l->over = l->died == 0 || l->round == ROUNDS ||
		  l->died - l->lived <= close;
	if (!l->over)
		begin(l, now);
}

static void lives(struct lifetime *l, struct lifetime_try *t, int64_t now)
{
	t->state = ALIVE;
	if (t->age > l->lived && (l->died == 0 || t->age < l->died))
		l->lived = t->age;
	judge(l, now);
}

static void dies(struct lifetime *l, struct lifetime_try *t, int64_t now)
{
	t->state = DEAD;
	if (l->died == 0 || t->age < l->died)
		l->died = t->age;
	judge(l, now);
}

static void idle(struct lifetime_try *t)
{
	t->state = IDLE;
	t->next = t->since + t->age;
	t->sent = 0;
}

/* Nothing came of what was sent so often. */
static void given_up(struct lifetime *l, struct lifetime_try *t, int64_t now)
{
	t->sent = 0;
	if (t->state == OPEN) {
		l->over = true; /* the server has gone */
	} else if (t->state == CHECK) {
		idle(t); /* calls do not arrive: it is asked again instead */
	} else {
		dies(l, t, now);
	}
}

/* ---- saying ---- */

static bool calls(const struct lifetime *l, const struct lifetime_try *t)
{
	return t->state == CHECK || (t->state == CALL && l->sure);
}

static void print(const struct lifetime *l, const struct lifetime_try *t,
		  struct fmt *f)
{
	struct stun m = { .type = STUN_BINDING };
	bool call = calls(l, t);

	memcpy(m.id, l->id, STUN_ID);
	m.id[ROUND_AT] = l->round;
	m.id[TRY_AT] = (uint8_t)(t - l->tries);
	m.id[CALL_AT] = t->state;
	m.response_port = call ? t->mapped : 0;
	stun_print(f, &m);
}

bool lifetime_say(struct lifetime *l, unsigned *socket, struct fmt *f,
		  int64_t now)
{
	for (int i = 0; i < LIFETIME_TRIES && !l->over; i++) {
		struct lifetime_try *t = &l->tries[i];

		if (!matters(l, t) || t->next > now)
			continue;
		if (t->sent == SENDS) {
			given_up(l, t, now);
			return lifetime_say(l, socket, f, now);
		}
		if (t->state == IDLE)
			t->age = now - t->since; /* it may be late */
		if (t->state == IDLE)
			t->state = CALL;
		t->sent++;
		t->next = now + WAIT;
		*socket = calls(l, t) ? LIFETIME_CALLER : (unsigned)i;
		print(l, t, f);
		return true;
	}
	return false;
}

int64_t lifetime_due(const struct lifetime *l)
{
	int64_t due = -1;

	for (int i = 0; i < LIFETIME_TRIES && !l->over; i++)
		if (matters(l, &l->tries[i]) &&
		    (due < 0 || l->tries[i].next < due))
			due = l->tries[i].next;
	return due;
}

/* ---- hearing ---- */

static void opened(struct lifetime *l, struct lifetime_try *t,
		   const struct stun *m, int64_t now)
{
	t->mapped = m->mapped.port;
	t->since = now;
	t->sent = 0;
	t->next = now;
	if (l->round == 0 && t == l->tries)
		t->state = CHECK;
	else
		idle(t);
}

static void heard(struct lifetime *l, struct lifetime_try *t, unsigned socket,
		  const struct stun *m, int64_t now)
{
	bool here = socket == (unsigned)(t - l->tries);

	if (t->state == OPEN && here) {
		opened(l, t, m, now);
	} else if (t->state == CHECK) {
		l->sure = here; /* or the server has passed the port over */
		t->since = now;
		idle(t);
	} else if (t->state == CALL && here) {
		if (l->sure || m->mapped.port == t->mapped)
			lives(l, t, now);
		else
			dies(l, t, now);
	}
}

void lifetime_hear(struct lifetime *l, unsigned socket, const struct addr *from,
		   struct bytes data, int64_t now)
{
	struct lifetime_try *t;
	struct stun m;

	if (l->over || from->port != l->server.port ||
	    !addr_same_ip(from, &l->server) || stun_parse(&m, data) < 0 ||
	    memcmp(m.id, l->id, ROUND_AT) != 0 || m.id[ROUND_AT] != l->round ||
	    m.id[TRY_AT] >= LIFETIME_TRIES)
		return;
	t = &l->tries[m.id[TRY_AT]];
	if (m.id[CALL_AT] != t->state)
		return;
	if (m.type == STUN_BINDING_OK && m.mapped.family)
		heard(l, t, socket, &m, now);
	else if (m.type == STUN_BINDING_ERROR && t->state == CHECK)
		given_up(l, t, now);
}
