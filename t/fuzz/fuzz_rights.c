/* What words behind a token say, written again, is the same. */
#include "fuzz.h"
#include "wire/token.h"

static bool print(struct fmt *f, struct bytes in)
{
	struct token_file file;
	struct token_line l;

	token_file_init(&file, in);
	while (token_file_next(&file, &l)) {
		assert(l.word.n == 0 || fuzz_within(l.word, in));
		assert(l.fault || l.rights.nports <= TOKEN_PORTS);
		if (l.fault)
			continue;
		fmt_put(f, "t%s", l.rights.nports ? " ports=" : "");
		token_print_ports(f, &l.rights);
		if (l.rights.services)
			fmt_put(f, " services=%u", (unsigned)l.rights.services);
		fmt_put(f, "\n");
	}
	return true;
}

void fuzz(struct bytes in)
{
	fuzz_fixed(in, print);
}
