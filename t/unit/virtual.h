/* virtual - a loop in virtual time, without descriptors: instead of waiting it
 * moves the clock to the next timer, so an hour takes as long as its events. A
 * loop in which nothing would ever happen again has run dry: what hangs in the
 * product is seen at once here.
 *
 * It stands in for os/clock.c and the backend of os/loop.c; so a test includes
 * either this or rig.h. With wire.h below, whole stacks of streams run on it.
 */
#ifndef NAT_T_UNIT_VIRTUAL_H
#define NAT_T_UNIT_VIRTUAL_H

#include "unit.h"
#include "alloc.h"
#include "os/backend.h"
#include "os/clock.h"

enum virtual_end { VIRTUAL_QUIT, VIRTUAL_DRY, VIRTUAL_LATE };

static struct {
	int64_t now, until;   /* ms */
	uint32_t turns, most; /* a test fails at most turns (0: never) */
	enum virtual_end end;
} virtual_time = { .now = 1000 };

int64_t clock_ms(void)
{
	return virtual_time.now;
}

int64_t clock_unix(void)
{
	return 1700000000 + virtual_time.now / 1000;
}

int backend_open(struct loop *l, int most_fd)
{
	(void)l, (void)most_fd;
	return 0;
}

void backend_close(struct loop *l)
{
	(void)l;
}

int backend_arm(struct loop *l, struct io *io)
{
	(void)l, (void)io;
	fail_msg("a descriptor in virtual time");
	return -NAT_ENOTSUP;
}

int backend_wait(struct loop *l, int ms)
{
	if (++virtual_time.turns == virtual_time.most)
		fail_msg("still at it after %u turns", virtual_time.turns);
	if (ms >= 0 && virtual_time.now + ms <= virtual_time.until) {
		virtual_time.now += ms;
		return 0;
	}
	virtual_time.end = ms < 0 ? VIRTUAL_DRY : VIRTUAL_LATE;
	l->quit = true;
	return 0;
}

/* The clock goes on from where the test before has left it. */
static inline void virtual_start(struct loop *l, uint32_t most)
{
	virtual_time.turns = 0;
	virtual_time.most = most;
	assert_int_equal(loop_open(l, 0), 0);
}

/* Until somebody sets quit, nothing is left to happen, or ms have passed. */
static inline enum virtual_end virtual_run(struct loop *l, int64_t ms)
{
	unsigned allocs = alloc_calls();

	l->quit = false;
	virtual_time.end = VIRTUAL_QUIT;
	virtual_time.until = virtual_time.now + ms;
	assert_int_equal(loop_run(l), 0);
	assert_int_equal(alloc_calls(), allocs);
	return virtual_time.end;
}

#endif
