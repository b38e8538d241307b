/* words - what a link says beside its data, when it is owed and there is room. */
#include "app/natpass/inner.h"

static struct natpass to_peer(const struct vlink *l, uint32_t kind)
{
	struct natpass m = agent_says(l->trunk->agent, kind);

	m.to = vlink_peer(l);
	m.to_idx = l->peer.idx;
	m.link = vlink_id(l);
	return m;
}

static bool say_request(struct vlink *l)
{
	struct natpass m = to_peer(l, NATPASS_CONNECT_REQ);

	m.payload = NATPASS_REQUEST;
	m.request = *l->ask;
	m.ours.window = l->flow.left;
	if (!trunk_say(l->trunk, &m))
		return false;
	l->state = VLINK_ASKED;
	return true;
}

static bool say_yes(struct vlink *l)
{
	struct natpass m = to_peer(l, NATPASS_CONNECT_REP);

	m.payload = NATPASS_RESPONSE;
	m.response.ok = true;
	m.ours.window = vlink_is(l, VLINK_OURS) ? l->flow.left : 0;
	return trunk_say(l->trunk, &m);
}

static bool say_no(struct vlink *l)
{
	struct natpass m = to_peer(l, NATPASS_CONNECT_REP);

	m.payload = NATPASS_RESPONSE;
	m.response.msg = bytes_of(l->why);
	return trunk_say(l->trunk, &m);
}

static bool say_size(struct vlink *l)
{
	struct natpass m = to_peer(l, NATPASS_SHELL_RESIZE);

	m.payload = NATPASS_SIZE;
	m.size = l->size.tell;
	return trunk_say(l->trunk, &m);
}

/* Who has read all there was gets more at a time. */
static bool say_credit(struct vlink *l)
{
	struct natpass m = to_peer(l, l->kind->message);
	uint32_t more = l->kept.n == 0 ? vlink_widen(l) : 0;

	m.ours.window = l->flow.taken + more;
	l->flow.left += m.ours.window;
	l->flow.taken = 0;
	if (trunk_say(l->trunk, &m))
		return true;
	l->flow.left -= m.ours.window;
	l->flow.taken = m.ours.window;
	return false;
}

static bool say_end(struct vlink *l)
{
	struct natpass m =
		to_peer(l, vlink_is(l, VLINK_OURS) ? l->kind->message
						   : NATPASS_DISCONNECT);

	m.ours.end = vlink_is(l, VLINK_OURS);
	if (!trunk_say(l->trunk, &m))
		return false;
	l->stream.finished = true;
	if (!vlink_is(l, VLINK_OURS))
		vlink_gone(l);
	else if (l->state != VLINK_OVER)
		vlink_raise(l, STREAM_OUT);
	return true;
}

static bool say_bye(struct vlink *l)
{
	struct natpass m = to_peer(l, NATPASS_DISCONNECT);

	m.ours.reset = vlink_is(l, VLINK_OURS) && vlink_is(l, VLINK_RESETS);
	m.ours.status = vlink_is(l, VLINK_OURS) ? l->status : 0;
	return trunk_say(l->trunk, &m);
}

static const struct {
	enum vlink_word word;
	bool (*say)(struct vlink *l);
} words[] = {
	{ VLINK_REQUEST, say_request }, { VLINK_YES, say_yes },
	{ VLINK_NO, say_no },           { VLINK_SIZE, say_size },
	{ VLINK_CREDIT, say_credit },   { VLINK_END, say_end },
	{ VLINK_BYE, say_bye },
};

bool vlink_speak(struct vlink *l)
{
	for (size_t i = 0; i < COUNT(words); i++) {
		if (!(l->owes & words[i].word))
			continue;
		if (!words[i].say(l))
			return false;
		l->owes &= (uint8_t)~words[i].word;
	}
	list_remove(&l->owing);
	if (l->state == VLINK_OVER)
		vlink_forget(l);
	return true;
}
