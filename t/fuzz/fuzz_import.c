/* Any configuration of natpass becomes one that is read as ours. */
#include "base/uci.h"
#include "fuzz.h"
#include "wire/npimport.h"

static void look(struct span text)
{
	unsigned sections = 0;
	struct uci_line line;
	const char *why;
	struct uci u;

	uci_init(&u, text);
	while (uci_next(&u, &line, &why) == 0 && line.kind)
		sections += line.kind == UCI_CONFIG;
	assert(u.at == u.end && sections == 1);
}

void fuzz(struct bytes in)
{
	struct diag d = fuzz_diag();
	uint8_t *text = fuzz_copy(in);
	struct npimport im = { { text, in.n }, fuzz_room(0), fuzz_room(1) };

	im.out.to.n--;
	if (npimport(&im, &d) == 0)
		look((struct span){ im.out.to.p, im.out.n });
	free(text);
}
