#include "app/tracker/others.h"
#include "app/tracker/core.h"
#include "app/tracker/journal.h"

static void heard(struct prober *r, const struct probe *p)
{
	struct others *o = container_of(r, struct others, prober);
	struct tracker *t = container_of(o, struct tracker, others);
	struct member *m = slots_find(&t->members.rows, p->member);

	if (m) {
		member_vouch(m, &p->at);
		journal_member(t, m);
	}
	if (p->member.gen || !list_heard(&o->list, &p->at, t->net->loop->now))
		return;
	if (t->public.family)
		peers_announce(t, &p->at);
}

/* The first byte of STUN is 0 or 1 (RFC 8489 5). */
void others_hear(struct tracker_asked *a)
{
	struct bytes what = a->datagram->data;

	if (what.n > 0 && what.p[0] < 2)
		tracker_bind(a);
	else
		peers_hear_text(a->tracker, a->datagram->peer, what);
}

void others_tell(struct tracker_asked *a, const struct track *what)
{
	struct tracker *t = a->tracker;
	const struct addr *seen = a->datagram->peer;
	struct addr first = tracker_itself(a);
	struct cur c = cur_of(what->addrs);
	struct bytes text;

	while (track_next_addr(&c, &text)) {
		struct addr at;

		if (addr_parse(&at, text) == 0)
			prober_ask(&t->others.prober, &at, seen,
				   (struct slot_name){ 0, 0 });
	}
	if (!cidrs_have(&t->trust, seen))
		a->answer.to.n =
			min_size(a->answer.to.n, tracker_room(a->datagram));
	list_print(&a->answer, &t->others.list, &first);
}

void others_ask(struct tracker_asked *a, const struct member *m,
		const struct addr *claim)
{
	struct tracker *t = a->tracker;

	prober_ask(&t->others.prober, claim, a->datagram->peer,
		   slots_name(&t->members.rows, m));
}

void others_expire(struct tracker *t, int64_t now)
{
	list_expire(&t->others.list, now);
}

int others_start(struct tracker *t, struct diag *d)
{
	struct others *o = &t->others;
	int rc = tracker_open_corners(t, d);

	if (rc < 0)
		return rc;
	prober_init(&o->prober, t->net, &t->members.seed);
	o->prober.heard = heard;
	peers_start(t, t->conf);
	return 0;
}

void others_stop(struct tracker *t)
{
	if (t->others.prober.net)
		prober_stop(&t->others.prober);
	peers_stop(t);
}
