#include "cmd/owner.h"
#include "os/dir.h"
#include "os/host.h"

static int find_user(struct owner *o, const char *text, struct diag *d)
{
	struct user now = user_now();
	const char *why;

	o->user = now;
	if (!text)
		return 0;
	why = user_find(&o->user, text);
	if (!why && now.uid != 0 && now.uid != o->user.uid)
		why = "only root can become another user";
	if (!why)
		return 0;
	diag_put(d, "user: %.*s: %s", 80, text, why);
	return -NAT_EINVAL;
}

static int become(struct owner *o, const char *text, struct diag *d)
{
	struct fmt f = fmt_to(SPAN(o->where));
	int rc;

	if (!text || o->user.uid == 0)
		return 0;
	fmt_put(&f, "%s as %s", d->where, text);
	d->where = fmt_text(&f);
	rc = user_become(&o->user);
	if (rc < 0)
		diag_put(d, "cannot become that user: %s", err_text(rc));
	return rc;
}

static void choose_dir(struct owner *o, const char *given)
{
	struct fmt f = fmt_to(SPAN(o->dir));

	if (given)
		fmt_put(&f, "%s", given);
	else
		host_state_dir(&f);
	fmt_text(&f);
	if (f.full)
		o->why = "the name is too long";
}

int owner_take(struct owner *o, const struct common *common, bool keeps,
	       struct diag *d)
{
	int rc;

	*o = (struct owner){ .why = NULL };
	rc = find_user(o, common->user, d);
	if (rc < 0)
		return rc;
	choose_dir(o, common->state_dir);
	if (keeps && !o->why && user_now().uid == 0)
		o->why = dir_claim(o->dir, &o->user);
	rc = become(o, common->user, d);
	if (rc == 0 && keeps && !o->why)
		o->why = dir_keep(o->dir);
	return rc;
}

int owner_settle(const struct owner *o, unsigned lowest, struct diag *d)
{
	int rc = user_settle(&o->user, lowest);

	if (rc < 0)
		diag_put(d, "cannot give root up: %s", err_text(rc));
	return rc;
}
