#include "app/peer/sessions.h"
#include "os/rand.h"

enum { LASTS = 60 * 1000 };

void sessions_init(struct sessions *ss, const struct map_seed *seed)
{
	list_init(&ss->idle);
	ss->seed = *seed;
}

static uint32_t hash(const struct sessions *ss, const uint8_t *token)
{
	return map_mix(&ss->seed, (struct bytes){ token, CHAIN_SESSION });
}

void sessions_use(struct sessions *ss, struct session *s, int64_t now)
{
	s->used = now;
	list_remove(&s->idle);
	list_append(&ss->idle, &s->idle);
}

struct session *sessions_begin(struct sessions *ss, struct peers *ps,
			       struct peer *a, const struct peer *b,
			       enum session_kind kind)
{
	struct session *s;

	if (a->sessions == SESSIONS_EACH)
		return NULL;
	s = slots_get(&ss->rows);
	if (!s)
		return NULL;
	rand_fill((struct span){ s->token, CHAIN_SESSION });
	map_put(&ss->by_token, &s->node, hash(ss, s->token));
	list_init(&s->idle);
	s->a = slots_name(&ps->rows, a);
	s->b = slots_name(&ps->rows, b);
	s->kind = (uint8_t)kind;
	a->sessions++;
	sessions_use(ss, s, a->seen);
	return s;
}

struct session *sessions_of(const struct sessions *ss, const struct chain *m,
			    enum session_kind kind)
{
	uint32_t h = hash(ss, m->session);
	struct map_node *at = NULL;

	while ((at = map_find(&ss->by_token, h, at))) {
		struct session *s = container_of(at, struct session, node);

		if (s->kind == kind &&
		    !memcmp(s->token, m->session, CHAIN_SESSION))
			return s;
	}
	return NULL;
}

void sessions_end(struct sessions *ss, struct peers *ps, struct session *s)
{
	struct peer *a = slots_find(&ps->rows, s->a);

	if (a)
		a->sessions--;
	map_remove(&ss->by_token, &s->node);
	list_remove(&s->idle);
	slots_put(&ss->rows, s);
}

void sessions_expire(struct sessions *ss, struct peers *ps, int64_t now)
{
	list_each (at, &ss->idle) {
		struct session *s = container_of(at, struct session, idle);

		if (now - s->used < LASTS)
			return;
		sessions_end(ss, ps, s);
	}
}
