#include "cmd/manual.h"
#include "base/cur.h"
#include "base/value.h"
#include "cmd/conf.h"
#include "os/console.h"
#include "os/mem.h"

enum { PAGE = 64 * 1024 };

#define LIST ".Bl -tag -width Ds\n"

static const char conf_about[] =
	"The file has the syntax of OpenWrt's UCI. A section begins with\n"
	"config, a type and, where there are several of a type, a name in\n"
	"quotes. Its lines are option NAME 'VALUE', or list NAME 'VALUE' for\n"
	"each value of what may be a list. What follows a # is a comment.\n\n"
	"The types are the commands that serve, with their options, and\n"
	"service. All that is wrong is said at once, with the line; nat check\n"
	"shows what is in force.";

static const char *const conf_examples[] = {
	"config client",
	"	option relay 'vps.example.net:8888'",
	"	option token_file '/etc/nat/token'",
	"config service 'ssh'",
	"	option type 'tcp'",
	"	option local '127.0.0.1:22'",
	"	option public '6022'",
	NULL,
};

const struct cmd manual_conf = {
	.name = "nat.conf",
	.what = "Config file of nat",
	.about = conf_about,
	.examples = conf_examples,
};

/* What pages say that have an option of that name, or one with such a value;
 * NULL: the pages of all commands.
 */
static const struct fact {
	const char *section, *needs, *item, *text;
} facts[] = {
	{ "VALUES", "ADDR", "Ar ADDR",
	  "An address and port: host:port, [v6]:port, :port or just port" },
	{ "VALUES", "TIME", "Ar TIME", "250ms, 30s, 10m or 1h; bare: seconds" },
	{ "VALUES", "SIZE", "Ar SIZE", "512, 64K, 10M or 1G; K is 1024 bytes" },
	{ "VALUES", "CIDR", "Ar CIDR",
	  "A network, 192.0.2.0/24 or 2001:db8::/32, or a single address" },
	{ "VALUES", "LO-HI", "Ar LO-HI", "A range of ports, or one port" },
	{ "TOKEN FILE", "ban-after", "Ar TOKEN",
	  "A line for all clients without a line of their own" },
	{ "TOKEN FILE", "ban-after", "Ar NAME : TOKEN",
	  "A line for the client of that name" },
	{ "TOKEN FILE", "ban-after", "Cm ports=6000-6999,8080",
	  "A word behind the token: its clients may publish these ports only" },
	{ "TOKEN FILE", "ban-after", "Cm visit=router1/ssh,router2/*",
	  "Behind name:token: private services that client reaches" },
	{ "TOKEN FILE", "ban-after", "Cm services=4",
	  "A word behind the token: they may publish so many services each" },
	{ "TOKEN FILE", "ban-after", "Cm group=web,mail",
	  "of a line with a name: its client may publish together with others "
	  "whose line has the same word, under one port or one name" },
	{ "TOKEN FILE", "ban-after", "Cm visitors=100",
	  "Its clients may have so many visitors at once each" },
	{ "TOKEN FILE", "ban-after", "Cm allow=192.0.2.0/24 deny=192.0.2.66",
	  "Visitors of its clients may come from there only; from there not, "
	  "whatever the services let in" },
	{ "TOKEN FILE", "ban-after", "Cm rate=5/20",
	  "Each address may visit one client, or ask its HTTP services, so "
	  "often a second, so often at once; twice as often if not said" },
	{ "TOKEN FILE", "ban-after", "Cm bandwidth=2M/512K",
	  "All services of a client have so many bytes a second from visitors, "
	  "and so many to them; one number is for both, 0 is any" },
	{ "TOKEN FILE", "ban-after", "Cm bandwidth_each=1M",
	  "Each of its services has" },
	{ "TOKEN FILE", "ban-after", "#", "Begins a line that is a comment" },
	{ "SIGNALS", "state-dir", "Dv SIGTERM",
	  "Serve nobody new, and stop when the others are done" },
	{ "SIGNALS", "state-dir", "Dv SIGINT", "Stop now" },
	{ "SIGNALS", "relay", "Dv SIGUSR1", "Connect anew, now" },
	{ "SIGNALS", "log", "Dv SIGHUP",
	  "Open the log anew, by its name, and read the config file and the "
	  "token file again. If they have no fault, go on with what differs; "
	  "the log says it, and what needs a restart" },
	{ "ENVIRONMENT", "token", "Ev NAT_TOKEN",
	  "The token, when neither options nor file give one" },
	{ "ENVIRONMENT", "takeover", "Ev NOTIFY_SOCKET",
	  "Whoever supervises us, as systemd does, is told there which "
	  "process is the service once it has taken over" },
	{ "ENVIRONMENT", "state-dir", "Ev STATE_DIRECTORY",
	  "The state directory, when no option gives one" },
	{ "FILES", "config", "Pa /etc/config/nat",
	  "The config file of nat run on OpenWrt" },
	{ "FILES", "config", "Pa /etc/nat.conf", "The same elsewhere" },
	{ "FILES", "state-dir", "Pa /var/lib/nat/",
	  "The state directory of root; /etc/nat/ on OpenWrt" },
	{ "FILES", "state-dir", "Pa ~/.local/state/nat/",
	  "That of other users; XDG_STATE_HOME wins" },
	{ "FILES", "admin", "Pa /run/nat/",
	  "The admin sockets of root's, named as the commands" },
	{ "FILES", "admin", "Pa $XDG_RUNTIME_DIR/nat/",
	  "Those of other users; RUNTIME_DIRECTORY wins" },
	{ "EXIT STATUS", NULL, "0", "Done" },
	{ "EXIT STATUS", NULL, "1", "Failed" },
	{ "EXIT STATUS", NULL, "2", "Wrong usage" },
	{ "EXIT STATUS", "config", "3", "Bad configuration" },
	{ "EXIT STATUS", "state-dir", "75", "Failed for now: try later" },
};

/* ---- text ---- */

/* literal: as somebody types it, not as it is set. */
static void put_byte(struct fmt *f, char c, bool literal)
{
	if (c == '\\')
		fmt_put(f, "\\e");
	else if (c == '-' && literal)
		fmt_put(f, "\\-");
	else if (c == '\'' && literal)
		fmt_put(f, "\\(aq");
	else
		fmt_put(f, "%c", c);
}

static void put_literal(struct fmt *f, struct bytes text)
{
	for (size_t i = 0; i < text.n; i++)
		put_byte(f, (char)text.p[i], true);
}

/* Sentences, each from a new line on; --words are what somebody types. */
static void put_prose(struct fmt *f, const char *text)
{
	bool literal = false;
	char last = ' ';

	for (; *text; last = *text++) {
		if (last == ' ' || last == '\n')
			literal = *text == '-';
		if (*text == '\n' && last == '\n')
			fmt_put(f, ".Pp\n");
		else if (*text == ' ' && last == '.')
			fmt_put(f, "\n");
		else
			put_byte(f, *text, literal);
	}
	fmt_put(f, "%s\n", last == '.' ? "" : ".");
}

/* One word of a usage: an option, a value or what parts two of them. */
static void put_word(struct fmt *f, struct bytes word)
{
	if (word.p[0] == '-')
		fmt_put(f, "Fl ");
	else if (word.p[0] != '|')
		fmt_put(f, "Ar ");
	word.n -= word.p[0] == '-';
	word.p += word.p[0] == '-';
	put_literal(f, word);
}

/* "[-c FILE] ARG": a line for each part that is in no brackets. */
static void put_usage(struct fmt *f, const char *usage)
{
	struct cur c = cur_of(bytes_of(usage));
	bool within = false;

	while (cur_left(&c)) {
		struct bytes word = cur_until(&c, ' ');
		bool opens = word.p[0] == '[', ends = word.p[word.n - 1] == ']';

		fmt_put(f, "%s%s", within ? " " : ".", opens ? "Op " : "");
		word.p += opens;
		word.n -= (size_t)opens + ends;
		put_word(f, word);
		within = (within || opens) && !ends;
		if (!within)
			fmt_put(f, "\n");
	}
}

/* ---- options ---- */

static void put_bounds(struct fmt *f, const struct opt *o)
{
	if (o->type == OPT_COUNT || !(o->def || o->max))
		return;
	if (o->def)
		fmt_put(f, "The default is %s", o->def);
	if (o->max) {
		fmt_put(f, o->def ? ", the bounds are " : "The bounds are ");
		value_print_bounds(f, o);
	}
	fmt_put(f, ".\n");
}

static void put_option(struct fmt *f, const struct opt *o)
{
	fmt_put(f, ".It Fl ");
	if (o->letter)
		fmt_put(f, "%c , Fl ", o->letter);
	fmt_put(f, "\\-");
	put_literal(f, bytes_of(o->name));
	fmt_put(f, "%s%s\n", o->arg ? " Ar " : "", o->arg ? o->arg : "");
	put_prose(f, o->help);
	if ((o->flags & OPT_LIST) || o->type == OPT_COUNT)
		fmt_put(f, "May be repeated.\n");
	put_bounds(f, o);
}

static void put_setting(struct fmt *f, const struct opt *o)
{
	fmt_put(f, ".It Cm ");
	opt_key(f, o->name);
	fmt_put(f, " Ar %s\n",
		o->arg                 ? o->arg
		: o->type == OPT_COUNT ? "N"
				       : "0|1");
	put_prose(f, o->help);
	if (o->flags & OPT_LIST)
		fmt_put(f, "May be a list.\n");
	put_bounds(f, o);
	if (o->flags & OPT_FIXED)
		fmt_put(f, "A change needs a restart.\n");
}

static void put_section(struct fmt *f, const char *type, const struct opt *opts)
{
	fmt_put(f, ".Ss config %s\n" LIST, type);
	put_setting(f, conf_enabled_opts);
	for (; opts->name; opts = opt_next(opts))
		if (!(opts->flags & OPT_LINE))
			put_setting(f, opts);
	fmt_put(f, ".El\n");
}

/* Has it an option of that name, or with such a value? What is no command is
 * about them all.
 */
static bool has(const struct cmd *page, const char *needs)
{
	if (!needs || !page->opts)
		return true;
	for (const struct opt *o = page->opts; o->name; o = opt_next(o))
		if (!strcmp(o->name, needs) ||
		    (o->arg && !strcmp(o->arg, needs)))
			return true;
	return false;
}

/* ---- the sections of a page ---- */

static bool is_small(char c)
{
	return c >= 'a' && c <= 'z';
}

static void put_capitals(struct fmt *f, const char *text)
{
	for (; *text; text++)
		fmt_put(f, "%c", is_small(*text) ? *text - 'a' + 'A' : *text);
}

static void put_head(struct fmt *f, const struct cmd *page)
{
	const char *nat = page->opts ? "nat-" : "";

	fmt_put(f, ".Dd %s\n.Dt ", CMD_DATED);
	put_capitals(f, nat);
	put_capitals(f, page->name);
	fmt_put(f, " %d\n.Os %s\n", page == &manual_conf ? 5 : 1, CMD_VERSION);
	fmt_put(f, ".Sh NAME\n.Nm %s%s\n.Nd %c%s\n", nat, page->name,
		page->what[0] | 0x20, page->what + 1);
	if (page->usage) {
		fmt_put(f, ".Sh SYNOPSIS\n.Nm nat%s%s\n", *nat ? " " : "",
			*nat ? page->name : "");
		put_usage(f, page->usage);
	}
	fmt_put(f, ".Sh DESCRIPTION\n");
	put_prose(f, page->about);
}

static void put_options(struct fmt *f, const struct cmd *page)
{
	fmt_put(f, ".Sh OPTIONS\n" LIST);
	for (const struct opt *o = page->opts; o->name; o = opt_next(o))
		put_option(f, o);
	fmt_put(f, ".El\n");
}

static void put_commands(struct fmt *f)
{
	fmt_put(f, ".Sh COMMANDS\n" LIST);
	for (size_t i = 0; cmds[i]; i++) {
		fmt_put(f, ".It Xr nat-%s 1\n", cmds[i]->name);
		put_prose(f, cmds[i]->what);
	}
	fmt_put(f, ".El\n");
}

static void put_sections(struct fmt *f)
{
	fmt_put(f, ".Sh SECTIONS\n");
	for (size_t i = 0; cmds[i]; i++)
		if (cmds[i]->role)
			put_section(f, cmds[i]->name, cmds[i]->opts);
	put_section(f, "service", conf_service_opts);
}

static void put_facts(struct fmt *f, const struct cmd *page,
		      const char *section)
{
	bool any = false;

	for (size_t i = 0; i < COUNT(facts); i++) {
		if (strcmp(facts[i].section, section) ||
		    !has(page, facts[i].needs))
			continue;
		if (!any)
			fmt_put(f, ".Sh %s\n" LIST, section);
		any = true;
		fmt_put(f, ".It %s\n", facts[i].item);
		put_prose(f, facts[i].text);
	}
	if (any)
		fmt_put(f, ".El\n");
}

static void put_example(struct fmt *f, const char *line)
{
	put_literal(f, bytes_of(line));
	fmt_put(f, "\n");
}

static void put_examples(struct fmt *f, const struct cmd *page)
{
	const char *const *e = page->examples;

	fmt_put(f, ".Sh EXAMPLES\n.Bd -literal -offset indent\n");
	for (size_t i = 0; !e && cmds[i]; i++)
		put_example(f, cmds[i]->examples[0]);
	for (; e && *e; e++)
		put_example(f, *e);
	fmt_put(f, ".Ed\n");
}

/* The pages about the config file belong together. */
static void put_see_also(struct fmt *f, const struct cmd *page)
{
	bool conf = has(page, "config");
	const char *comma = "";

	fmt_put(f, ".Sh SEE ALSO\n");
	if (page != &cmd_nat) {
		fmt_put(f, ".Xr nat 1");
		comma = " ,\n";
	}
	for (size_t i = 0; conf && cmds[i]; i++) {
		if (cmds[i] == page || !has(cmds[i], "config"))
			continue;
		fmt_put(f, "%s.Xr nat-%s 1", comma, cmds[i]->name);
		comma = " ,\n";
	}
	if (conf && page != &manual_conf)
		fmt_put(f, "%s.Xr nat.conf 5", comma);
	fmt_put(f, "\n");
}

/* Of a file only how its values are written. */
static void put_all_facts(struct fmt *f, const struct cmd *page)
{
	static const char *const sections[] = { "VALUES",  "TOKEN FILE",
						"SIGNALS", "ENVIRONMENT",
						"FILES",   "EXIT STATUS" };
	size_t n = page == &manual_conf ? 1 : COUNT(sections);

	for (size_t i = 0; i < n; i++)
		put_facts(f, page, sections[i]);
}

int manual_show(const struct cmd *page)
{
	struct fmt f = fmt_to(mem_reserve(PAGE));

	put_head(&f, page);
	if (page->opts)
		put_options(&f, page);
	else if (page == &cmd_nat)
		put_commands(&f);
	else
		put_sections(&f);
	put_all_facts(&f, page);
	put_examples(&f, page);
	put_see_also(&f, page);
	if (f.full)
		return cmd_no_memory(&cmd_help);
	console_out(fmt_done(&f));
	return 0;
}
