/* loop - the one place where the program waits.
 *
 * Handles live inside the structs that use them; the loop allocates nothing
 * after loop_open and never touches a handle again once its callback runs.
 * When a _stop function has returned, that handle's callback will not run, even
 * for an event already fetched, and its storage is the owner's again; so a
 * callback may stop and release anything, itself included.
 *
 * Readiness is level-triggered. Changes of interest are collected and applied
 * once before the wait; interest in nothing removes the descriptor from the
 * kernel's set, so that a hang-up cannot spin. An error or hang-up is reported
 * as whatever is wanted. One wait takes at most LOOP_BATCH events.
 */
#ifndef NAT_OS_LOOP_H
#define NAT_OS_LOOP_H

#include "base/err.h"
#include "base/heap.h"
#include "base/list.h"
#include "base/span.h"

enum { LOOP_IN = 1, LOOP_OUT = 2 };
enum { LOOP_BATCH = 32 };

struct loop;

struct io {
	struct loop *loop; /* NULL when stopped */
	void (*ready)(struct io *io, unsigned what);
	struct list dirty; /* among those whose interest has changed */
	int fd;
	uint8_t want;  /* LOOP_IN | LOOP_OUT */
	uint8_t armed; /* what the kernel knows */
	bool moved;    /* the kernel knows another handle for fd */
};

struct timer {
	struct heap_node node;
	void (*fire)(struct timer *t);
	int64_t when; /* ms on the loop's clock */
};

struct soon {
	struct list node;
	void (*run)(struct soon *s);
};

struct loop {
	uint32_t watched; /* handles that run */
	int64_t now; /* read once a turn; the only clock that handlers see */
	bool quit;   /* set it to end loop_run after the callback at hand */
	int wait_fd; /* of the backend: os/loop_epoll.c, loop_select.c; */
	struct heap timers;
	struct list soons, dirty;
	struct span wait_mem; /* one is linked */
	int nbatch;
	struct io *batch[LOOP_BATCH]; /* private to os/ from here */
	uint8_t what[LOOP_BATCH];
};

/* most_fd: one more than the largest descriptor that will be watched. */
MUST_USE int loop_open(struct loop *l, int most_fd);
void loop_close(struct loop *l);

/* Until quit is set. An error of the wait itself is returned. */
MUST_USE int loop_run(struct loop *l);

void io_init(struct io *io, void (*ready)(struct io *, unsigned));
void io_start(struct io *io, struct loop *l, int fd, unsigned want);
void io_want(struct io *io, unsigned want);
/* Before the descriptor is closed, always. */
void io_stop(struct io *io);
/* to takes over from's descriptor, interest and pending event; from is stopped.
 * to must be initialised and stopped.
 */
void io_move(struct io *to, struct io *from);

void timer_init(struct timer *t, void (*fire)(struct timer *));
/* Restarts when it runs. Fires once, in the first turn at or after when. */
void timer_start(struct timer *t, struct loop *l, int64_t when);
void timer_stop(struct timer *t, struct loop *l);
static inline bool timer_runs(const struct timer *t)
{
	return t->node.link != NULL;
}

/* Runs before the next wait. Starting one that is started changes nothing. */
void soon_init(struct soon *s, void (*run)(struct soon *));
void soon_start(struct soon *s, struct loop *l);
void soon_stop(struct soon *s);

#endif
