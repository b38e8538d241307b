#include "app/natpass/vlink.h"
#include "app/natpass/inner.h"
#include "os/rand.h"

enum {
	LEAST = 4096,       /* of a window */
	WORTH = 8192,       /* room for that much data is worth a message */
	ENOUGH = 256 * 1024 /* read: more is let, however large the window */
};

const struct vlink_kind vlink_plain = { NATPASS_FORWARD, NATPASS_BYTES };
const struct vlink_kind vlink_shell = { NATPASS_SHELL_DATA,
					NATPASS_SHELL_BYTES };

static const struct span nothing = { .p = NULL };

static struct vlink *of(struct stream *s)
{
	return container_of(s, struct vlink, stream);
}

static struct loop *loop_of(const struct vlink *l)
{
	return l->trunk->net->loop;
}

/* ---- memory ---- */

static uint32_t widen_by(struct vlink *l, uint32_t most)
{
	struct trunk *t = l->trunk;
	size_t n = min_size(most, VLINK_MOST - l->flow.window);

	n = min_size(n, t->links.windows);
	t->links.windows -= n;
	l->flow.window += (uint32_t)n;
	l->flow.lent += (uint32_t)n;
	return (uint32_t)n;
}

uint32_t vlink_widen(struct vlink *l)
{
	return widen_by(l, l->flow.window);
}

void vlink_forget(struct vlink *l)
{
	struct trunk *t = l->trunk;

	map_remove(&t->links.by_id, &l->node);
	list_remove(&l->owing);
	t->links.windows += l->flow.lent;
	slots_put(&t->links.table, l);
}

/* ---- waking ---- */

void vlink_wake(struct vlink *l, unsigned what)
{
	if (l->stream.up)
		STREAM_WAKE(&l->stream, what);
}

void vlink_raise(struct vlink *l, unsigned what)
{
	l->raise |= (uint8_t)what;
	soon_start(&l->soon, loop_of(l));
}

static void raised(struct soon *s)
{
	struct vlink *l = container_of(s, struct vlink, soon);
	unsigned what = l->raise;

	l->raise = 0;
	vlink_wake(l, what);
}

void vlink_fail(struct vlink *l, int err)
{
	if (l->stream.err || l->state == VLINK_OVER)
		return;
	l->stream.err = err;
	backlog_drop(&l->kept, l->trunk->net);
	timer_stop(&l->timer, loop_of(l));
	vlink_raise(l, STREAM_DOWN);
}

void vlink_owe(struct vlink *l, enum vlink_word word)
{
	l->owes |= (uint8_t)word;
	trunk_owes(l->trunk, l);
}

static void linger(struct vlink *l)
{
	timer_start(&l->timer, loop_of(l), loop_of(l)->now + VLINK_LINGER_MS);
}

/* What is still being read is not late. */
static void is_late(struct timer *timer)
{
	struct vlink *l = container_of(timer, struct vlink, timer);

	if (l->state == VLINK_OPEN && l->kept.n > 0)
		linger(l);
	else
		vlink_fail(l, l->state == VLINK_OPEN ? -NAT_ECLOSED
						     : -NAT_ETIMEOUT);
}

/* ---- as a stream ---- */

/* A shell's exit status is heard when all of its data has been. */
static void look_at_end(struct vlink *l)
{
	if (vlink_is(l, VLINK_GONE) && l->status && l->stream.ended &&
	    l->kept.n == 0)
		vlink_fail(l, -NAT_ECLOSED);
}

void vlink_gone(struct vlink *l)
{
	vlink_set(l, VLINK_GONE, true);
	l->stream.ended = true;
	l->owes = 0;
	if (vlink_is(l, VLINK_ENDS))
		l->stream.finished = true;
	else
		linger(l);
	look_at_end(l);
	vlink_raise(l, STREAM_IN | STREAM_OUT);
}

static struct span vlink_peek(struct stream *s, size_t least)
{
	struct vlink *l = of(s);
	const struct trunk_head *head = &l->trunk->head;

	(void)least; /* 1, see most_in */
	if (l->kept.n > 0)
		return backlog_peek(&l->kept);
	if (s->err || head->link != l ||
	    (!vlink_is(l, VLINK_DGRAMS) && head->data.n == 0))
		return nothing;
	return head->data;
}

/* Some of the message that is being heard. */
static void take_now(struct trunk_head *head, size_t n)
{
	head->data.p = n == head->data.n ? NULL : head->data.p + n;
	head->data.n -= n;
	head->done += n;
}

static void vlink_take(struct stream *s, size_t n)
{
	struct vlink *l = of(s);

	if (l->kept.n > 0)
		backlog_take(&l->kept, l->trunk->net, n);
	else
		take_now(&l->trunk->head, n);
	l->flow.taken += (uint32_t)n;
	if (l->is & VLINK_OURS && !(l->is & VLINK_DGRAMS) && !s->ended &&
	    l->flow.taken >= min_size(l->flow.window / 2, ENOUGH))
		vlink_owe(l, VLINK_CREDIT);
	trunk_look(l->trunk);
	look_at_end(l);
}

static struct natpass envelope(const struct vlink *l)
{
	struct natpass m = agent_says(l->trunk->agent, l->kind->message);

	m.to = vlink_peer(l);
	m.to_idx = l->peer.idx;
	m.link = vlink_id(l);
	m.payload = l->kind->payload;
	return m;
}

/* How much may go in one message now; 0: nothing. */
static size_t may_send(struct vlink *l)
{
	if (l->state != VLINK_OPEN || l->stream.err ||
	    vlink_is(l, VLINK_ENDS) || vlink_is(l, VLINK_GONE))
		return 0;
	if (!vlink_is(l, VLINK_OURS))
		return NATPASS_CHUNK;
	vlink_set(l, VLINK_STARVED, l->flow.credit == 0);
	return min_size(l->flow.credit, VLINK_CHUNK);
}

static struct span vlink_reserve(struct stream *s, size_t least)
{
	struct vlink *l = of(s);
	struct natpass m = envelope(l);
	size_t before = natpass_before(&m), most = may_send(l);
	struct span room;

	if (vlink_is(l, VLINK_DGRAMS))
		most = most ? NATPASS_MOST - before : 0;
	else
		least = min_size(most, WORTH);
	if (most < least || most == 0 || !trunk_may(l->trunk, l))
		return nothing;
	room = trunk_room(l->trunk, before + least);
	if (!room.p) {
		list_append(&l->trunk->links.wanting, &l->wanting);
		return nothing;
	}
	return (struct span){ room.p + before,
			      min_size(room.n - before, most) };
}

static void vlink_commit(struct stream *s, size_t n)
{
	struct vlink *l = of(s);
	struct natpass m = envelope(l);
	size_t before = natpass_before(&m);

	if (vlink_is(l, VLINK_OURS) && !vlink_is(l, VLINK_DGRAMS))
		l->flow.credit -= (uint32_t)n;
	if (n > 0 || vlink_is(l, VLINK_DGRAMS))
		trunk_wrap(l->trunk, &m, before, n);
	else
		stream_commit(&l->trunk->tcp.stream, 0);
}

static void vlink_finish(struct stream *s)
{
	struct vlink *l = of(s);

	if (vlink_is(l, VLINK_ENDS))
		return;
	vlink_set(l, VLINK_ENDS, true);
	if (!vlink_is(l, VLINK_GONE)) {
		vlink_owe(l, VLINK_END);
		return;
	}
	s->finished = true;
	vlink_raise(l, STREAM_OUT);
}

/* What is left to say when its owner leaves it. */
static unsigned last_word(const struct vlink *l)
{
	if (vlink_is(l, VLINK_GONE) || l->state == VLINK_WAIT)
		return 0;
	if (l->state == VLINK_OFFERED)
		return VLINK_NO;
	return VLINK_BYE | (vlink_is(l, VLINK_OURS) ? l->owes & VLINK_END : 0u);
}

static void vlink_stop(struct stream *s, bool reset)
{
	struct vlink *l = of(s);
	struct trunk *t = l->trunk;

	if (l->state == VLINK_OVER)
		return;
	vlink_set(l, VLINK_RESETS, reset);
	l->owes = (uint8_t)last_word(l);
	l->state = VLINK_OVER;
	l->stream.up = NULL;
	timer_stop(&l->timer, loop_of(l));
	soon_stop(&l->soon);
	list_remove(&l->wanting);
	backlog_drop(&l->kept, t->net);
	trunk_leave(t, l);
	if (l->owes)
		trunk_owes(t, l);
	else
		vlink_forget(l);
}

static const struct stream_ops vlink_ops = {
	.name = "natpass",
	.kind = STREAM_BYTES,
	.peek = vlink_peek,
	.take = vlink_take,
	.reserve = vlink_reserve,
	.commit = vlink_commit,
	.finish = vlink_finish,
	.stop = vlink_stop,
};

/* ---- life ---- */

static struct vlink *make(struct trunk *t, struct bytes peer, struct bytes id)
{
	struct vlink *l = slots_get(&t->links.table);

	if (!l)
		return NULL;
	l->trunk = t;
	l->kind = &vlink_plain;
	l->stream = (struct stream){ .ops = &vlink_ops,
				     .most_in = 1,
				     .most_out = NATPASS_CHUNK };
	l->peer.id_n = (uint8_t)peer.n;
	if (peer.n)
		memcpy(l->peer.id, peer.p, peer.n);
	l->peer.link_n = (uint8_t)id.n;
	memcpy(l->peer.link, id.p, id.n);
	map_put(&t->links.by_id, &l->node, map_mix(&t->links.seed, id));
	if (widen_by(l, VLINK_FIRST) < LEAST)
		l->flow.window = LEAST;
	l->flow.left = l->flow.window;
	list_init(&l->owing);
	list_init(&l->wanting);
	soon_init(&l->soon, raised);
	timer_init(&l->timer, is_late);
	return l;
}

struct vlink *vlink_open(struct trunk *t, struct bytes id,
			 const struct natpass_request *ask, struct waker *up)
{
	uint8_t random[8], text[2 * sizeof random];
	struct fmt f = fmt_to(SPAN(text));
	struct vlink *l;

	rand_fill(SPAN(random));
	fmt_hex(&f, bytes_in(SPAN(random)));
	l = make(t, id, fmt_done(&f));
	if (!l)
		return NULL;
	l->ask = ask;
	l->stream.up = up;
	if (ask->type == NATPASS_SHELL)
		l->kind = &vlink_shell;
	vlink_set(l, VLINK_DGRAMS, ask->type == NATPASS_UDP);
	timer_start(&l->timer, loop_of(l), loop_of(l)->now + VLINK_ASK_MS);
	vlink_owe(l, VLINK_REQUEST);
	return l;
}

struct vlink *vlink_begin(struct trunk *t, const struct natpass *m)
{
	struct vlink *l = make(t, m->from, m->link);

	if (!l)
		return NULL;
	l->state = VLINK_OFFERED;
	l->peer.idx = m->from_idx;
	vlink_set(l, VLINK_OURS, m->ours.window > 0);
	l->flow.credit = m->ours.window;
	if (m->request.type == NATPASS_SHELL)
		l->kind = &vlink_shell;
	vlink_set(l, VLINK_DGRAMS, m->request.type == NATPASS_UDP);
	return l;
}

void vlink_offered(struct vlink *l, struct waker *up)
{
	l->stream.up = up;
}

void vlink_accept(struct vlink *l)
{
	l->state = VLINK_OPEN;
	vlink_owe(l, VLINK_YES);
}

void vlink_why(struct vlink *l, const char *why)
{
	struct fmt f = fmt_to(SPAN(l->why));

	fmt_put(&f, "%s", why);
	fmt_text(&f);
}

void vlink_refuse(struct vlink *l, const char *why)
{
	vlink_why(l, why);
	stream_stop(&l->stream, false);
}

void vlink_resize(struct vlink *l, const struct natpass_size *size)
{
	l->size.tell = *size;
	vlink_owe(l, VLINK_SIZE);
}

bool vlink_resized(struct vlink *l, struct natpass_size *size)
{
	bool is = l->size.resized;

	*size = l->size.heard;
	l->size.resized = false;
	return is;
}

void vlink_leave(struct vlink *l, uint32_t status)
{
	l->status = status + 1;
	stream_finish(&l->stream);
	stream_stop(&l->stream, false);
}

/* What was asked for and not answered is asked for again. */
void vlink_lost(struct vlink *l)
{
	if (l->state == VLINK_OVER) {
		vlink_forget(l);
	} else if (l->state == VLINK_ASKED || l->state == VLINK_WAIT) {
		l->state = VLINK_WAIT;
		vlink_owe(l, VLINK_REQUEST);
	} else {
		vlink_set(l, VLINK_GONE, true);
		l->owes = 0;
		vlink_fail(l, -NAT_ECLOSED);
	}
}
