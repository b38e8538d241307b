#include "wire/dtls/flight.h"
#include "wire/tls/proto.h"

enum { CUT_LEAST = 64 }; /* bytes of a message: less is not worth a record */

static uint32_t clamp(int64_t ms, uint32_t least, uint32_t most)
{
	return ms < least ? least : ms > most ? most : (uint32_t)ms;
}

static void set_wait(struct flight *f, int64_t rtt_ms)
{
	f->wait = clamp(2 * rtt_ms, FLIGHT_LEAST, FLIGHT_FIRST);
}

void flight_start(struct flight *f, uint32_t rtt_ms)
{
	memset(f, 0, offsetof(struct flight, room));
	set_wait(f, rtt_ms ? rtt_ms : FLIGHT_UNKNOWN);
}

/* RFC 6298 3: what was said twice measures nothing. */
void flight_heard(struct flight *f, int64_t now)
{
	if (!flight_waits(f))
		return;
	if (!f->again)
		set_wait(f, now - f->out);
	f->again = true;
	f->out = now;
}

void flight_answered(struct flight *f)
{
	f->n = f->at = 0;
	f->used = f->done = 0;
	f->going = f->again = f->asked = false;
}

/* ---- messages ---- */

struct pack flight_room(struct flight *f)
{
	return pack_to(
		(struct span){ f->room + f->used, sizeof f->room - f->used });
}

bool flight_add(struct flight *f, uint8_t type, uint8_t epoch,
		const struct pack *body)
{
	struct flight_message *m = &f->said[f->n];

	if (f->n == FLIGHT_MESSAGES || body->full)
		return false;
	*m = (struct flight_message){ type, epoch, f->seq, f->used,
				      (uint16_t)body->n };
	if (type != FLIGHT_CCS)
		f->seq++;
	f->used = (uint16_t)(f->used + body->n);
	f->n++;
	return true;
}

struct bytes flight_last(const struct flight *f, uint8_t head[GATHER_HEAD])
{
	const struct flight_message *m = &f->said[f->n - 1];

	gather_head(head, m->type, m->seq, m->n);
	return (struct bytes){ f->room + m->at, m->n };
}

/* ---- time ---- */

void flight_go(struct flight *f)
{
	f->at = 0;
	f->done = 0;
	f->going = f->n > 0;
}

bool flight_waits(const struct flight *f)
{
	return f->n > 0 && !f->going;
}

int64_t flight_due(const struct flight *f)
{
	return f->asked ? INT64_MAX : f->out + f->wait;
}

void flight_late(struct flight *f)
{
	if (f->wait < FLIGHT_MOST)
		f->wait = clamp(2 * (int64_t)f->wait, 0, FLIGHT_MOST);
	f->again = true;
	flight_go(f);
}

void flight_missed(struct flight *f, int64_t now)
{
	if (!flight_waits(f) || now - f->out < f->wait / 2)
		return;
	f->again = true;
	flight_go(f);
}

/* ---- datagrams ---- */

/* How much of m goes into so much room; SIZE_MAX: nothing. */
static size_t piece(const struct flight *f, const struct flight_message *m,
		    const struct epoch *way, struct span to)
{
	size_t left = (size_t)m->n - f->done, around = epoch_around(way);
	size_t most;

	around += m->type == FLIGHT_CCS ? 0 : GATHER_HEAD;
	if (around + left <= to.n)
		return left;
	most = to.n > around ? to.n - around : 0;
	return m->type != FLIGHT_CCS && most >= CUT_LEAST ? most : SIZE_MAX;
}

static size_t put(struct flight *f, const struct flight_message *m,
		  struct epoch *way, uint8_t *to, size_t n)
{
	uint8_t *text = to + epoch_front(way);
	size_t head = m->type == FLIGHT_CCS ? 0 : GATHER_HEAD;

	if (head) {
		gather_head(text, m->type, m->seq, m->n);
		gather_cut(text, f->done, n);
	}
	memcpy(text + head, f->room + m->at + f->done, n);
	f->done = (uint16_t)(f->done + n);
	return epoch_seal(way, to, head + n,
			  head ? TLS_HANDSHAKE : TLS_CHANGE_CIPHER_SPEC);
}

/* Whether it would go whole into a datagram of its own, but not behind others. */
static bool rather_alone(const struct flight *f, size_t used, size_t n,
			 size_t most)
{
	const struct flight_message *m = &f->said[f->at];

	return used > 0 && f->done + n < m->n &&
	       (size_t)m->n + EPOCH_AROUND + GATHER_HEAD <= most;
}

size_t flight_pack(struct flight *f, const struct flight_ways *w,
		   struct span to, int64_t now)
{
	size_t used = 0;

	while (f->going) {
		const struct flight_message *m = &f->said[f->at];
		struct epoch *way = w->ways[m->epoch];
		struct span left = { to.p + used, to.n - used };
		size_t n = piece(f, m, way, left);

		if (n == SIZE_MAX || rather_alone(f, used, n, to.n))
			break;
		used += put(f, m, way, left.p, n);
		if (f->done < m->n)
			continue;
		f->done = 0;
		f->going = ++f->at < f->n;
	}
	if (used > 0)
		f->out = now;
	return used;
}
