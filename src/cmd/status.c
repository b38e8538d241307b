#include "base/value.h"
#include "cmd/cmd.h"
#include "cmd/table.h"
#include "os/clock.h"
#include "os/console.h"
#include "os/host.h"
#include "os/local.h"
#include "os/mem.h"
#include "os/sock.h"

enum {
	ANSWER = 16 << 20, /* most bytes of one; untouched, they cost nothing */
	PATIENCE_MS = 10000,
	LOOK_MS = 1000, /* between two looks, for rates */
	WATCH_MS = 2000
};

struct status_set {
	const char *admin;
	bool json, watch, visitors, help;
	int64_t every;
};

/* clang-format off */
#define AT(field) offsetof(struct status_set, field)
static const struct opt opts[] = {
	{ 0, "admin", OPT_TEXT, OPT_LINE, AT(admin), "PATH", NULL,
	  0, 0, WORDS("The socket to ask, not those of every nat that is found") },
	{ 0, "json", OPT_FLAG, OPT_LINE, AT(json), NULL, NULL,
	  0, 0, WORDS("Show everything, for programs: an array, an object for each nat") },
	{ 0, "watch", OPT_FLAG, OPT_LINE, AT(watch), NULL, NULL,
	  0, 0, WORDS("Show it again and again, every TIME; 2s if none is given") },
	{ 0, "visitors", OPT_FLAG, OPT_LINE, AT(visitors), NULL, NULL,
	  0, 0, WORDS("Show each visitor too") },
	CMD_HELP(struct status_set),
	OPT_END
};

static const struct opt every_row = {
	0, "watch", OPT_MS, OPT_LINE, AT(every), "TIME", NULL,
	100, 3600000, ""
};
#undef AT
/* clang-format on */

/* ---- asking ---- */

static int receive(int fd, struct fmt *to)
{
	long n;

	do {
		n = sock_recv(fd, (struct span){ to->to.p + to->n,
						 to->to.n - to->n });
		to->n += n > 0 ? (size_t)n : 0;
	} while (n > 0 && to->n < to->to.n);
	return n > 0 ? -NAT_EROOM : n == -NAT_EAGAIN ? -NAT_ETIMEOUT : (int)n;
}

static int ask(const char *path, bool all, struct fmt *to)
{
	struct bytes word = all ? BYTES("all\n") : BYTES("status\n");
	int fd = local_connect(path, PATIENCE_MS);
	long rc;

	to->n = 0;
	if (fd < 0)
		return fd;
	rc = sock_send(fd, word);
	if (rc > 0)
		rc = receive(fd, to);
	sock_close(fd, false);
	if (rc == 0 && to->n == 0)
		rc = -NAT_ECLOSED; /* it does not trust us */
	return (int)rc;
}

/* ---- those who are asked ---- */

/* The commands that serve; where each answers by default. */
static const char *const servers[] = { "relay", "client", "forward", "run" };

struct place {
	const char *path;
	struct fmt now, before;
	int64_t at, was; /* when */
	bool answers;
};

struct places {
	struct place v[COUNT(servers)];
	size_t n;
	char text[COUNT(servers)][256];
	struct fmt shown, screen;
	const char *failed; /* where the last trouble was */
};

static int look_for(struct places *ps, const char *given)
{
	for (size_t i = 0; i < COUNT(servers); i++) {
		struct fmt f = fmt_to(SPAN(ps->text[i]));
		struct place *p = &ps->v[ps->n];

		if (given && i > 0)
			break;
		host_runtime_dir(&f);
		fmt_put(&f, "/%s", servers[i]);
		fmt_text(&f);
		p->path = given ? given : ps->text[i];
		p->now = fmt_to(mem_reserve(ANSWER));
		p->before = fmt_to(mem_reserve(ANSWER));
		if (!p->now.to.p || !p->before.to.p)
			return -NAT_EMEMORY;
		ps->n++;
	}
	ps->shown = fmt_to(mem_reserve(2 * ANSWER));
	ps->screen = fmt_to(mem_reserve(3 * ANSWER));
	return ps->shown.to.p && ps->screen.to.p ? 0 : -NAT_EMEMORY;
}

/* 0, or why not even one has answered. */
static int ask_all(struct places *ps, bool all)
{
	int why = -NAT_ENOENT;
	bool any = false;

	for (size_t i = 0; i < ps->n; i++) {
		struct place *p = &ps->v[i];
		struct fmt last = p->now;
		int rc;

		p->now = p->before;
		p->before = last;
		p->was = p->at;
		rc = ask(p->path, all, &p->now);
		p->at = clock_ms();
		p->answers = rc == 0;
		any = any || rc == 0;
		if (rc < 0)
			p->now.n = 0;
		if (rc == 0 || rc == -NAT_ENOENT || rc == -NAT_EREFUSED)
			continue;
		why = rc;
		ps->failed = p->path;
	}
	return any ? 0 : why;
}

static int say_nobody(const struct places *ps, int why)
{
	struct diag d = cmd_diag(&cmd_status);
	const char *last = ps->v[ps->n - 1].path;

	if (why == -NAT_ENOENT)
		diag_put(&d,
			 "no nat answers at %s%s%s; is one running, and "
			 "yours? --admin PATH says where",
			 ps->v[0].path, ps->n > 1 ? " to " : "",
			 ps->n > 1 ? last : "");
	else
		diag_put(&d, "%s: %s", ps->failed, err_text(why));
	return err_exit(why);
}

/* ---- showing ---- */

static void show_json(const struct places *ps)
{
	const char *before = "[";

	for (size_t i = 0; i < ps->n; i++) {
		if (!ps->v[i].answers)
			continue;
		console_out(bytes_of(before));
		console_out(fmt_done(&ps->v[i].now));
		before = ",";
	}
	console_out(BYTES("]\n"));
}

/* In the place of the picture before, of which nothing is left; as much of it as
 * there is room for, since what scrolls would stay.
 */
static void put_screen(struct fmt *f, struct bytes text,
		       struct console_size size)
{
	unsigned row = 1, column = 0;

	f->n = 0;
	fmt_put(f, "\033[H");
	for (size_t i = 0; i < text.n && row < size.rows; i++) {
		if (text.p[i] == '\n') {
			fmt_put(f, "\033[K\n");
			row++;
			column = 0;
		} else if (column++ < size.columns) {
			fmt_put(f, "%c", text.p[i]);
		}
	}
	fmt_put(f, "\033[J");
}

static int show_tables(struct places *ps, bool redraws)
{
	struct console_size size = console_size();
	struct fmt *shown = &ps->shown;
	int rc = 0;

	shown->n = 0;
	for (size_t i = 0; i < ps->n && rc == 0; i++) {
		const struct place *p = &ps->v[i];

		if (p->answers)
			rc = table_print(shown, fmt_done(&p->now),
					 fmt_done(&p->before), p->at - p->was);
	}
	if (redraws && size.rows) {
		put_screen(&ps->screen, fmt_done(shown), size);
		shown = &ps->screen;
	}
	if (rc == 0)
		console_out(fmt_done(shown));
	return rc;
}

static int show(struct places *ps, const struct status_set *set)
{
	struct diag d = cmd_diag(&cmd_status);
	int rc = 0;

	if (set->json)
		show_json(ps);
	else
		rc = show_tables(ps, set->watch);
	if (rc < 0)
		diag_put(&d, "%s", err_text(rc));
	return err_exit(rc);
}

static int status(struct places *ps, const struct status_set *set)
{
	bool all = set->visitors || set->json;
	int rc = ask_all(ps, all);

	if (rc == 0 && !set->json) {
		clock_wait(LOOK_MS);
		rc = ask_all(ps, all);
	}
	if (rc < 0)
		return say_nobody(ps, rc);
	for (;;) {
		rc = show(ps, set);
		if (rc != 0 || !set->watch)
			return rc;
		clock_wait(set->every);
		rc = ask_all(ps, all);
		if (rc < 0)
			return say_nobody(ps, rc);
	}
}

static int read_every(struct status_set *set, const char *text)
{
	struct diag d = cmd_diag(&cmd_status);
	uint8_t bounds[64];
	struct fmt f = fmt_to(SPAN(bounds));
	const char *why = value_read(&every_row, text, &set->every);

	if (!why)
		return 0;
	if (why == VALUE_OUTSIDE)
		value_print_bounds(&f, &every_row);
	diag_put(&d, "--watch %.*s: %s %s", 80, text, why, fmt_text(&f));
	return cmd_usage(&cmd_status);
}

static int run(int argc, char **argv)
{
	struct status_set set = { .every = WATCH_MS };
	struct places places = { .n = 0 };
	int at = cmd_args(&cmd_status, &set, argc, argv), code = 0;

	if (at < 0)
		return err_exit(at);
	if (set.help)
		return cmd_show_help(&cmd_status);
	if (at < argc && set.watch)
		code = read_every(&set, argv[at++]);
	if (code != 0)
		return code;
	if (at < argc)
		return cmd_no_arguments(&cmd_status, argv[at]);
	if (look_for(&places, set.admin) < 0)
		return cmd_no_memory(&cmd_status);
	return status(&places, &set);
}

static const char about[] =
	"Asks the relays and clients of this machine how they are, over\n"
	"their admin sockets: who is logged in, what is published, who\n"
	"visits, how much is moved, what went wrong. Only the user that a nat\n"
	"runs as, and root, are answered. Rates are of the last second,\n"
	"or since the last look.";

static const char *const examples[] = {
	"nat status",
	"nat status --visitors",
	"nat status --json",
	NULL,
};

const struct cmd cmd_status = {
	.name = "status",
	.group = "Inspect",
	.what = "Shows how the nats that run here are doing",
	.about = about,
	.usage = "[--admin PATH] [--json] [--visitors] [--watch [TIME]]",
	.opts = opts,
	.run = run,
	.examples = examples,
};
