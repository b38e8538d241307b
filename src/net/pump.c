#include "net/pump.h"
#include "net/splice.h"
#include "net/straight.h"
#include "net/tcp.h"

enum { TURN = 8 }; /* fills of the pipe in one turn of the loop */

void pump_init(struct pump *p, struct net *net, struct stream *from,
	       struct stream *to)
{
	*p = (struct pump){
		.net = net, .from = from, .to = to, .pipe = { -1, -1 }
	};
}

void pump_stop(struct pump *p)
{
	if (p->pipe[0] < 0)
		return;
	pipes_put(&p->net->pipes, p->pipe, p->held == 0);
	p->pipe[0] = p->pipe[1] = -1;
	p->held = 0;
}

enum way { COPY, SPLICE, LATER };

/* How the next bytes go. What from holds must be copied out first, and what to
 * holds sent, before the kernel may carry what comes after; LATER: to says so.
 */
static enum way way_of(struct pump *p)
{
	struct tcp *from = tcp_of(p->from), *to = tcp_of(p->to);

	if (p->held)
		return SPLICE;
	if (p->copies || p->moved < PUMP_SPLICE || p->calm == PUMP_CALM ||
	    !from || !to || tcp_holds_in(from))
		return COPY;
	if (tcp_owes_out(to))
		return LATER;
	if (p->pipe[0] < 0 && !pipes_get(&p->net->pipes, p->pipe))
		return COPY;
	return SPLICE;
}

static size_t may(const struct pump *p)
{
	return p->shaped ? shaped_may(p->shaped) : SIZE_MAX;
}

static void took(const struct pump *p, size_t n)
{
	if (p->shaped)
		shaped_took(p->shaped, n);
}

/* Fills the pipe. False: nothing came, or may. */
static bool fill(struct pump *p, struct tcp *from)
{
	uint32_t size = p->net->pipes.size;
	size_t most;
	long n;

	if (p->copies || p->held >= size)
		return false;
	most = min_size(size - p->held, may(p));
	if (!most)
		return false;
	n = tcp_splice_in(from, p->pipe[1], most);
	if (n == -NAT_ENOTSUP)
		p->copies = true;
	if (n <= 0)
		return false;
	p->held += (uint32_t)n;
	took(p, (size_t)n);
	return true;
}

/* Empties the pipe. False: to takes no more now, and says when it does. */
static bool drain(struct pump *p, struct tcp *to)
{
	uint32_t n = (uint32_t)tcp_splice_out(to, p->pipe[0], p->held);

	p->held -= n;
	p->moved += n;
	return !p->held;
}

static void by_splice(struct pump *p)
{
	struct tcp *from = tcp_of(p->from), *to = tcp_of(p->to);
	int turn;

	for (turn = 0; turn < TURN; turn++) {
		fill(p, from);
		if (!p->held || !drain(p, to))
			break;
	}
	if (p->held)
		tcp_pause(from);
	else
		pump_stop(p);
	if (turn == TURN)
		tcp_rest(from);
}

/* A message that can never fit ends the pair; a lossy one that does not fit now
 * is gone.
 */
static bool make_way(struct pump *p, size_t n)
{
	if (p->from->ops->kind == STREAM_LOSSY) {
		stream_take(p->from, n);
		return true;
	}
	if (p->from->ops->kind == STREAM_MSGS && n > p->to->most_out)
		p->from->err = -NAT_EROOM;
	return false;
}

/* False: nothing more can be copied now. */
static bool copy_some(struct pump *p)
{
	bool whole = p->from->ops->kind != STREAM_BYTES;
	size_t most = may(p), n;
	struct span in, out;

	if (!most)
		return false;
	if (straight(p->from, p->to, most, &n)) {
		took(p, n);
		p->moved += n;
		return n > 0;
	}
	in = stream_peek(p->from, 1);
	if (!in.p)
		return false;
	out = stream_reserve(p->to, whole ? in.n : 1);
	if (!out.p)
		return make_way(p, in.n);
	n = whole ? in.n : min_size(min_size(in.n, out.n), most);
	took(p, n);
	memcpy(out.p, in.p, n);
	stream_commit(p->to, n);
	stream_take(p->from, n);
	p->moved += n;
	return true;
}

static void note(struct pump *p, uint64_t n)
{
	if (n >= PUMP_LITTLE)
		p->calm = 0;
	else if (n && p->calm < PUMP_CALM)
		p->calm++;
}

void pump_run(struct pump *p)
{
	uint64_t before = p->moved;
	enum way way;

	if (p->over)
		return;
	do {
		way = way_of(p);
		if (way == SPLICE)
			by_splice(p);
	} while ((way == COPY && copy_some(p)) ||
		 (way == SPLICE && p->copies && !p->held));
	note(p, p->moved - before);
	if (p->from->ended && !p->held && !stream_peek(p->from, 1).p) {
		stream_finish(p->to);
		p->over = true;
	}
}
