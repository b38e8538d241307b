/* main - finds the subcommand and runs it. */
#include "cmd/cmd.h"
#include "crypt/sha256.h"
#include "os/cpu.h"
#include "os/process.h"

/* What a word in a command's place runs. */
static const struct cmd *command_of(const char *word)
{
	static const struct {
		const char *word;
		const struct cmd *cmd;
	} options[] = {
		{ "--help", &cmd_help },
		{ "-h", &cmd_help },
		{ "--version", &cmd_version },
		{ "-V", &cmd_version },
	};

	for (size_t i = 0; i < COUNT(options); i++)
		if (strcmp(word, options[i].word) == 0)
			return options[i].cmd;
	return cmd_find(word);
}

/* "/usr/bin/nat-relay" runs relay; NULL for any other name. */
static const struct cmd *command_by_link(const char *path)
{
	static const char prefix[] = "nat-";
	const char *name = path;

	for (; *path; path++)
		if (*path == '/')
			name = path + 1;
	if (!text_begins(name, prefix))
		return NULL;
	return cmd_find(name + sizeof prefix - 1);
}

int main(int argc, char **argv)
{
	const struct cmd *cmd = argc > 0 ? command_by_link(argv[0]) : NULL;

	process_start();
	sha256_native(cpu_has_sha256());
	if (cmd)
		return cmd->run(argc, argv);
	if (argc < 2) {
		cmd_show_overview();
		return err_exit(-NAT_EUSAGE);
	}
	cmd = command_of(argv[1]);
	if (cmd)
		return cmd->run(argc - 1, argv + 1);
	cmd_unknown(argv[1]);
	return err_exit(-NAT_EUSAGE);
}
