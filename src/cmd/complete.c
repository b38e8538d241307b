#include "cmd/complete.h"
#include "cmd/cmd.h"
#include "os/console.h"
#include "os/mem.h"

enum { SCRIPT = 64 * 1024 };

/* clang-format off */
static const char bash_head[] =
	"# Completion of nat for bash, by: nat help --complete bash\n"
	"_nat_cmd() { # NAME ARGUMENT WHAT\n"
	"\tcmds+=\" $1\" mine=\n"
	"\t[[ $1 != \"$cmd\" ]] || mine=1 argument=$2\n"
	"}\n"
	"_nat_opt() { # NAME LETTER KIND WHAT\n"
	"\t[[ $mine ]] || return 0\n"
	"\topts+=\" --$1\"\n"
	"\tcase $prev in --$1 | \"-${2:-$1}\") kind=$3 ;; esac\n"
	"}\n"
	"_nat_table() {\n";

static const char bash_tail[] =
	"}\n"
	"_nat() {\n"
	"\tlocal at=$COMP_CWORD cmd=${COMP_WORDS[1]} cur=${COMP_WORDS[COMP_CWORD]}\n"
	"\tlocal how words prev mine kind= argument=OPTION cmds= opts=\n"
	"\t[[ $cur != = ]] || { cur=; ((at++)); }\n"
	"\t[[ ${COMP_WORDS[at - 1]} != = ]] || ((at--))\n"
	"\tprev=${COMP_WORDS[at - 1]}\n"
	"\t_nat_table\n"
	"\tcase $cur in -*) argument=OPTION ;; esac\n"
	"\t((COMP_CWORD > 1)) || kind=COMMAND\n"
	"\tcase ${kind:-${argument:-OPTION}} in\n"
	"\tFILE) how=-f ;;\n"
	"\tDIR) how=-d ;;\n"
	"\tADDR | HOST) how='-A hostname' ;;\n"
	"\tCOMMAND) words=$cmds ;;\n"
	"\tOPTION) words=$opts ;;\n"
	"\t*'|'*) words=${kind//|/ } ;;\n"
	"\tesac\n"
	"\t[[ $how != -? ]] || compopt -o filenames 2>/dev/null\n"
	"\tmapfile -t COMPREPLY < <(compgen $how -W \"$words\" -- \"$cur\")\n"
	"}\n"
	"complete -F _nat nat\n";

static const char zsh_head[] =
	"#compdef nat\n"
	"# Completion of nat for zsh, by: nat help --complete zsh\n"
	"local -a cmds opts\n"
	"local mine argument\n"
	"_nat_cmd() { # NAME ARGUMENT WHAT\n"
	"\tcmds+=(\"$1:$3\") mine=\n"
	"\t[[ $1 != $words[2] ]] || mine=1 argument=$2\n"
	"}\n"
	"_nat_opt() { # NAME LETTER KIND WHAT\n"
	"\tlocal as what=\"[${4//(#m)[]\\\\:[]/\\\\$MATCH}]\"\n"
	"\t[[ -n $mine ]] || return 0\n"
	"\tcase $3 in\n"
	"\tFILE) as=:$3:_files ;;\n"
	"\tDIR) as=\":$3:_files -/\" ;;\n"
	"\tADDR | HOST) as=:$3:_hosts ;;\n"
	"\t*'|'*) as=\": :(${3//|/ })\" ;;\n"
	"\t?*) as=\":$3: \" ;;\n"
	"\tesac\n"
	"\topts+=(\"*--$1${as:+=}$what$as\")\n"
	"\t[[ -z $2 ]] || opts+=(\"*-$2${as:++}$what$as\")\n"
	"}\n";

static const char zsh_tail[] =
	"if ((CURRENT == 2)); then\n"
	"\t_describe command cmds\n"
	"else\n"
	"\t[[ -z $argument ]] || opts+=(\"*:command:{_describe command cmds}\")\n"
	"\tshift words\n"
	"\t((CURRENT--))\n"
	"\t_arguments -s $opts\n"
	"fi\n";

static const char fish_head[] =
	"# Completion of nat for fish, by: nat help --complete fish\n"
	"function _nat_at\n"
	"\tset -l words (commandline -opc)\n"
	"\ttest \"$words[2]\" = \"$argv[1]\"\n"
	"end\n"
	"function _nat_cmd -a name argument what\n"
	"\tset -g _nat_of $name\n"
	"\tcomplete -c nat -n '_nat_at \"\"' -a $name -d $what\n"
	"\ttest -z \"$argument\"\n"
	"\tor complete -c nat -n \"_nat_at $name\" -a \"(complete -C 'nat ')\"\n"
	"end\n"
	"function _nat_opt -a name letter kind what\n"
	"\tset -l how\n"
	"\tswitch $kind\n"
	"\t\tcase FILE\n"
	"\t\t\tset how -rF\n"
	"\t\tcase DIR\n"
	"\t\t\tset how -xa '(__fish_complete_directories)'\n"
	"\t\tcase ADDR HOST\n"
	"\t\t\tset how -xa '(__fish_print_hostnames)'\n"
	"\t\tcase '*|*'\n"
	"\t\t\tset how -xa (string replace -a '|' ' ' $kind)\n"
	"\t\tcase '?*'\n"
	"\t\t\tset how -x\n"
	"\tend\n"
	"\ttest -z \"$letter\"; or set -a how -s $letter\n"
	"\tcomplete -c nat -n \"_nat_at $_nat_of\" -l $name -d $what $how\n"
	"end\n"
	"complete -c nat -f\n";
/* clang-format on */

static const struct shell {
	const char *name, *head, *tail;
} shells[] = {
	{ "bash", bash_head, bash_tail },
	{ "zsh", zsh_head, zsh_tail },
	{ "fish", fish_head, "" },
};

/* A quote within quotes, in a way that all three shells take. */
static void put_quoted(struct fmt *f, const char *text)
{
	fmt_put(f, " '");
	for (; *text; text++)
		fmt_put(f, *text == '\'' ? "'\\''" : "%c", *text);
	fmt_put(f, "'");
}

/* What its arguments are, if a shell can know them. */
static const char *argument(const struct cmd *cmd)
{
	static const char word[] = "[COMMAND]";
	size_t n = strlen(cmd->usage), end = sizeof word - 1;

	return n < end || strcmp(cmd->usage + n - end, word) ? "" : "COMMAND";
}

static void put_command(struct fmt *f, const struct cmd *cmd)
{
	fmt_put(f, "_nat_cmd %s '%s'", cmd->name, argument(cmd));
	put_quoted(f, cmd->what);
	fmt_put(f, "\n");
	for (const struct opt *o = cmd->opts; o->name; o = opt_next(o)) {
		char letter[2] = { o->letter };

		fmt_put(f, "_nat_opt %s '%s' '%s'", o->name, letter,
			o->arg ? o->arg : "");
		put_quoted(f, o->help);
		fmt_put(f, "\n");
	}
}

static int show(const struct shell *shell)
{
	struct fmt f = fmt_to(mem_reserve(SCRIPT));

	fmt_put(&f, "%s", shell->head);
	for (size_t i = 0; cmds[i]; i++)
		put_command(&f, cmds[i]);
	fmt_put(&f, "%s", shell->tail);
	if (f.full)
		return cmd_no_memory(&cmd_help);
	console_out(fmt_done(&f));
	return 0;
}

int complete_show(const char *shell)
{
	struct diag d = cmd_diag(&cmd_help);

	for (size_t i = 0; i < COUNT(shells); i++)
		if (strcmp(shell, shells[i].name) == 0)
			return show(&shells[i]);
	diag_option(&d, "complete", "knows bash, zsh and fish");
	return cmd_usage(&cmd_help);
}
