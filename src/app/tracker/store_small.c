/* What a build without the part `redis` has in the place of store.c. */
#include "app/tracker/store.h"
#include "app/tracker/tracker.h"

const char *tracker_store_fault(struct tracker_conf *c)
{
	(void)c;
	return NULL;
}

int store_start(struct tracker *t, struct diag *d)
{
	(void)t, (void)d;
	return 0;
}

void store_stop(struct tracker *t)
{
	(void)t;
}

bool store_defers(struct tracker_asked *a, const struct track *what)
{
	(void)a, (void)what;
	return false;
}

void store_before(struct tracker *t, const struct joining *j)
{
	(void)t, (void)j;
}

void store_member(struct tracker *t, struct member *m)
{
	(void)t, (void)m;
}
