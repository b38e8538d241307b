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

static void choose(struct owner_place *p, const char *given,
		   void (*usual)(struct fmt *f))
{
	struct fmt f = fmt_to(SPAN(p->path));

	if (given)
		fmt_put(&f, "%s", given);
	else
		usual(&f);
	fmt_text(&f);
	if (f.full)
		p->why = "the name is too long";
}

static void claim(struct owner_place *p, const struct user *user)
{
	if (!p->why && user_now().uid == 0)
		p->why = dir_claim(p->path, user);
}

/* What another user has left behind is nobody's, if it is empty. */
static void claim_anew(struct owner_place *p, const struct user *user)
{
	if (!p->why && user_now().uid == 0)
		dir_clear(p->path, user);
	claim(p, user);
}

static void keep(struct owner_place *p)
{
	if (!p->why)
		p->why = dir_keep(p->path);
}

int owner_take(struct owner *o, const struct common *common, unsigned dirs,
	       struct diag *d)
{
	int rc;

	*o = (struct owner){ .user = { 0, 0 } };
	rc = find_user(o, common->user, d);
	if (rc < 0)
		return rc;
	choose(&o->state, common->state_dir, host_state_dir);
	choose(&o->runtime, NULL, host_runtime_dir);
	if (dirs & OWNER_STATE)
		claim(&o->state, &o->user);
	if (dirs & OWNER_RUNTIME)
		claim_anew(&o->runtime, &o->user);
	rc = become(o, common->user, d);
	if (rc < 0)
		return rc;
	if (dirs & OWNER_STATE)
		keep(&o->state);
	if (dirs & OWNER_RUNTIME)
		keep(&o->runtime);
	return 0;
}

int owner_settle(const struct owner *o, const struct user_keeps *keeps,
		 struct diag *d)
{
	int rc = user_settle(&o->user, keeps);

	if (rc < 0)
		diag_put(d, "cannot give root up: %s", err_text(rc));
	return rc;
}
