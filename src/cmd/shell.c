#include "cmd/conf.h"
#include "cmd/errand.h"
#include "cmd/escape.h"
#include "cmd/passopts.h"
#include "cmd/tlsopts.h"
#include "app/natpass/trunk.h"
#include "net/pump.h"
#include "net/stdio.h"
#include "os/host.h"
#include "os/term.h"

enum {
	MEMORY = 1 << 20,
	LINKS = 4,
	FAILED = 255, /* whatever no shell has said */
	END_MS = 1000
};

struct shell_set {
	struct common common; /* first */
	struct pass_set pass;
	struct opt_list env;
};

/* clang-format off */
static const struct opt opts[] = {
	PASS_LOGIN_OPTS(struct shell_set)
	TLS_BELIEF_OPTS
	{ 'e', "env", OPT_TEXT, OPT_LIST | OPT_LINE, offsetof(struct shell_set, env),
	  "NAME=VALUE", NULL,
	  0, 0, WORDS("Give that to the shell's environment; TERM is given anyway") },
	ROLE_CONFIG_OPT("Read natpass's settings from the client section of this file"),
	{ ROLE_ROW(0, "resolv-conf", OPT_TEXT, OPT_LINE, resolv_conf, "FILE"),
	  NULL, 0, 0, WORDS("Name servers, if not /etc/resolv.conf's") },
	{ 'h', "help", OPT_FLAG, OPT_LINE, offsetof(struct shell_set, common.help), NULL,
	  NULL, 0, 0, WORDS("Show this and exit") },
	OPT_END
};
/* clang-format on */

struct session {
	struct errand errand;
	struct agent *agent;
	struct natpass_request ask;
	const char *target;
	struct vlink *link;     /* NULL: it has been left */
	struct waker far, near; /* of the link, of stdio */
	struct stdio stdio;
	struct term term;
	struct pump out;
	struct timer again; /* input has ended, which is said again */
	enum escape escape;
	bool open, over, ended, within; /* within a line of input */
	int code;
	char why[160]; /* "": nothing went wrong */
};

/* ---- the end ---- */

static void quit(struct session *s)
{
	s->errand.loop.quit = true;
}

/* The first reason counts. */
static void fail(struct session *s, const char *why, const char *of)
{
	struct fmt f = fmt_to(SPAN(s->why));

	if (s->over)
		return;
	s->over = true;
	s->code = FAILED;
	fmt_put(&f, "%s: %s%s", s->target, why, of);
	fmt_text(&f);
	quit(s);
}

/* What the shell has said last is yet to be printed. */
static void finish(struct session *s, int code)
{
	s->over = true;
	s->code = code;
	stream_finish(&s->stdio.stream);
	if (s->stdio.stream.finished || s->stdio.stream.err)
		quit(s);
}

static void look_at_end(struct session *s)
{
	const struct stream *l = &s->link->stream;

	if (s->over)
		return;
	if (s->link->status && l->err == -NAT_ECLOSED)
		finish(s, (int)s->link->status - 1);
	else if (l->err && s->link->why[0])
		fail(s, s->link->why, "");
	else if (l->err && !s->open && l->err == -NAT_ETIMEOUT)
		fail(s, "does not answer", "");
	else if (l->err)
		fail(s, "the connection is lost: ", err_text(l->err));
	else if (l->ended && s->out.over && !vlink_is(s->link, VLINK_OURS))
		finish(s, 0); /* they do not say how it ended */
}

/* ---- input ---- */

/* The end of input as a terminal has it: behind the start of a line it takes two.
 * A shell forgets it while another program reads, so it is said until it is heard.
 */
static void say_end(struct session *s)
{
	struct span to = stream_reserve(&s->link->stream, 2);
	size_t n = s->within ? 2 : 1;

	timer_start(&s->again, &s->errand.loop, s->errand.loop.now + END_MS);
	if (!to.p)
		return;
	n = min_size(n, to.n);
	memset(to.p, 4, n);
	stream_commit(&s->link->stream, n);
	s->within = false;
}

static void end_again(struct timer *t)
{
	struct session *s = container_of(t, struct session, again);

	if (!s->over)
		say_end(s);
}

static void end_input(struct session *s)
{
	s->ended = true;
	if (s->term.raw)
		fail(s, "the terminal is gone", "");
	else
		say_end(s);
}

static size_t pass(struct session *s, struct span to, struct bytes in,
		   size_t *taken)
{
	if (s->term.raw)
		return escape_pass(&s->escape, to, in, taken);
	*taken = min_size(to.n, in.n);
	memcpy(to.p, in.p, *taken);
	return *taken;
}

static void type(struct session *s)
{
	struct stream *from = &s->stdio.stream, *to = &s->link->stream;
	struct span in, out;
	size_t n, taken;

	while (!s->over && (in = stream_peek(from, 1)).p) {
		out = stream_reserve(to, 1);
		if (!out.p)
			return;
		n = pass(s, out, bytes_in(in), &taken);
		if (n > 0)
			s->within = out.p[n - 1] != '\n';
		stream_commit(to, n);
		stream_take(from, taken);
		if (s->escape == ESCAPE_LEFT)
			fail(s, "left", "");
	}
	if (from->ended && !s->ended && !s->over)
		end_input(s);
}

/* ---- both ---- */

static void move(struct session *s)
{
	if (!s->open || s->over)
		return;
	pump_run(&s->out);
	type(s);
}

static void wake_near(struct waker *w, unsigned what)
{
	struct session *s = container_of(w, struct session, near);

	(void)what;
	if (s->stdio.stream.err && !s->over)
		fail(s, "standard output: ", err_text(s->stdio.stream.err));
	if (s->over && (s->stdio.stream.finished || s->stdio.stream.err))
		quit(s);
	move(s);
	if (!s->over)
		look_at_end(s);
}

static void resized(struct term *t)
{
	struct session *s = container_of(t, struct session, term);
	struct console_size size = term_size();
	struct natpass_size say = { size.rows, size.columns };

	if (!s->over && size.rows)
		vlink_resize(s->link, &say);
}

/* Who does not know of arguments has started a plain shell. */
static void open_here(struct session *s)
{
	int rc;

	if (s->ask.shell.args.n && !vlink_is(s->link, VLINK_OURS)) {
		fail(s, "is no nat: it takes a program without arguments", "");
		return;
	}
	rc = term_start(&s->term, &s->errand.loop, resized);
	if (rc < 0) {
		fail(s, "the terminal: ", err_text(rc));
		return;
	}
	stdio_start(&s->stdio, &s->errand.loop, &s->near);
	pump_init(&s->out, &s->errand.net, &s->link->stream, &s->stdio.stream);
	s->open = true;
	resized(&s->term);
}

static void wake_far(struct waker *w, unsigned what)
{
	struct session *s = container_of(w, struct session, far);

	if (what & STREAM_OPEN)
		open_here(s);
	move(s);
	look_at_end(s);
}

/* ---- the request ---- */

static void add_env(struct natpass_shell *ask, struct bytes text)
{
	if (ask->env.n < PB_TEXTS)
		ask->env.v[ask->env.n++] = text;
}

static int make_ask(struct session *s, int argc, char **argv, struct span term)
{
	struct natpass_shell *ask = &s->ask.shell;
	struct console_size size = term_size();
	const char *name = host_env("TERM");
	struct fmt f = fmt_to(term);

	if (argc > PB_TEXTS)
		return -NAT_ELIMIT;
	s->ask.name = BYTES("shell");
	s->ask.type = NATPASS_SHELL;
	s->ask.told = NATPASS_CSHELL;
	ask->rows = size.rows;
	ask->cols = size.columns;
	fmt_put(&f, "TERM=%s", name ? name : "dumb");
	add_env(ask, fmt_done(&f));
	if (argc == 1)
		ask->exec = bytes_of(argv[0]);
	for (int i = 0; argc > 1 && i < argc; i++)
		ask->args.v[ask->args.n++] = bytes_of(argv[i]);
	return 0;
}

/* ---- the command ---- */

static int failed(struct diag *d, const char *what, int rc)
{
	diag_put(d, "%s: %s", what, err_text(rc));
	return FAILED;
}

static void stop(struct session *s)
{
	timer_stop(&s->again, &s->errand.loop);
	if (s->open)
		pump_stop(&s->out);
	if (s->link)
		stream_stop(&s->link->stream, false);
	if (s->open)
		stream_stop(&s->stdio.stream, false);
	term_stop(&s->term);
	if (s->why[0])
		diag_put(&s->errand.diag, "%s", s->why);
}

static int attend(struct session *s)
{
	s->far.wake = wake_far;
	s->near.wake = wake_near;
	timer_init(&s->again, end_again);
	s->code = FAILED;
	s->link = vlink_open(agent_trunk(s->agent), bytes_of(s->target),
			     &s->ask, &s->far);
	if (!s->link)
		return failed(&s->errand.diag, s->target, -NAT_ELIMIT);
	if (errand_run(&s->errand) < 0)
		s->code = FAILED;
	stop(s);
	return s->code;
}

static int hold(struct session *s, const struct shell_set *set)
{
	int code;

	if (errand_start(&s->errand, &cmd_shell, set->common.resolv_conf) < 0)
		return FAILED;
	code = FAILED;
	if (agent_start(&s->agent, &s->errand.net, &set->pass.conf,
			&s->errand.diag) == 0)
		code = attend(s);
	agent_stop(s->agent);
	errand_stop(&s->errand);
	return code;
}

/* The client section's, with what was typed on top. */
static int read_config(struct shell_set *set, int argc, char **argv)
{
	struct diag d = cmd_file_diag(set->common.config);
	struct conf *conf = conf_new(&d);
	struct section *s;

	if (!conf)
		return -NAT_EMEMORY;
	if (conf_read(conf, set->common.config, &d) < 0)
		return -NAT_ECONF;
	s = conf_only(conf, &cmd_client);
	if (!s)
		return -NAT_ECONF;
	set->pass.conf = client_pass(s->set)->conf;
	set->common.tls = ((const struct common *)s->set)->tls;
	return opt_args(opts, set, argc, argv, &d);
}

static int fit(struct shell_set *set)
{
	struct diag d = cmd_diag(&cmd_shell);
	struct agent_conf *conf = &set->pass.conf;

	set->common.max_memory = MEMORY;
	conf->allow.n = conf->forward.n = 0;
	conf->max_links = LINKS;
	conf->once = true;
	pass_fit(&set->pass, &set->common, &d);
	if (!conf->server)
		diag_option(&d, "natpass", "is needed: which server?");
	return d.count ? -NAT_EUSAGE : 0;
}

static int shell(struct shell_set *set, int argc, char **argv)
{
	struct session s = { .target = argv[0] };
	struct diag d = cmd_diag(&cmd_shell);
	char term[128];
	int rc = make_ask(&s, argc - 1, argv + 1, SPAN(term));

	if (rc < 0)
		return failed(&d, "CMD", rc);
	for (uint32_t i = 0; i < set->env.n; i++)
		add_env(&s.ask.shell, bytes_of(set->env.v[i]));
	return hold(&s, set);
}

static int run(int argc, char **argv)
{
	struct shell_set set = { .env = { 0 } };
	struct diag d = cmd_diag(&cmd_shell);
	int at = cmd_args(&cmd_shell, &set, argc, argv), rc;

	if (at < 0)
		return err_exit(at);
	if (set.common.help)
		return cmd_show_help(&cmd_shell);
	if (set.common.config) {
		rc = read_config(&set, argc, argv);
		if (rc < 0)
			return err_exit(rc);
	}
	if (at == argc)
		diag_put(&d, "which client? give its id");
	if (at == argc || fit(&set) < 0)
		return cmd_usage(&cmd_shell);
	opt_wipe(opts, at, argv);
	return shell(&set, argc - at, argv + at);
}

static const char about[] = WORDS(
	"Opens a shell of another client of a natpass server, if that one\n"
	"allows it (--allow shell), or runs CMD there. This terminal becomes\n"
	"its terminal; Enter ~ . leaves a session that hangs. With a pipe as\n"
	"standard input, the end of it is the end of input. The exit code is\n"
	"the shell's, 128 more than the signal's that ended it, or 255 when\n"
	"there was none. Clients that are no nat take no arguments to CMD\n"
	"and do not tell how it ended.");

static const char *const examples[] = {
	WORDS("nat shell --natpass 127.0.0.1 --secret-file secret box"),
	WORDS("nat shell --natpass 127.0.0.1 --secret-file secret box -- "
	      "ls -l /"),
	NULL,
};

const struct cmd cmd_shell = {
	.name = "shell",
	.group = "Connect",
	.what = "A shell of another client of a natpass server",
	.about = about,
	.usage = "[options] --natpass ADDR TARGET [-- CMD ARG...]",
	.opts = opts,
	.run = run,
	.examples = examples,
};
