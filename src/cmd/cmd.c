#include "cmd/cmd.h"
#include "os/console.h"
#include <assert.h>

/* ---- complaints ---- */

static void say_line(const char *before, const char *text)
{
	char line[600];
	struct fmt f = fmt_to(SPAN(line));

	fmt_put(&f, "%s%s\n", before, text);
	console_err(fmt_done(&f));
}

/* A line of a file that the command names is told as that file's. */
static void say_command(struct diag *d, const char *text)
{
	say_line(d->line > 0 ? "" : "nat ", text);
}

static void say_file(struct diag *d, const char *text)
{
	(void)d;
	say_line("", text);
}

struct diag cmd_diag(const struct cmd *cmd)
{
	return (struct diag){ .say = say_command, .where = cmd->name };
}

struct diag cmd_file_diag(const char *path)
{
	return (struct diag){ .say = say_file, .where = path };
}

int cmd_usage(const struct cmd *cmd)
{
	struct diag d = cmd_diag(cmd);

	diag_put(&d, "see nat help %s", cmd->name);
	return err_exit(-NAT_EUSAGE);
}

int cmd_no_memory(const struct cmd *cmd)
{
	struct diag d = cmd_diag(cmd);

	diag_put(&d, "%s", err_text(-NAT_EMEMORY));
	return err_exit(-NAT_EMEMORY);
}

int cmd_no_arguments(const struct cmd *cmd, const char *argument)
{
	struct diag d = cmd_diag(cmd);

	diag_put(&d, "%.*s: it takes options only", 80, argument);
	return cmd_usage(cmd);
}

/* ---- finding a command ---- */

const struct cmd *cmd_find(const char *name)
{
	const struct cmd *const *c = cmds;

	while (*c && strcmp((*c)->name, name))
		c++;
	return *c;
}

void cmd_unknown(const char *name)
{
	const struct cmd *near = cmd_nearest(name);
	struct diag d = cmd_file_diag("nat");

	if (near)
		diag_put(&d, "%.*s: no such command; did you mean %s?", 80,
			 name, near->name);
	else
		diag_put(&d, "%.*s: no such command; see nat help", 80, name);
}

/* ---- options and help ---- */

int cmd_args(const struct cmd *cmd, void *set, int argc, char **argv)
{
	struct diag d = cmd_diag(cmd);
	int at;

	opt_defaults(cmd->opts, set);
	at = opt_args(cmd->opts, set, argc, argv, &d);
	if (at < 0)
		cmd_usage(cmd);
	return at;
}

int cmd_show_help(const struct cmd *cmd)
{
	char text[8192];
	struct fmt f = fmt_to(SPAN(text));

	fmt_put(&f, "nat %s - %s\n\nUsage: nat %s%s%s\n\n%s%sOptions:\n",
		cmd->name, cmd->what, cmd->name, *cmd->usage ? " " : "",
		cmd->usage, cmd->about, *cmd->about ? "\n\n" : "");
	opt_help(cmd->opts, &f);
	if (*cmd->examples[0])
		fmt_put(&f, "\nExamples:\n");
	for (const char *const *e = cmd->examples; *e && **e; e++)
		fmt_put(&f, "  %s\n", *e);
	assert(!f.full);
	console_out(fmt_done(&f));
	return 0;
}

static void put_group(struct fmt *f, const char *group)
{
	fmt_put(f, "\n%s:\n", group);
	for (size_t i = 0; cmds[i]; i++) {
		if (strcmp(cmds[i]->group, group))
			continue;
		fmt_put(f, "  %s", cmds[i]->name);
		for (size_t n = strlen(cmds[i]->name); n < 10; n++)
			fmt_put(f, " ");
		fmt_put(f, "%s\n", cmds[i]->what);
	}
}

static const char about[] = WORDS(
	"A relay runs on a machine with a public address. A client runs\n"
	"behind NAT, logs in at the relay and publishes services there:\n"
	"SSH, a desktop, a database, a web site. Visitors connect to ports\n"
	"of the relay and reach the services.");

const struct cmd cmd_nat = {
	.name = "nat",
	.what = "Publishes services of a machine behind NAT",
	.about = about,
	.usage = "COMMAND [options] [arguments]",
};

int cmd_show_overview(void)
{
	static const char *const groups[] = { "Serve", "Connect", "Inspect" };
	char text[4096];
	struct fmt f = fmt_to(SPAN(text));

	fmt_put(&f, "nat - %s\n\nUsage: nat %s\n\n%s\n", cmd_nat.what,
		cmd_nat.usage, cmd_nat.about);
	for (size_t i = 0; i < COUNT(groups); i++)
		put_group(&f, groups[i]);
	fmt_put(&f, "\nOf one command: nat help COMMAND\n");
	assert(!f.full);
	console_out(fmt_done(&f));
	return 0;
}
