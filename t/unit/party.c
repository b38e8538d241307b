#include "party.h"
#include "unit.h"

/* Byte number i of what one says; of messages byte i of number k. */
static uint8_t voice(const struct party *p, bool own, uint32_t k, uint64_t i)
{
	uint64_t x = p->conf.seed + (own == p->conf.second) + 2 * (i / 8 + 1) +
		     ((uint64_t)k << 40);

	x *= 0x9e3779b97f4a7c15;
	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9;
	return (uint8_t)(x >> (8 * (i % 8)));
}

static uint32_t some(struct party *p, size_t most)
{
	return most ? 1 + unit_rand(&p->chance) % (uint32_t)most : 0;
}

/* Stops here for this turn. */
static bool moody(struct party *p)
{
	if (unit_rand(&p->chance) % 1000 >= p->conf.moody)
		return false;
	soon_start(&p->again, p->loop);
	return true;
}

static bool deaf(const struct party *p)
{
	return p->conf.deaf_after && p->heard >= p->conf.deaf_after;
}

/* ---- bytes ---- */

static void hear_bytes(struct party *p)
{
	struct span in;

	while (!deaf(p) && !moody(p) && (in = stream_peek(p->s, 1)).p) {
		size_t n = some(p, min_size(in.n, p->conf.piece));

		for (size_t i = 0; i < n; i++)
			if (in.p[i] != voice(p, false, 0, p->heard + i))
				fail_msg("byte %lu is not what was said",
					 (unsigned long)(p->heard + i));
		stream_take(p->s, n);
		p->heard += n;
	}
}

static void say_bytes(struct party *p)
{
	while (p->said < p->conf.say && !moody(p)) {
		struct span out = stream_reserve(p->s, 1);
		uint64_t left = p->conf.say - p->said;
		size_t n;

		if (!out.p)
			return;
		n = some(p, min_size(out.n, p->conf.piece));
		n = n < left ? n : (size_t)left;
		for (size_t i = 0; i < n; i++)
			out.p[i] = voice(p, true, 0, p->said + i);
		stream_commit(p->s, n);
		p->said += n;
	}
}

/* ---- messages: number, 4 bytes; then the voice ---- */

static uint32_t size_of(const struct party *p, bool own, uint32_t k)
{
	uint32_t r =
		voice(p, own, k, 1000001) * 256u + voice(p, own, k, 1000002);

	return 4 + r % (p->conf.piece - 3);
}

static uint32_t number_of(const struct party *p, struct span in)
{
	uint32_t k = 0;

	assert_true(in.n >= 4);
	memcpy(&k, in.p, 4);
	assert_int_equal(in.n, size_of(p, false, k));
	for (size_t i = 4; i < in.n; i++)
		if (in.p[i] != voice(p, false, k, i))
			fail_msg("byte %zu of message %u is damaged", i, k);
	return k;
}

static void hear_msgs(struct party *p)
{
	bool lossy = p->s->ops->kind == STREAM_LOSSY;
	struct span in;

	while (!deaf(p) && !moody(p) && (in = stream_peek(p->s, 1)).p) {
		uint32_t k = number_of(p, in);

		if (!lossy)
			assert_int_equal(k, p->next);
		p->repeated += k < p->next;
		p->next = k >= p->next ? k + 1 : p->next;
		stream_take(p->s, in.n);
		p->heard++;
	}
}

static void say_msgs(struct party *p)
{
	while (p->said < p->conf.say && !moody(p)) {
		uint32_t k = (uint32_t)p->said, n = size_of(p, true, k);
		struct span out = stream_reserve(p->s, n);

		if (!out.p)
			return;
		assert_true(out.n >= n);
		for (uint32_t i = 4; i < n; i++)
			out.p[i] = voice(p, true, k, i);
		memcpy(out.p, &k, 4);
		stream_commit(p->s, n);
		p->said++;
	}
}

/* ---- both ---- */

static void end(struct party *p, int err)
{
	p->err = err;
	p->over = true;
	if (p->done)
		p->done(p);
}

static void look(struct party *p)
{
	bool bytes = p->s->ops->kind == STREAM_BYTES;

	bytes ? hear_bytes(p) : hear_msgs(p);
	bytes ? say_bytes(p) : say_msgs(p);
	if (p->said == p->conf.say && !p->conf.keeps)
		stream_finish(p->s);
	if (p->s->err || p->over || !p->s->ended || deaf(p) ||
	    !p->s->finished || stream_peek(p->s, 1).p)
		return;
	if (p->s->ops->kind != STREAM_LOSSY)
		assert_true(p->heard == p->conf.hear);
	end(p, 0);
}

static void again(struct soon *s)
{
	look(container_of(s, struct party, again));
}

static void wake(struct waker *w, unsigned what)
{
	struct party *p = container_of(w, struct party, waker);

	if (what & STREAM_DOWN)
		end(p, p->s->err);
	else
		look(p);
}

void party_start(struct party *p, struct loop *l, struct stream *s,
		 const struct party_conf *conf, void (*done)(struct party *))
{
	*p = (struct party){ .s = s, .conf = *conf, .done = done, .loop = l };
	p->conf.piece = conf->piece ? conf->piece : 1000;
	p->chance = conf->seed * 2 + 1 + conf->second;
	p->waker.wake = wake;
	s->up = &p->waker;
	soon_init(&p->again, again);
	soon_start(&p->again, l);
}

void party_stop(struct party *p)
{
	soon_stop(&p->again);
}
