#include "cmd/reload.h"
#include "base/change.h"

static void to_log(struct diag *d, const char *text)
{
	struct reload *r = container_of(d, struct reload, diag);

	log_err(r->log, "nat", "%s", text);
}

int reload_init(struct reload *r, const struct source *source,
		const struct settings *first, struct diag *d)
{
	r->source = source;
	r->most_visitors = UINT32_MAX;
	r->first = first;
	r->now = *first;
	for (unsigned i = 0; source->path && i < COUNT(r->turns); i++) {
		r->turns[i] = conf_new(d);
		if (!r->turns[i])
			return -NAT_EMEMORY;
	}
	return 0;
}

/* ---- which section is which ---- */

/* Takes the section of the same type and name out of from; NULL: gone. */
static struct section *take_same(struct serve_what *from,
				 const struct section *s)
{
	for (unsigned i = 0; i < from->n; i++) {
		struct section *is = from->v[i];

		if (is->cmd != s->cmd || strcmp(is->name, s->name))
			continue;
		from->v[i] = from->v[--from->n];
		return is;
	}
	return NULL;
}

/* Brings them into the order in which they are served. */
static void arrange(struct reload *r, struct settings *fresh)
{
	struct serve_what left = fresh->what;

	fresh->what.n = r->first->what.n;
	for (unsigned i = 0; i < fresh->what.n; i++) {
		const struct section *s = r->first->what.v[i];

		fresh->what.v[i] = take_same(&left, s);
		if (fresh->what.v[i])
			continue;
		r->diag.line = 0;
		diag_put(&r->diag, "config %s '%s' is gone: needs a restart",
			 s->cmd->name, s->name);
	}
	for (unsigned i = 0; i < left.n; i++)
		log_warn(r->log, "nat",
			 "%s:%u: config %s '%s' is new: needs a restart",
			 r->source->path, left.v[i]->line, left.v[i]->cmd->name,
			 left.v[i]->name);
}

/* ---- what has changed ---- */

static void say(struct reload *r, const struct opt *row,
		const struct section *was, const struct section *is)
{
	bool fixed = row->flags & OPT_FIXED;
	char who[64], text[LOG_LINE];
	struct fmt w = fmt_to(SPAN(who)), f = fmt_to(SPAN(text));

	fmt_put(&w, "%s%s%s", was->cmd->name, *was->name ? " " : "", was->name);
	change_print(&f, row, was->set, is->set);
	log_put(r->log, fixed ? LOG_WARN : LOG_INFO, fmt_text(&w), "%s%s",
		fixed ? "needs a restart: " : "", fmt_text(&f));
}

static void say_changes(struct reload *r, const struct section *was,
			const struct section *is)
{
	const struct opt *row = is->cmd->opts;

	for (; (row = change_next(row, was->set, is->set))->name;
	     row = opt_next(row))
		say(r, row, was, is);
}

/* What is fixed is as it was at the start, whose memory stays. */
static void keep_fixed(struct reload *r, const struct section *was,
		       const struct section *is)
{
	const struct opt *row = is->cmd->opts;

	role_lower(is->cmd->role, is->set, r->most_visitors);
	for (; (row = change_next(row, was->set, is->set))->name;
	     row = opt_next(row)) {
		if (!(row->flags & OPT_FIXED))
			continue;
		say(r, row, was, is);
		change_undo(row, was->set, is->set);
	}
}

/* The environment has been wiped. */
static void keep_env(const struct common *was, struct common *is)
{
	is->token_of_env = was->token_of_env && !is->token && !is->token_file;
	if (is->token_of_env)
		is->token = was->token;
}

/* ---- a reload ---- */

static void make_fit(struct reload *r, struct conf *conf,
		     const struct settings *fresh)
{
	for (unsigned i = 0; i < fresh->what.n; i++) {
		struct section *was = r->first->what.v[i];
		struct section *is = fresh->what.v[i];

		r->diag.line = is->line;
		keep_fixed(r, was, is);
		keep_env(was->set, is->set);
		is->cmd->role->fit(conf, is, &r->diag);
	}
}

static void read_again(struct reload *r, struct settings *fresh)
{
	const struct source *from = r->source;
	struct conf *conf = r->turns[r->turn];

	*fresh = r->now;
	if (!from->path || from->read(from, conf, &r->diag, fresh) < 0)
		return;
	arrange(r, fresh);
	if (r->diag.count == 0)
		make_fit(r, conf, fresh);
}

static void check(struct reload *r, const struct settings *fresh)
{
	for (unsigned i = 0; i < fresh->what.n; i++) {
		const struct section *s = fresh->what.v[i];

		r->diag.line = s->line;
		s->cmd->role->check(r->first->what.v[i]->set, s->set, &r->diag);
	}
}

static void apply(struct reload *r, const struct settings *fresh)
{
	for (unsigned i = 0; i < fresh->what.n; i++) {
		const struct section *s = fresh->what.v[i];

		say_changes(r, r->now.what.v[i], s);
		s->cmd->role->reload(r->first->what.v[i]->set, s->set);
	}
	r->now = *fresh;
	r->turn ^= 1;
	log_info(r->log, "nat", "reloaded");
}

void reload_all(struct reload *r)
{
	const struct source *from = r->source;
	struct settings fresh;

	r->diag = (struct diag){ .say = to_log,
				 .where = from->path ? from->path
						     : from->cmd->name };
	read_again(r, &fresh);
	if (r->diag.count == 0)
		check(r, &fresh);
	if (r->diag.count == 0)
		apply(r, &fresh);
	else
		log_err(r->log, "nat", "reload failed: nothing has changed");
	if (from->path)
		conf_clear(r->turns[r->turn]);
}
