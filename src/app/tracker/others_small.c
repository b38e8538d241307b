/* others left out, for small builds. */
#include "app/tracker/core.h"
#include "app/tracker/others.h"

void others_hear(struct tracker_asked *a)
{
	(void)a;
}

void others_tell(struct tracker_asked *a, const struct track *what)
{
	struct addr first = tracker_itself(a);

	(void)what;
	addr_print(&a->answer, &first);
}

void others_ask(struct tracker_asked *a, const struct member *m,
		const struct addr *claim)
{
	(void)a, (void)m, (void)claim;
}

void others_expire(struct tracker *t, int64_t now)
{
	(void)t, (void)now;
}

int others_start(struct tracker *t, struct diag *d)
{
	return t->conf->peer.n ? diag_option(d, "peer", err_text(-NAT_EABSENT))
			       : 0;
}

void others_stop(struct tracker *t)
{
	(void)t;
}
