#include "cmd/takeover.h"
#include "app/relay/handover.h"
#include "net/legacy.h"
#include "os/local.h"
#include "os/mem.h"
#include "os/pass.h"
#include "os/sock.h"
#include "os/supervisor.h"

enum {
	PATIENCE_MS = 15000, /* for each word of the other one */
	ROOM = HANDOVER_LINE + HANDOVER_SAID,
	BESIDE = 4 /* descriptors whose line is not whole yet */
};

struct takeover {
	struct net *net;
	const struct serve_what *what;
	const char *path;
	struct io io;
	int fd;
	struct legacy legacy;
	uint32_t ports; /* published ones that came */
	unsigned nbeside;
	int beside[BESIDE];
	size_t at, n; /* what has come and has not been read: at to n */
	uint8_t in[ROOM];
};

bool takeover_fits(const struct serve_what *what)
{
	return what->n == 1 && what->v[0]->cmd == &cmd_relay;
}

struct relay *takeover_relay(const struct serve_what *what)
{
	const struct section *s = what->v[0];
	void *const *running = (void *)((char *)s->set + s->cmd->role->running);

	return takeover_fits(what) ? *running : NULL;
}

/* ---- lines ---- */

static int take_beside(struct takeover *t)
{
	int fd = t->beside[0];

	if (t->nbeside == 0)
		return -1;
	t->nbeside--;
	memmove(t->beside, t->beside + 1, t->nbeside * sizeof t->beside[0]);
	return fd;
}

/* More than 0: something has come. */
static long receive(struct takeover *t, bool wait)
{
	int fd;
	long n;

	memmove(t->in, t->in + t->at, t->n - t->at);
	t->n -= t->at;
	t->at = 0;
	n = pass_recv(t->fd, (struct span){ t->in + t->n, ROOM - t->n }, &fd,
		      wait);
	if (n > 0)
		t->n += (size_t)n;
	if (fd >= 0 && t->nbeside < BESIDE)
		t->beside[t->nbeside++] = fd;
	else if (fd >= 0)
		sock_close(fd, false);
	return n == 0 ? -NAT_ECLOSED : n;
}

/* 1: a line, and what is beside it, the caller's. */
static int next_line(struct takeover *t, struct handover_line *l, int *fd,
		     bool wait)
{
	for (;;) {
		long n = handover_parse(
			l, (struct bytes){ t->in + t->at, t->n - t->at });

		if (n < 0)
			return (int)n;
		if (n > 0) {
			t->at += (size_t)n;
			*fd = l->beside ? take_beside(t) : -1;
			return 1;
		}
		n = receive(t, wait);
		if (n < 0)
			return (int)n;
	}
}

struct list_of {
	void (*take)(struct takeover *t, const struct handover_line *l, int fd);
	enum handover_word end;
};

/* Asks for it, and takes it line by line, the last one too. */
static int hear_list(struct takeover *t, struct bytes ask,
		     const struct list_of *list)
{
	struct handover_line l = { .word = HANDOVER_WORDS };
	int fd, rc = pass_send(t->fd, ask, -1);

	while (rc >= 0 && l.word != list->end) {
		rc = next_line(t, &l, &fd, true);
		if (rc >= 0)
			list->take(t, &l, fd);
	}
	return rc < 0 ? rc : 0;
}

/* ---- before anything is opened ---- */

static void take_socket(struct takeover *t, const struct handover_line *l,
			int fd)
{
	static const enum legacy_kind kinds[] = {
		[HANDOVER_TCP] = LEGACY_TCP,
		[HANDOVER_UDP] = LEGACY_UDP,
		[HANDOVER_UNIX] = LEGACY_UNIX,
	};

	if (fd >= 0 && l->word <= HANDOVER_UNIX)
		legacy_put(&t->legacy, kinds[l->word], fd);
	else if (fd >= 0)
		sock_close(fd, false);
}

static int hear_sockets(struct takeover *t)
{
	const struct list_of list = { take_socket, HANDOVER_READY };

	return hear_list(t, BYTES("takeover\n"), &list);
}

static int fail(const struct takeover *t, int rc, struct diag *d)
{
	diag_put(d, "cannot take over from the nat at %s: %s", t->path,
		 rc == -NAT_EAGAIN ? err_text(-NAT_ETIMEOUT) : err_text(rc));
	return rc;
}

static struct takeover *make(struct net *net, const struct serve_what *what,
			     const char *path)
{
	struct takeover *t =
		(struct takeover *)(void *)mem_reserve(sizeof *t).p;

	if (!t)
		return NULL;
	t->net = net;
	t->what = what;
	t->path = path;
	net->legacy = &t->legacy;
	return t;
}

static int refuse(struct diag *d)
{
	return diag_option(d, "takeover",
			   "is for one relay, and nothing else beside it");
}

int takeover_begin(struct takeover **out, struct net *net,
		   const struct serve_what *what, const char *path,
		   struct diag *d)
{
	int fd = path ? local_connect(path, PATIENCE_MS) : -NAT_ENOENT;
	struct takeover *t;
	int rc;

	if (!takeover_fits(what)) {
		if (fd >= 0)
			sock_close(fd, false);
		return refuse(d);
	}
	if (fd < 0) {
		log_info(net->log, "nat", "nobody to take over from at %s",
			 path ? path : "an admin socket");
		return 0;
	}
	t = make(net, what, path);
	if (!t) {
		sock_close(fd, false);
		return -NAT_EMEMORY;
	}
	*out = t;
	t->fd = fd;
	rc = hear_sockets(t);
	return rc < 0 ? fail(t, rc, d) : 0;
}

/* ---- when all runs ---- */

static void inherit(struct takeover *t, const struct handover_line *l, int fd)
{
	t->ports += l->word == HANDOVER_PORT;
	relay_inherit(takeover_relay(t->what), l, fd);
}

static void leave(struct takeover *t)
{
	if (t->io.loop)
		io_stop(&t->io);
	for (unsigned i = 0; i < t->nbeside; i++)
		sock_close(t->beside[i], false);
	t->nbeside = 0;
	sock_close(t->fd, false);
	t->fd = -1;
}

/* Visitors that the other one passes on while it drains. */
static void ready(struct io *io, unsigned what)
{
	struct takeover *t = container_of(io, struct takeover, io);
	struct handover_line l;
	int fd, rc;

	(void)what;
	while ((rc = next_line(t, &l, &fd, false)) > 0)
		inherit(t, &l, fd);
	if (rc == -NAT_EAGAIN)
		return;
	log_debug(t->net->log, "nat", "the one before us has ended");
	leave(t);
}

static int hear_ports(struct takeover *t)
{
	const struct list_of list = { inherit, HANDOVER_END };

	return hear_list(t, BYTES("go\n"), &list);
}

int takeover_finish(struct takeover *t, struct diag *d)
{
	uint32_t unused;
	int rc;

	if (!t)
		return 0;
	t->net->legacy = NULL;
	unused = legacy_close(&t->legacy);
	rc = hear_ports(t);
	if (rc < 0)
		return fail(t, rc, d);
	log_info(t->net->log, "nat",
		 "has taken over from the one before: %u published, %u sockets "
		 "not needed any more",
		 (unsigned)t->ports, (unsigned)unused);
	supervisor_tell();
	io_init(&t->io, ready);
	io_start(&t->io, t->net->loop, t->fd, LOOP_IN);
	ready(&t->io, LOOP_IN); /* what came along with the last word */
	return 0;
}

void takeover_stop(struct takeover *t)
{
	if (!t)
		return;
	t->net->legacy = NULL;
	legacy_close(&t->legacy);
	if (t->fd >= 0)
		leave(t);
	mem_release((struct span){ (uint8_t *)t, sizeof *t });
}
