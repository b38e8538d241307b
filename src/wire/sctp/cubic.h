/* cubic - how much may be under way, and how fast it goes out: CUBIC (RFC 9438), a
 * slow start that ends when delay grows (RFC 9406, in spirit), pacing.
 *
 * All in integers; bytes and ms. Round trips are measured here too (RFC 9260 6.3.1).
 */
#ifndef NAT_WIRE_SCTP_CUBIC_H
#define NAT_WIRE_SCTP_CUBIC_H

#include "base/span.h"

struct rtt {
	uint32_t smooth, vary; /* eighths and fourths of ms */
	uint32_t least;        /* ms */
	bool known;
};

/* One trip took that long; ms. */
void rtt_add(struct rtt *r, uint32_t ms);
uint32_t rtt_ms(const struct rtt *r);
/* How long to wait for an answer before doubting, times 2^tries. */
uint32_t rtt_patience(const struct rtt *r, unsigned tries);

enum { CUBIC_LEAST = 4, CUBIC_START = 10, CUBIC_MOST = 64 << 20 };

struct cubic {              /* fields are private to cubic.c but for window */
	uint32_t window;    /* bytes that may be under way */
	uint32_t threshold; /* of slow start */
	uint32_t peak;      /* the window when something was lost last */
	uint32_t fair;      /* what Reno would have */
	uint32_t unit;      /* bytes of a full packet */
	int64_t since;      /* of the last loss; -1: none yet */
	uint32_t top_ms;    /* from then until peak is reached again */
	uint32_t before, above; /* window and threshold that a loss has cut */
	uint32_t round_end; /* a serial: the round of slow start ends by it */
	uint32_t round_rtt, last_rtt;
};

void cubic_init(struct cubic *c, uint32_t unit);
/* n bytes were acknowledged. full: they were all that the window allowed; without,
 * it does not grow. serial: of the newest of them; next: of the next packet.
 */
struct cubic_ack {
	uint32_t n;
	bool full;
	uint32_t serial, next;
	int64_t now;
};
void cubic_ack(struct cubic *c, const struct rtt *r, const struct cubic_ack *a);
/* A trip took that long: slow start looks. */
void cubic_trip(struct cubic *c, uint32_t ms);
/* Something was lost: once a round trip. */
void cubic_loss(struct cubic *c, int64_t now);
/* It was not. */
void cubic_regret(struct cubic *c);
/* Nothing comes back any more. */
void cubic_silence(struct cubic *c);

struct pace {
	int64_t credit; /* bytes */
	int64_t at;
};

/* May n bytes go now? If so they have. */
bool pace_may(struct pace *p, const struct cubic *c, const struct rtt *r,
	      int64_t now);
void pace_sent(struct pace *p, size_t n);
/* When may the next go, if not now; -1: it may. */
int64_t pace_due(const struct pace *p, const struct cubic *c,
		 const struct rtt *r);

#endif
