/* Each line that is read says the same when it is quoted and read alone. */
#include "fuzz.h"
#include "settings.h"

static void check(const struct uci_line *a)
{
	struct fmt f = fuzz_room(0);
	struct uci_line b;
	const char *why;
	struct uci u;

	settings_put_line(&f, a);
	uci_init(&u, (struct span){ f.to.p, f.n });
	assert(uci_next(&u, &b, &why) == 0 && b.kind == a->kind);
	assert(!strcmp(a->name, b.name) && !strcmp(a->value, b.value));
}

void fuzz(struct bytes in)
{
	char *text = fuzz_text(in);
	struct uci_line line;
	const char *why;
	struct uci u;

	uci_init(&u, (struct span){ (uint8_t *)text, in.n });
	for (int rc; (rc = uci_next(&u, &line, &why)) < 0 || line.kind;)
		if (rc == 0)
			check(&line);
	free(text);
}
