/* Bit arrays of our own, as many as there are descriptors: FD_SETSIZE is a limit
 * of the header, not of the call.
 */
#include "os/backend.h"
#include "os/mem.h"
#include "os/sys.h"
#include <errno.h>
#include <sys/select.h>

typedef unsigned long word;
enum { WORD = 8 * (int)sizeof(word) };
enum { SET_IN, SET_OUT, GOT_IN, GOT_OUT, SETS };

struct table {
	int words, most_fd; /* most_fd: one more than the largest armed */
	int next;           /* where to begin the next batch, to be fair */
	word *sets[SETS];
	struct io *ios[];
};

static struct table *table_of(const struct loop *l)
{
	return (struct table *)(void *)l->wait_mem.p;
}

int backend_open(struct loop *l, int most_fd)
{
	size_t words = ((size_t)most_fd + WORD - 1) / WORD;
	size_t fds = words * WORD;
	struct table *t;
	word *sets;

	l->wait_mem = mem_reserve(sizeof *t + fds * sizeof t->ios[0] +
				  SETS * words * sizeof(word));
	if (!l->wait_mem.p)
		return -NAT_EMEMORY;
	t = table_of(l);
	t->words = (int)words;
	sets = (word *)(void *)&t->ios[fds];
	for (size_t i = 0; i < SETS; i++)
		t->sets[i] = sets + i * words;
	return 0;
}

void backend_close(struct loop *l)
{
	mem_release(l->wait_mem);
}

static void set_bit(word *set, int fd, bool on)
{
	word bit = (word)1 << (fd % WORD);

	set[fd / WORD] = on ? set[fd / WORD] | bit : set[fd / WORD] & ~bit;
}

static bool get_bit(const word *set, int fd)
{
	return set[fd / WORD] >> (fd % WORD) & 1;
}

int backend_arm(struct loop *l, struct io *io)
{
	struct table *t = table_of(l);

	if (io->fd >= t->words * WORD)
		return -NAT_EFILES;
	set_bit(t->sets[SET_IN], io->fd, io->want & LOOP_IN);
	set_bit(t->sets[SET_OUT], io->fd, io->want & LOOP_OUT);
	t->ios[io->fd] = io->want ? io : NULL;
	if (io->want && io->fd >= t->most_fd)
		t->most_fd = io->fd + 1;
	while (t->most_fd > 0 && !t->ios[t->most_fd - 1])
		t->most_fd--;
	return 0;
}

static void note(struct loop *l, const struct table *t, int fd)
{
	unsigned what = (get_bit(t->sets[GOT_IN], fd) ? LOOP_IN : 0u) |
			(get_bit(t->sets[GOT_OUT], fd) ? LOOP_OUT : 0u);

	if (!what || !t->ios[fd])
		return;
	l->batch[l->nbatch] = t->ios[fd];
	l->what[l->nbatch++] = (uint8_t)what;
}

/* The descriptors from..below that are ready, until the batch is full; where it
 * stopped.
 */
static int collect(struct loop *l, const struct table *t, int from, int below)
{
	int fd = from;

	while (fd < below && l->nbatch < LOOP_BATCH) {
		int w = fd / WORD;

		if (fd % WORD == 0 && !t->sets[GOT_IN][w] &&
		    !t->sets[GOT_OUT][w]) {
			fd += WORD;
			continue;
		}
		note(l, t, fd++);
	}
	return fd;
}

int backend_wait(struct loop *l, int ms)
{
	struct table *t = table_of(l);
	size_t n = (size_t)((t->most_fd + WORD - 1) / WORD) * sizeof(word);
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };
	int start, got, most = t->most_fd;

	memcpy(t->sets[GOT_IN], t->sets[SET_IN], n);
	memcpy(t->sets[GOT_OUT], t->sets[SET_OUT], n);
	got = select(most, (fd_set *)(void *)t->sets[GOT_IN],
		     (fd_set *)(void *)t->sets[GOT_OUT], NULL,
		     ms < 0 ? NULL : &tv);
	if (got < 0)
		return errno == EINTR ? 0 : sys_err();
	if (got == 0)
		return 0;
	start = t->next < most ? t->next : 0;
	t->next = collect(l, t, start, most);
	if (l->nbatch < LOOP_BATCH)
		t->next = collect(l, t, 0, start);
	return 0;
}
