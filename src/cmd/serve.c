#include "cmd/serve.h"
#include "cmd/asked.h"
#include "cmd/course.h"
#include "cmd/early.h"
#include "cmd/owner.h"
#include "cmd/reload.h"
#include "cmd/sandbox.h"
#include "os/console.h"
#include "os/host.h"
#include "os/signal.h"
#include "os/sock.h"

/* ---- the process ---- */

struct serving {
	const struct cmd *cmd;
	const struct common *common; /* of the start */
	const struct serve_what *what;
	struct asked *asked;
	int most_fds;
	struct diag diag;
	struct net_limits limits;
	struct console console;
	struct signals signals;
	struct course course;
	struct reload reload;
	struct loop loop;
	struct owner owner;
	struct net net;
};

static enum log_level level_of(const struct common *common)
{
	return common->verbose ? LOG_DEBUG
	       : common->quiet ? LOG_WARN
			       : LOG_INFO;
}

static void reload(struct serving *sv)
{
	struct log *log = &sv->console.log;
	int rc = console_reopen(&sv->console);

	if (rc < 0)
		log_err(log, "nat", "cannot reopen %s: %s; the log stays",
			sv->common->log, err_text(rc));
	else
		log_info(log, "nat", "reload: the log is open");
	reload_all(&sv->reload);
	log->most = level_of(sv->reload.now.common);
}

static void heard(struct signals *signals, unsigned what)
{
	struct serving *sv = container_of(signals, struct serving, signals);

	if (what & SIGNAL_RELOAD)
		reload(sv);
	if (what & SIGNAL_RETRY)
		course_retry(&sv->course);
	if (what & (SIGNAL_STOP | SIGNAL_LEAVE))
		course_leave(&sv->course,
			     what & SIGNAL_STOP ? 0
						: sv->reload.now.common->drain);
}

static int start_failed(struct serving *sv, const char *what, int rc)
{
	diag_put(&sv->diag, "%s: %s", what, err_text(rc));
	return rc;
}

static unsigned lowest_port(const struct serve_what *what)
{
	unsigned lowest = UINT16_MAX;

	for (unsigned i = 0; i < what->n; i++) {
		const struct role *role = what->v[i]->cmd->role;
		unsigned port = lowest;

		if (role->lowest_port)
			port = role->lowest_port(what->v[i]->set);
		if (port < lowest)
			lowest = port;
	}
	return lowest;
}

static struct user_keeps keeps_of(const struct serve_what *what)
{
	struct user_keeps keeps = { .lowest = lowest_port(what) };

	for (unsigned i = 0; i < what->n; i++) {
		const struct role *role = what->v[i]->cmd->role;

		if (role->borrows && role->borrows(what->v[i]->set))
			keeps.borrows = true;
	}
	return keeps;
}

static int outcome(const struct serve_what *what)
{
	int rc = 0;

	for (unsigned i = 0; i < what->n && rc == 0; i++) {
		const struct role *role = what->v[i]->cmd->role;

		rc = role->outcome ? role->outcome(what->v[i]->set) : 0;
	}
	return rc;
}

static bool keeps_state(const struct serve_what *what)
{
	for (unsigned i = 0; i < what->n; i++)
		if (what->v[i]->cmd->role->keeps_state(what->v[i]->set))
			return true;
	return false;
}

static int run_course(struct serving *sv)
{
	struct sandbox sandbox = { .common = sv->common,
				   .what = sv->what,
				   .admin = asked_socket(sv->asked) };
	int rc;

	course_start(&sv->course, &sv->net, sv->what);
	sandbox.log_file = console_file(&sv->console);
	if (keeps_state(sv->what))
		sandbox.state_dir = owner_dir(&sv->owner);
	sandbox_enter(&sandbox, &sv->console.log);
	rc = loop_run(&sv->loop);
	course_stop(&sv->course);
	return rc < 0 ? start_failed(sv, "waiting for events", rc)
		      : outcome(sv->what);
}

/* All sections are started. */
static int serve(struct serving *sv)
{
	const struct user_keeps keeps = keeps_of(sv->what);
	int rc = owner_settle(&sv->owner, &keeps, &sv->diag);

	asked_about(sv->asked, sv->what);
	if (rc == 0)
		rc = asked_take_over(sv->asked, &sv->course, &sv->reload.now,
				     &sv->diag);
	return rc == 0 ? run_course(sv) : rc;
}

/* A failure is never without a word. */
static int start_section(struct serving *sv, const struct section *s)
{
	unsigned said = sv->diag.count;
	int rc = s->cmd->role->start(s->set, &sv->net, owner_dir(&sv->owner),
				     &sv->diag);

	return rc < 0 && sv->diag.count == said
		       ? start_failed(sv, "setting memory aside", rc)
		       : rc;
}

static void say_ready(const struct serve_what *what)
{
	for (unsigned i = 0; i < what->n; i++)
		if (what->v[i]->cmd->role->ready)
			what->v[i]->cmd->role->ready(what->v[i]->set);
}

static int run_sections(struct serving *sv)
{
	const struct serve_what *what = sv->what;
	unsigned n = 0;
	int rc = 0;

	for (; n < what->n && rc >= 0; n++)
		rc = start_section(sv, what->v[n]);
	if (rc < 0) {
		n--; /* the last one is not running */
	} else {
		say_ready(what);
		rc = serve(sv);
	}
	while (n > 0) {
		n--;
		what->v[n]->cmd->role->stop(what->v[n]->set);
	}
	return rc;
}

static int with_asked(struct serving *sv)
{
	const struct asked_of of = { sv->cmd, sv->common, sv->what,
				     &sv->owner.runtime, sv->most_fds };
	int rc = asked_start(&sv->asked, &sv->net, &of, &sv->diag);

	if (rc < 0)
		return rc;
	rc = run_sections(sv);
	asked_stop(sv->asked);
	return rc;
}

static int with_signals(struct serving *sv)
{
	int rc = signals_start(&sv->signals, &sv->loop, heard);

	if (rc < 0)
		return start_failed(sv, "signals", rc);
	rc = with_asked(sv);
	signals_stop(&sv->signals);
	return rc;
}

/* ---- limits ---- */

enum {
	FDS_SLACK = 64,          /* the log, the loop, lookups, who asks */
	FDS_VISITOR = 2,         /* of a visitor: one each side */
	PIPES_LEAST = 16,        /* at once, and */
	PIPES_MOST = 256,        /* and in bytes a quarter of what Linux lets */
	PIPES_BYTES = 256 << 16, /* one user have before pipes become small */
};

static struct net_limits limits_of(const struct serving *sv)
{
	struct net_limits l = { .resolv_conf = sv->common->resolv_conf };

	for (unsigned i = 0; i < sv->what->n; i++) {
		const struct common *c = sv->what->v[i]->set;

		l.memory += c->max_memory;
		if (l.pipe_size < c->pipe_size)
			l.pipe_size = (uint32_t)c->pipe_size;
	}
	l.pipes = (uint32_t)min_size(PIPES_MOST, PIPES_BYTES / l.pipe_size);
	return l;
}

/* Lowers max_visitors to what the descriptors allow, and says so. */
static void fit_visitors(struct serving *sv)
{
	size_t taken = FDS_SLACK + 2 * (size_t)sv->limits.pipes,
	       fds = (size_t)sv->most_fds;
	size_t most = fds > taken ? (fds - taken) / FDS_VISITOR : 0;

	most /= sv->what->n;
	most = most ? most : 1;
	sv->reload.most_visitors = (uint32_t)most;
	for (unsigned i = 0; i < sv->what->n; i++) {
		const struct section *s = sv->what->v[i];
		uint32_t was = role_lower(s->cmd->role, s->set, (uint32_t)most);

		if (was)
			log_warn(&sv->console.log, s->cmd->name,
				 "max-visitors lowered from %u to %u: %d "
				 "descriptors",
				 (unsigned)was, (unsigned)most, sv->most_fds);
	}
}

/* As many descriptors as all limits together may take; or fewer, and it is said
 * and made do with.
 */
static void raise_fds(struct serving *sv)
{
	struct net_limits *l = &sv->limits;
	size_t all = FDS_SLACK + 2 * (size_t)l->pipes;

	for (unsigned i = 0; i < sv->what->n; i++)
		all += sv->what->v[i]->cmd->role->descriptors(
			sv->what->v[i]->set);
	sv->most_fds = sock_raise_fds(all);
	if ((size_t)sv->most_fds >= all)
		return;
	log_info(&sv->console.log, "nat",
		 "descriptors: %d (ulimit -Hn); with all limits reached %zu "
		 "would be open",
		 sv->most_fds, all);
	l->pipes = (uint32_t)min_size(l->pipes,
				      (size_t)sv->most_fds / PIPES_LEAST);
	fit_visitors(sv);
}

static int with_net(struct serving *sv)
{
	int rc = net_start(&sv->net, &sv->loop, &sv->console.log, &sv->limits);

	if (rc < 0)
		return start_failed(sv, "setting memory aside", rc);
	log_debug(&sv->console.log, "nat", "descriptors=%d pipes=%u state=%s",
		  sv->most_fds, (unsigned)sv->limits.pipes,
		  sv->owner.state.path);
	rc = with_signals(sv);
	net_stop(&sv->net);
	return rc;
}

/* What is not as it should be and does not keep us from serving. */
static void say_doubts(struct serving *sv)
{
	const char *absent = console_waits(&sv->console);

	if (absent)
		diag_put(&sv->diag,
			 "no syslog daemon at %s: lines are lost until there "
			 "is one",
			 absent);
	if (sv->owner.state.why)
		diag_put(&sv->diag, "state directory %s: %s",
			 sv->owner.state.path, sv->owner.state.why);
	if (sv->owner.user.uid == 0 && !sv->common->user)
		log_info(&sv->console.log, "nat",
			 "runs as root: --user NAME gives that up "
			 "once the ports are open");
}

static int with_log(struct serving *sv)
{
	int rc;

	sv->console.log.most = level_of(sv->common);
	say_doubts(sv);
	sv->limits = limits_of(sv);
	raise_fds(sv);
	rc = loop_open(&sv->loop, sv->most_fds);
	if (rc < 0)
		return start_failed(sv, "the loop", rc);
	rc = with_net(sv);
	loop_close(&sv->loop);
	return rc;
}

static int serve_all(const struct source *source, const struct settings *first)
{
	struct serving sv = { .cmd = source->cmd,
			      .common = first->common,
			      .what = &first->what,
			      .diag = cmd_diag(source->cmd) };
	unsigned dirs = (keeps_state(sv.what) ? OWNER_STATE : 0u) |
			(asked_wanted(sv.common) ? OWNER_RUNTIME : 0u);
	int rc = early_start(sv.what, &sv.diag);

	if (rc == 0)
		rc = owner_take(&sv.owner, sv.common, dirs, &sv.diag);

	host_wipe_env("NAT_TOKEN");
	if (rc >= 0)
		rc = reload_init(&sv.reload, source, first, &sv.diag);
	if (rc < 0)
		return err_exit(rc);
	rc = console_open(&sv.console, sv.common->log, sv.common->log_time);
	if (rc < 0)
		return err_exit(start_failed(&sv, sv.common->log, rc));
	sv.reload.log = &sv.console.log;
	rc = with_log(&sv);
	console_close(&sv.console);
	return rc > 0 ? rc : err_exit(rc);
}

int serve_sections(const struct source *source, const struct settings *first)
{
	int code = serve_all(source, first);

	early_stop(&first->what);
	return code;
}

/* ---- a command of one role ---- */

/* The section of the file that the command serves, with what was typed on top. */
static int read_section(const struct source *source, struct conf *conf,
			struct diag *d, struct settings *to)
{
	const struct common *typed = source->typed;
	const struct role *role = source->cmd->role;
	struct common *common;
	struct section *s = NULL;
	int rc = conf_read(conf, source->path, d);

	if (rc == 0)
		s = conf_only(conf, source->cmd);
	if (!s)
		return -NAT_ECONF;
	common = s->set;
	if (typed->token || typed->token_file)
		common->token = common->token_file = NULL;
	rc = opt_args(s->cmd->opts, s->set, source->argc, source->argv, d);
	if (typed->token)
		common->token = typed->token;
	if (rc >= 0 && source->rest < source->argc)
		rc = role->arguments(s->set, source->argc - source->rest,
				     source->argv + source->rest, d);
	*to = (struct settings){ common, { { s }, 1 } };
	return rc < 0 ? -NAT_ECONF : 0;
}

/* 0, or the exit code with everything said. */
static int fit_section(struct conf *conf, struct section *s, struct diag *d)
{
	struct common *common = s->set;
	unsigned before = d->count;

	role_take_env(common, d);
	s->cmd->role->fit(conf, s, d);
	if (d->count == before)
		return 0;
	return d->line ? err_exit(-NAT_ECONF) : cmd_usage(s->cmd);
}

static int take_arguments(const struct source *source)
{
	struct diag d = cmd_diag(source->cmd);
	int n = source->argc - source->rest;
	char **argv = source->argv + source->rest;

	if (n == 0)
		return 0;
	if (!source->cmd->role->arguments)
		return cmd_no_arguments(source->cmd, argv[0]);
	if (source->cmd->role->arguments(source->typed, n, argv, &d) < 0)
		return cmd_usage(source->cmd);
	return 0;
}

/* The settings are those of line, or of the file that it names. */
static int serve_source(struct source *source, struct conf *conf,
			struct section *line)
{
	struct settings first = { line->set, { { line }, 1 } };
	struct diag d = cmd_diag(source->cmd), file;
	struct common *typed = source->typed;
	struct diag *said = &d; /* what was typed is to blame first */
	int code = take_arguments(source);

	if (code == 0 && source->path) {
		file = cmd_file_diag(source->path);
		if (read_section(source, conf, &file, &first) < 0)
			return err_exit(-NAT_ECONF);
		if (!typed->token && source->rest == source->argc)
			said = &file;
		said->line = said == &d ? 0 : first.what.v[0]->line;
	}
	if (code == 0)
		code = fit_section(conf, first.what.v[0], said);
	if (code != 0)
		return code;
	if (typed->token)
		typed->token = first.common->token;
	opt_wipe(source->cmd->opts, source->argc, source->argv);
	return serve_sections(source, &first);
}

int serve_command(const struct cmd *cmd, int argc, char **argv)
{
	struct diag d = cmd_diag(cmd);
	struct conf *conf = conf_new(&d);
	struct source source = {
		.cmd = cmd, .argc = argc, .argv = argv, .read = read_section
	};
	struct section line;

	if (!conf)
		return err_exit(-NAT_EMEMORY);
	section_init(&line, conf, cmd);
	source.typed = line.set;
	source.rest = cmd_args(cmd, line.set, argc, argv);
	if (source.rest < 0)
		return err_exit(source.rest);
	if (source.typed->help)
		return cmd_show_help(cmd);
	source.path = source.typed->config;
	return serve_source(&source, conf, &line);
}
