#include "cmd/reload.h"

/* Without the module reload: settings are those of the start; what they name, the
 * tokens of a relay, is read again.
 */

int reload_init(struct reload *r, const struct source *source,
		const struct settings *first, struct diag *d)
{
	r->source = source;
	r->now = *first;
	(void)d;
	return 0;
}

static void to_log(struct diag *d, const char *text)
{
	struct reload *r = container_of(d, struct reload, diag);

	log_err(r->log, "nat", "%s", text);
}

static void reload_section(struct reload *r, const struct section *s)
{
	r->diag = (struct diag){ .say = to_log, .where = s->cmd->name };
	s->cmd->role->check(s->set, s->set, &r->diag);
	if (r->diag.count)
		log_err(r->log, s->cmd->name,
			"reload failed: nothing has changed");
	else
		s->cmd->role->reload(s->set, s->set);
}

void reload_all(struct reload *r)
{
	for (unsigned i = 0; i < r->now.what.n; i++)
		reload_section(r, r->now.what.v[i]);
}
