#include "wire/sctp/cubic.h"

enum {
	PATIENCE_LEAST = 50,
	PATIENCE_MOST = 3000,
	ACK_DELAY = 20, /* what a peer may wait for more to acknowledge */
	PACED_FROM = 4, /* ms of round trip; less is left to the window */
	BURST = 10,     /* packets at once */
};

/* ---- round trips ---- */

void rtt_add(struct rtt *r, uint32_t ms)
{
	uint32_t off;

	if (!r->known) {
		*r = (struct rtt){ ms * 8, ms * 2, ms, true };
		return;
	}
	off = ms * 8 > r->smooth ? ms * 8 - r->smooth : r->smooth - ms * 8;
	r->vary = r->vary - r->vary / 4 + off / 8;
	r->smooth = r->smooth - r->smooth / 8 + ms;
	if (ms < r->least)
		r->least = ms;
}

uint32_t rtt_ms(const struct rtt *r)
{
	return r->smooth / 8;
}

uint32_t rtt_patience(const struct rtt *r, unsigned tries)
{
	uint64_t ms = rtt_ms(r) + r->vary + ACK_DELAY;

	if (!r->known)
		ms = 500;
	if (ms < PATIENCE_LEAST)
		ms = PATIENCE_LEAST;
	ms <<= tries < 8 ? tries : 8;
	return (uint32_t)(ms < PATIENCE_MOST ? ms : PATIENCE_MOST);
}

/* ---- the window ---- */

void cubic_init(struct cubic *c, uint32_t unit)
{
	*c = (struct cubic){ .unit = unit,
			     .window = CUBIC_START * unit,
			     .threshold = CUBIC_MOST,
			     .since = -1,
			     .round_rtt = UINT32_MAX,
			     .last_rtt = UINT32_MAX };
}

/* The largest whole number whose cube is at most n. */
static uint32_t cube_root(uint64_t n)
{
	uint64_t root = 0;

	for (int bit = 20; bit >= 0; bit--) {
		uint64_t more = root | 1ull << bit;

		if (more * more * more <= n)
			root = more;
	}
	return (uint32_t)root;
}

/* RFC 9438 4.2: 0.4 (t - K)^3 + peak, in packets and seconds. */
static uint64_t curve(const struct cubic *c, int64_t ms)
{
	int64_t t = ms - c->top_ms, bytes;

	if (t > 60000)
		t = 60000;
	bytes = t * t * t / 100000 * 4 / 1000 * c->unit / 100;
	bytes += c->peak;
	return bytes > 0 ? (uint64_t)bytes : 0;
}

static void climb(struct cubic *c, const struct rtt *r,
		  const struct cubic_ack *a)
{
	uint64_t aim;

	if (c->since < 0) { /* slow start has ended without a loss */
		c->since = a->now;
		c->peak = c->fair = c->window;
		c->top_ms = 0;
	}
	aim = curve(c, a->now - c->since + rtt_ms(r));
	c->fair += (uint32_t)((uint64_t)a->n * c->unit * 9 / 17 / c->window);
	if (aim > c->window / 2 * 3)
		aim = c->window / 2 * 3;
	if (aim > c->window)
		c->window += (uint32_t)((aim - c->window) * a->n / c->window);
	if (c->window < c->fair)
		c->window = c->fair;
}

static void next_round(struct cubic *c, const struct cubic_ack *a)
{
	if ((int32_t)(a->serial - c->round_end) < 0)
		return;
	c->round_end = a->next;
	c->last_rtt = c->round_rtt;
	c->round_rtt = UINT32_MAX;
}

void cubic_ack(struct cubic *c, const struct rtt *r, const struct cubic_ack *a)
{
	next_round(c, a);
	if (!a->full)
		return;
	if (c->window < c->threshold)
		c->window += a->n;
	else
		climb(c, r, a);
	if (c->window > CUBIC_MOST)
		c->window = CUBIC_MOST;
}

void cubic_trip(struct cubic *c, uint32_t ms)
{
	uint32_t more;

	if (ms < c->round_rtt)
		c->round_rtt = ms;
	if (c->window >= c->threshold || c->last_rtt == UINT32_MAX ||
	    c->window < 16 * c->unit)
		return;
	more = c->last_rtt / 8;
	more = more < 4 ? 4 : more > 16 ? 16 : more;
	if (c->round_rtt >= c->last_rtt + more)
		c->threshold = c->window;
}

static void cut_to(struct cubic *c, uint32_t window)
{
	uint32_t least = CUBIC_LEAST * c->unit;

	c->window = window > least ? window : least;
	c->threshold = c->fair = c->window;
}

/* RFC 9438 4.6, 4.7. */
void cubic_loss(struct cubic *c, int64_t now)
{
	uint32_t was = c->window;

	c->before = was;
	c->above = c->threshold;
	c->peak = was < c->peak ? was / 20 * 17 : was;
	cut_to(c, was / 10 * 7);
	c->since = now;
	c->top_ms = c->peak > c->window
			    ? cube_root((uint64_t)(c->peak - c->window) *
					2500000000 / c->unit)
			    : 0;
}

void cubic_regret(struct cubic *c)
{
	if (c->before <= c->window)
		return;
	c->window = c->before;
	c->threshold = c->above;
	c->since = -1;
	c->before = 0;
}

void cubic_silence(struct cubic *c)
{
	uint32_t was = c->window;

	cut_to(c, was / 2);
	c->peak = was;
	c->since = -1;
	c->window = CUBIC_LEAST * c->unit;
}

/* ---- pacing ---- */

/* Bytes a ms, in 256ths: a quarter more than the window allows, in slow start twice
 * as much.
 */
static uint64_t rate(const struct cubic *c, const struct rtt *r)
{
	uint64_t w = (uint64_t)c->window * 256 * 8;

	w += c->window < c->threshold ? w : w / 4;
	return w / r->smooth;
}

static bool paced(const struct rtt *r)
{
	return r->known && rtt_ms(r) >= PACED_FROM;
}

bool pace_may(struct pace *p, const struct cubic *c, const struct rtt *r,
	      int64_t now)
{
	int64_t most = BURST * (int64_t)c->unit, ms = now - p->at, per_ms;

	if (!paced(r)) {
		*p = (struct pace){ most, now };
		return true;
	}
	if (ms <= 0)
		return p->credit > 0;
	per_ms = (int64_t)(rate(c, r) / 256);
	p->credit += per_ms * (ms < 1000 ? ms : 1000);
	if (most < per_ms * 2)
		most = per_ms * 2;
	if (p->credit > most)
		p->credit = most;
	p->at = now;
	return p->credit > 0;
}

void pace_sent(struct pace *p, size_t n)
{
	p->credit -= (int64_t)n;
}

int64_t pace_due(const struct pace *p, const struct cubic *c,
		 const struct rtt *r)
{
	uint64_t owed = p->credit < 0 ? (uint64_t)-p->credit : 0;

	if (!paced(r))
		return -1;
	return p->at + 1 + (int64_t)(owed * 256 / (rate(c, r) + 1));
}
