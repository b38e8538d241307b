#include "cmd/early.h"
#include "cmd/passopts.h"
#include "os/process.h"

/* --shell-user, --user, or who we are. */
static int find_user(struct user *u, const struct pass_set *pass,
		     const struct common *common, struct diag *d)
{
	const char *name = pass->shell_user ? pass->shell_user : common->user;
	struct user now = user_now();
	const char *why;

	*u = now;
	if (!name)
		return 0;
	why = user_find(u, name);
	if (!why && now.uid != 0 && now.uid != u->uid)
		why = "only root can become another user";
	if (!why)
		return 0;
	diag_put(d, "shell-user: %.*s: %s", 80, name, why);
	return -NAT_EINVAL;
}

static int start_keeper(struct pass_set *pass, const struct common *common,
			struct diag *d)
{
	struct user user;
	int rc = find_user(&user, pass, common, d);

	if (rc < 0)
		return rc;
	rc = keeper_start(&pass->keeper, &user);
	if (rc < 0)
		diag_put(d, "shells: %s", err_text(rc));
	else
		pass->conf.keeper = &pass->keeper;
	return rc;
}

int early_start(const struct serve_what *what, struct diag *d)
{
	int rc = 0;

	for (unsigned i = 0; i < what->n && rc == 0; i++) {
		struct section *s = what->v[i];

		if (s->cmd == &cmd_client &&
		    agent_keeps_shells(&client_pass(s->set)->conf))
			rc = start_keeper(client_pass(s->set), s->set, d);
	}
	process_renounce();
	return rc;
}

void early_stop(const struct serve_what *what)
{
	for (unsigned i = 0; i < what->n; i++) {
		struct section *s = what->v[i];

		if (s->cmd == &cmd_client && client_pass(s->set)->conf.keeper)
			keeper_stop(&client_pass(s->set)->keeper);
	}
}
