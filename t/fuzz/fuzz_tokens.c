/* Lines of a token file, written again, are the same lines. */
#include "fuzz.h"
#include "wire/token.h"

static bool print(struct fmt *f, struct bytes in)
{
	struct token_line l = { .number = 0 };
	struct token_file file;
	unsigned before = 0;

	token_file_init(&file, in);
	for (; token_file_next(&file, &l); before = l.number) {
		assert(l.number > before && fuzz_within(l.name, in));
		assert(fuzz_within(l.token, in));
		assert(token_fault(l.token, false) ||
		       !token_fault(l.token, true));
		fmt_bytes(f, l.name);
		fmt_put(f, "%s", l.name.n ? ":" : "");
		fmt_bytes(f, l.token);
		fmt_put(f, "\n");
	}
	return true;
}

void fuzz(struct bytes in)
{
	fuzz_fixed(in, print);
}
