#include "app/natpass/shell.h"
#include "app/natpass/inner.h"
#include "os/keeper.h"
#include "os/sock.h"

static struct net *net_of(const struct shell *s)
{
	return s->agent->net;
}

/* ---- ending ---- */

/* But for the link, which has been left or refused. */
static void put(struct shell *s, const char *why)
{
	int64_t ms = net_of(s)->loop->now - s->since;

	log_info(net_of(s)->log, "natpass",
		 "shell of %.*s ended in=%llu out=%llu seconds=%lld "
		 "reason=\"%s\"",
		 (int)s->link->peer.id_n, (const char *)s->link->peer.id,
		 (unsigned long long)s->in.moved,
		 (unsigned long long)s->out.moved, (long long)(ms / 1000), why);
	sock_close(s->leash.fd, false);
	io_stop(&s->leash);
	pump_stop(&s->in);
	pump_stop(&s->out);
	stream_stop(&s->tcp.stream, false);
	kind_put(s->agent, NATPASS_SHELL, s);
}

static void end(struct shell *s, const char *why)
{
	struct vlink *l = s->link;

	put(s, why);
	stream_stop(&l->stream, false);
}

static void refuse(struct shell *s, const char *why)
{
	struct vlink *l = s->link;

	put(s, why);
	vlink_refuse(l, why);
}

/* ---- moving ---- */

static void leave(struct shell *s)
{
	struct vlink *l = s->link;
	uint8_t status = s->status;

	put(s, "it exited");
	vlink_leave(l, status);
}

/* Who does not wait for the end of it wants none. */
static void move(struct shell *s)
{
	struct natpass_size size;

	if (s->started) {
		if (vlink_resized(s->link, &size))
			keeper_resize(s->leash.fd, (uint16_t)size.rows,
				      (uint16_t)size.cols);
		pump_run(&s->in);
		pump_run(&s->out);
	}
	if (s->link->stream.err)
		end(s, err_text(s->link->stream.err));
	else if (s->link->stream.ended &&
		 (s->in.over || !s->started || vlink_is(s->link, VLINK_GONE)))
		end(s, s->out.over ? "it exited" : "hung up");
	else if (s->exited && (s->out.over || s->tcp.stream.err))
		leave(s);
	else if (s->tcp.stream.err)
		end(s, err_text(s->tcp.stream.err));
}

static void wake_far(struct waker *w, unsigned what)
{
	(void)what;
	move(container_of(w, struct shell, far));
}

static void wake_near(struct waker *w, unsigned what)
{
	(void)what;
	move(container_of(w, struct shell, near));
}

/* ---- its leash ---- */

/* A word of the keeper's. False: that was the last one, or the shell is no more. */
static bool hear(struct shell *s)
{
	char why[sizeof((struct keeper_word *)0)->text + 1];
	struct fmt f = fmt_to(SPAN(why));
	struct keeper_word w;

	switch (keeper_hear(s->leash.fd, &w)) {
	case -NAT_EAGAIN:
		return false;
	case KEEPER_STARTED:
		s->started = true;
		vlink_accept(s->link);
		return true;
	case KEEPER_EXITED:
		s->exited = true;
		s->status = w.status;
		io_want(&s->leash, 0);
		move(s);
		return false;
	case KEEPER_REFUSED:
		fmt_bytes(&f, (struct bytes){ (uint8_t *)w.text, w.n });
		break;
	default:
		fmt_put(&f, "who kept it is gone");
	}
	if (s->started)
		end(s, fmt_text(&f));
	else
		refuse(s, fmt_text(&f));
	return false;
}

static void hear_leash(struct io *io, unsigned what)
{
	struct shell *s = container_of(io, struct shell, leash);

	(void)what;
	if (hear(s))
		move(s);
}

/* ---- being asked ---- */

/* Of an original there is the program alone, and no size yet. */
static int ask_keeper(struct agent *a, const struct natpass_shell *ask,
		      struct keeper_ends *to)
{
	struct keeper_shell k = { .args = ask->args.v,
				  .nargs = ask->args.n,
				  .env = ask->env.v,
				  .nenv = ask->env.n,
				  .rows = (uint16_t)ask->rows,
				  .columns = (uint16_t)ask->cols };

	if (!a->keeper)
		return -NAT_EABSENT;
	if (kind_used(a, NATPASS_SHELL) > a->conf->max_shells)
		return -NAT_ELIMIT;
	if (k.nargs == 0 && ask->exec.n > 0) {
		k.args = &ask->exec;
		k.nargs = 1;
	}
	return keeper_ask(a->keeper, &k, to);
}

static const char *why_none(int rc)
{
	if (rc == -NAT_EABSENT)
		return "no shells are kept here";
	return rc == -NAT_ELIMIT ? "too many shells (--max-shells)"
				 : err_text(rc);
}

void shell_asked(struct agent *a, struct vlink *l, void *place,
		 const struct natpass_request *ask)
{
	static const struct natpass_shell none;
	struct shell *s = place;
	struct keeper_ends ends;
	int rc = ask_keeper(
		a, ask->told == NATPASS_CSHELL ? &ask->shell : &none, &ends);

	if (rc < 0) {
		kind_put(a, NATPASS_SHELL, s);
		vlink_refuse(l, why_none(rc));
		return;
	}
	s->agent = a;
	s->link = l;
	s->since = a->net->loop->now;
	s->far.wake = wake_far;
	s->near.wake = wake_near;
	log_info(a->net->log, "natpass", "shell of %.*s begins",
		 (int)l->peer.id_n, (const char *)l->peer.id);
	vlink_offered(l, &s->far);
	tcp_start(&s->tcp, a->net, ends.data, &s->near);
	pump_init(&s->in, a->net, &l->stream, &s->tcp.stream);
	pump_init(&s->out, a->net, &s->tcp.stream, &l->stream);
	io_init(&s->leash, hear_leash);
	io_start(&s->leash, a->net->loop, ends.leash, LOOP_IN);
}

void shell_stop(void *place)
{
	end(place, "the client stops");
}
