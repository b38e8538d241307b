#include "cmd/course.h"
#include "os/netwatch.h"
#include "os/sock.h"

enum {
	SETTLE_MS = 250, /* changes come in flocks */
	LOOK_MS = 50     /* is anybody still being served? */
};

static void retry(struct course *c, bool sure)
{
	for (unsigned i = 0; i < c->what->n; i++) {
		const struct section *s = c->what->v[i];

		if (s->cmd->role->retry)
			s->cmd->role->retry(s->set, sure);
	}
}

void course_retry(struct course *c)
{
	log_info(c->net->log, "nat", "reconnecting, as asked for");
	retry(c, true);
}

/* ---- the network ---- */

static void settled(struct timer *t)
{
	struct course *c = container_of(t, struct course, settle);

	log_debug(c->net->log, "nat", "addresses or routes have changed");
	retry(c, false);
}

static void changed(struct io *io, unsigned what)
{
	struct course *c = container_of(io, struct course, watch);

	(void)what;
	if (netwatch_read(io->fd) && !timer_runs(&c->settle))
		timer_start(&c->settle, c->net->loop,
			    c->net->loop->now + SETTLE_MS);
}

/* ---- stopping ---- */

static bool busy(const struct course *c)
{
	for (unsigned i = 0; i < c->what->n; i++) {
		const struct section *s = c->what->v[i];

		if (s->cmd->role->busy && s->cmd->role->busy(s->set))
			return true;
	}
	return false;
}

static void look(struct timer *t)
{
	struct course *c = container_of(t, struct course, leave);
	struct loop *l = c->net->loop;

	if (l->now >= c->until || !busy(c))
		l->quit = true;
	else
		timer_start(t, l, l->now + LOOK_MS);
}

void course_leave(struct course *c, int64_t patience)
{
	struct loop *l = c->net->loop;

	log_info(c->net->log, "nat", "stopping");
	if (c->until || patience == 0) {
		l->quit = true;
		return;
	}
	c->until = l->now + patience;
	for (unsigned i = 0; i < c->what->n; i++) {
		const struct section *s = c->what->v[i];

		if (s->cmd->role->drain)
			s->cmd->role->drain(s->set);
	}
	look(&c->leave);
}

/* ---- life ---- */

void course_start(struct course *c, struct net *net,
		  const struct serve_what *what)
{
	int fd = netwatch_open();

	*c = (struct course){ .net = net, .what = what };
	timer_init(&c->settle, settled);
	timer_init(&c->leave, look);
	io_init(&c->watch, changed);
	if (fd >= 0)
		io_start(&c->watch, net->loop, fd, LOOP_IN);
}

void course_stop(struct course *c)
{
	timer_stop(&c->settle, c->net->loop);
	timer_stop(&c->leave, c->net->loop);
	if (!c->watch.loop)
		return;
	io_stop(&c->watch);
	sock_close(c->watch.fd, false);
}
