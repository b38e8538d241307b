/* chan_pair - two associations, 0 calls 1, whose datagrams go straight from one to the
 * other, in skipped time. Over a rig.
 *
 *	chan_pair_start(come, &ask);    come: a channel is opened at e
 *	... chan_open(..., &chan_pair.ends[0].assoc, ...)
 *	chan_pair_pass(20);             ms, in each of which all happens that can
 *	... what has channels lets them go
 *	chan_pair_stop();
 */
#ifndef NAT_T_UNIT_CHAN_PAIR_H
#define NAT_T_UNIT_CHAN_PAIR_H

#include "rig.h"
#include "net/chan.h"

struct chan_end {
	struct rtc *rtc;
	struct assoc assoc;
	const char *over; /* why; NULL: it is not */
	bool open;
};

static struct {
	struct rig rig;
	struct chan_end ends[2];
	void (*come)(struct chan_end *e, uint16_t sid,
		     const struct dcep_open *o);
	bool cut; /* no datagram arrives */
} chan_pair;

static inline struct chan_end *chan_end_of(struct assoc *a)
{
	return container_of(a, struct chan_end, assoc);
}

static inline void chan_pair_carry(struct assoc *a, struct bytes b)
{
	static uint8_t room[ASSOC_PACKET];
	struct chan_end *to = &chan_pair.ends[chan_end_of(a) == chan_pair.ends];

	if (chan_pair.cut)
		return;
	memcpy(room, b.p, b.n);
	assoc_hear(&to->assoc, (struct span){ room, b.n });
}

static inline void chan_pair_flush(struct assoc *a)
{
	(void)a;
}

static inline void chan_pair_open(struct assoc *a)
{
	chan_end_of(a)->open = true;
}

static inline void chan_pair_come(struct assoc *a, uint16_t sid,
				  const struct dcep_open *o)
{
	chan_pair.come(chan_end_of(a), sid, o);
}

static inline void chan_pair_over(struct assoc *a, const char *why)
{
	chan_end_of(a)->over = why;
}

static inline void chan_pair_pass(int ms)
{
	for (; ms > 0; ms--) {
		rig_turns(&chan_pair.rig, 4);
		rig_clock.skipped++;
	}
}

static inline void chan_pair_prepare(struct fingerprint prints[2])
{
	for (int i = 0; i < 2; i++) {
		struct chan_end *e = &chan_pair.ends[i];

		*e = (struct chan_end){ .open = false };
		assert_int_equal(rtc_start(&e->rtc, &chan_pair.rig.net), 0);
		fingerprint_make(&prints[i], &hash_sha256,
				 e->rtc->self.cert.der);
	}
}

/* Until both are open. second: of ends[1], what is not known here; or NULL. */
static inline void chan_pair_start(void (*come)(struct chan_end *, uint16_t,
						const struct dcep_open *),
				   const struct assoc_ask *second)
{
	static const struct assoc_ops ops = { chan_pair_carry, chan_pair_flush,
					      chan_pair_open, chan_pair_come,
					      chan_pair_over };
	static const struct net_limits limits = { .memory = 16 << 20 };
	struct fingerprint prints[2];

	rig_start(&chan_pair.rig, &limits, 40000);
	chan_pair.come = come;
	chan_pair.cut = false;
	chan_pair_prepare(prints);
	for (int i = 0; i < 2; i++) {
		struct assoc_ask ask = { .nbelieved = 0 };

		if (i == 1 && second)
			ask = *second;
		ask.ops = &ops;
		ask.role = i ? TLS_SERVER : TLS_CLIENT;
		ask.believed = &prints[!i];
		ask.nbelieved = 1;
		assert_int_equal(assoc_start(&chan_pair.ends[i].assoc,
					     chan_pair.ends[i].rtc, &ask),
				 0);
		assoc_path(&chan_pair.ends[i].assoc, 1);
	}
	chan_pair_pass(100);
	assert_true(chan_pair.ends[0].open && chan_pair.ends[1].open);
}

static inline void chan_pair_stop(void)
{
	for (int i = 0; i < 2; i++)
		assoc_stop(&chan_pair.ends[i].assoc);
	for (int i = 0; i < 2; i++)
		rtc_stop(chan_pair.ends[i].rtc);
	rig_stop(&chan_pair.rig);
}

#endif
