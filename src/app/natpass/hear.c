/* hear - what a link hears. */
#include "app/natpass/inner.h"

static enum vlink_step hear_answer(struct vlink *l, const struct natpass *m)
{
	struct fmt f = fmt_to(SPAN(l->why));

	if (l->state != VLINK_ASKED)
		return VLINK_DONE;
	timer_stop(&l->timer, l->trunk->net->loop);
	l->peer.idx = m->from_idx;
	if (!m->response.ok) {
		vlink_set(l, VLINK_GONE, true);
		fmt_put(&f, "%.*s", (int)min_size(m->response.msg.n, VLINK_WHY),
			(const char *)m->response.msg.p);
		fmt_text(&f);
		vlink_fail(l, -NAT_EACCESS);
		return VLINK_DONE;
	}
	vlink_set(l, VLINK_OURS, m->ours.window > 0);
	l->flow.credit = m->ours.window;
	l->state = VLINK_OPEN;
	l->ask = NULL;
	vlink_wake(l, STREAM_OPEN | STREAM_IN | STREAM_OUT);
	return VLINK_DONE;
}

/* Between two of ours it is an end only behind both ends; else something broke. */
static enum vlink_step hear_bye(struct vlink *l, const struct natpass *m)
{
	bool cut =
		l->state != VLINK_OPEN || (vlink_is(l, VLINK_OURS) &&
					   (m->ours.reset || !l->stream.ended));

	if (l->state == VLINK_OVER && l->owes & VLINK_BYE)
		vlink_forget(l);
	if (l->state == VLINK_OVER)
		return VLINK_DONE;
	l->status = m->ours.status;
	vlink_gone(l);
	if (cut)
		vlink_fail(l,
			   l->state == VLINK_OPEN ? -NAT_ERESET : -NAT_ECLOSED);
	return VLINK_DONE;
}

/* What its owner does not take now is kept, as far as its window allows. */
static void keep(struct vlink *l, struct trunk_head *head)
{
	size_t may = head->data.n;

	l->trunk->kept = true;
	if (!vlink_is(l, VLINK_OURS)) {
		while (l->flow.window < l->kept.n + may && vlink_widen(l))
			;
		may = l->flow.window > l->kept.n ? l->flow.window - l->kept.n
						 : 0;
		may = min_size(may, head->data.n);
	}
	may = backlog_put(&l->kept, l->trunk->net,
			  (struct bytes){ head->data.p, may });
	head->data.p += may;
	head->data.n -= may;
	head->done += may;
}

static bool within_window(struct vlink *l, size_t n)
{
	if (!vlink_is(l, VLINK_OURS) || vlink_is(l, VLINK_DGRAMS))
		return true;
	if (n > l->flow.left)
		return false;
	l->flow.left -= (uint32_t)n;
	return true;
}

static enum vlink_step hear_bytes(struct vlink *l, struct bytes data)
{
	struct trunk_head *head = &l->trunk->head;

	if (!head->since && !within_window(l, data.n)) {
		vlink_fail(l, -NAT_EPROTO);
		return VLINK_DONE;
	}
	head->link = l;
	if (!data.p) /* an empty one */
		data.p = l->peer.id;
	head->data = (struct span){ (uint8_t *)(uintptr_t)data.p + head->done,
				    data.n - head->done };
	vlink_wake(l, STREAM_IN);
	if (head->link != l || l->stream.err || vlink_is(l, VLINK_DGRAMS))
		return VLINK_DONE;
	if (head->data.n > 0)
		keep(l, head);
	return head->data.n > 0 ? VLINK_WAITS : VLINK_DONE;
}

static void hear_credit(struct vlink *l, uint32_t more)
{
	if (more > UINT32_MAX - l->flow.credit)
		more = UINT32_MAX - l->flow.credit;
	l->flow.credit += more;
	if (vlink_is(l, VLINK_STARVED))
		vlink_wake(l, STREAM_OUT);
}

static void hear_end(struct vlink *l)
{
	l->stream.ended = true;
	vlink_wake(l, STREAM_IN);
}

static enum vlink_step hear_data(struct vlink *l, const struct natpass *m)
{
	if (l->state != VLINK_OPEN || l->stream.err)
		return VLINK_DONE;
	if (vlink_is(l, VLINK_OURS) && m->ours.window)
		hear_credit(l, m->ours.window);
	else if (vlink_is(l, VLINK_OURS) && m->ours.end && !l->stream.ended)
		hear_end(l);
	else if (m->payload == l->kind->payload && !l->stream.ended)
		return hear_bytes(l, m->data);
	return VLINK_DONE;
}

static enum vlink_step hear_size(struct vlink *l, const struct natpass *m)
{
	if (l->state != VLINK_OPEN || l->kind != &vlink_shell)
		return VLINK_DONE;
	l->size.heard = m->size;
	l->size.resized = true;
	vlink_wake(l, STREAM_IN);
	return VLINK_DONE;
}

static const struct {
	uint32_t kind, payload; /* payload 0: hear_data looks */
	enum vlink_step (*hear)(struct vlink *l, const struct natpass *m);
} hears[] = {
	{ NATPASS_CONNECT_REP, NATPASS_RESPONSE, hear_answer },
	{ NATPASS_DISCONNECT, 0, hear_bye },
	{ NATPASS_SHELL_RESIZE, NATPASS_SIZE, hear_size },
	{ NATPASS_FORWARD, 0, hear_data },
	{ NATPASS_SHELL_DATA, 0, hear_data },
};

enum vlink_step vlink_hear(struct vlink *l, const struct natpass *m)
{
	for (size_t i = 0; i < COUNT(hears); i++)
		if (hears[i].kind == m->kind &&
		    (!hears[i].payload || hears[i].payload == m->payload))
			return hears[i].hear(l, m);
	return VLINK_DONE;
}
