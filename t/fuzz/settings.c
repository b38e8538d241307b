#include "settings.h"
#include "cmd/role.h"
#include "fuzz.h"

/* Instead of main.c's: what is read here has a role. */
const struct cmd *const cmds[] = { &cmd_client, &cmd_relay, NULL };

void *settings_new(const struct cmd *cmd)
{
	void *set = calloc(1, cmd->role->size);

	assert(set);
	opt_defaults(cmd->opts, set);
	return set;
}

/* Of a dump, which is changed. */
static void read_back(const struct cmd *cmd, void *set, struct span dump)
{
	struct diag d = fuzz_diag();
	struct uci_line line = { .kind = UCI_LIST };
	const char *why = NULL;
	struct uci uci;

	uci_init(&uci, dump);
	while (line.kind != UCI_END) {
		struct opt_line option;

		assert(uci_next(&uci, &line, &why) == 0);
		option = (struct opt_line){ line.name, line.value,
					    line.kind == UCI_LIST };
		assert(line.kind == UCI_END ||
		       opt_file(cmd->opts, set, &option, &d) == 0);
	}
}

void settings_check(const struct cmd *cmd, const void *set)
{
	struct fmt dump = fuzz_room(0), once = fuzz_room(1);
	struct fmt twice = fuzz_room(2);
	void *back = settings_new(cmd);

	opt_dump(cmd->opts, set, true, &dump);
	opt_dump(cmd->opts, set, true, &once);
	read_back(cmd, back, (struct span){ dump.to.p, dump.n });
	opt_dump(cmd->opts, back, true, &twice);
	assert(fuzz_same(&once, &twice));
	free(back);
}

void settings_put_line(struct fmt *f, const struct uci_line *line)
{
	static const char *const words[] = { "", "config", "option", "list" };

	fmt_put(f, "%s ", words[line->kind]);
	uci_quote(f, bytes_of(line->name));
	fmt_put(f, " ");
	uci_quote(f, bytes_of(line->value));
	fmt_put(f, "\n");
}
