#include "app/client/hear.h"
#include "app/client/inner.h"
#include "app/client/login.h"
#include "app/client/plain.h"
#include "app/client/publish.h"
#include "app/client/visit.h"

enum {
	ROOM = 1024, /* for any answer */
	TURN = 64    /* most messages heard at once */
};

static int heard_ping(struct control *ctl, const struct fastnat *m)
{
	(void)m;
	control_say(ctl, &(struct fastnat){ .command = FASTNAT_PONG });
	return 0;
}

enum { SAME = -1 }; /* no other state after it */

#define IN(state) (1u << CONTROL_##state)

static const struct rule {
	enum fastnat_command command;
	unsigned states;
	int (*heard)(struct control *ctl, const struct fastnat *m);
	int next;
} rules[] = {
	/* clang-format off */
	{ FASTNAT_CHALLENGE, IN(HELLO), login_challenge, CONTROL_LOGIN },
	{ FASTNAT_WELCOME, IN(LOGIN), login_welcome, CONTROL_UP },
	{ FASTNAT_ERROR, IN(HELLO) | IN(LOGIN) | IN(UP), login_refused, SAME },
	{ FASTNAT_PUBLISHED, IN(UP), publish_done, SAME },
	{ FASTNAT_REFUSED, IN(UP), publish_refused, SAME },
	{ FASTNAT_START_PROXY, IN(UP), visit_start, SAME },
	{ FASTNAT_PING, IN(LOGIN) | IN(UP), heard_ping, SAME },
	{ FASTNAT_READY, IN(PLAIN), plain_ready, SAME },
	{ FASTNAT_START_PROXY, IN(PLAIN), plain_visit, SAME },
	/* clang-format on */
};

/* What no rule is for means nothing, such as a greeting before the challenge. */
static int obey(struct control *ctl, const struct fastnat *m)
{
	ctl->heard = ctl->client->net->loop->now;
	for (size_t i = 0; i < COUNT(rules); i++) {
		const struct rule *r = &rules[i];
		int rc;

		if (r->command != m->command || !(r->states & 1u << ctl->state))
			continue;
		rc = r->heard(ctl, m);
		if (rc == 0 && r->next != SAME)
			control_enter(ctl, (enum control_state)r->next);
		return rc;
	}
	return 0;
}

/* Nothing is taken for which there would be no room to answer. */
static bool can_answer(struct stream *to)
{
	if (!stream_reserve(to, ROOM).p)
		return false;
	stream_commit(to, 0);
	return true;
}

int hear_all(struct control *ctl)
{
	struct stream *from = &ctl->tcp.stream;
	struct heard h;

	for (int n = 0; n < TURN; n++) {
		int rc;

		if (!can_answer(from))
			return from->err;
		rc = talk_hear(from, &ctl->scan, &h);
		if (rc == 0)
			return from->ended ? -NAT_ECLOSED : from->err;
		if (rc > 0)
			rc = obey(ctl, &h.m);
		if (rc < 0)
			return rc;
	}
	soon_start(&ctl->again, ctl->client->net->loop);
	return 0;
}
