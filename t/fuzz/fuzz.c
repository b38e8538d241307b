#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (n <= FUZZ_MOST)
		fuzz((struct bytes){ p, n });
	return 0;
}

struct fmt fuzz_room(unsigned i)
{
	static uint8_t room[5][FUZZ_ROOM];

	return fmt_to(SPAN(room[i]));
}

static void say_nothing(struct diag *d, const char *text)
{
	assert(d->count > 0 && strlen(text) > 0);
}

struct diag fuzz_diag(void)
{
	return (struct diag){ say_nothing, "fuzz", 1, 0 };
}

uint8_t *fuzz_copy(struct bytes in)
{
	uint8_t *mem = malloc(in.n ? in.n : 1);

	assert(mem);
	if (in.n > 0)
		memcpy(mem, in.p, in.n);
	return mem;
}

char *fuzz_text(struct bytes in)
{
	char *text = malloc(in.n + 1);

	assert(text);
	memcpy(text, in.p ? (const char *)in.p : "", in.n);
	text[in.n] = '\0';
	return text;
}

bool fuzz_within(struct bytes slice, struct bytes all)
{
	return slice.n == 0 || (slice.p >= all.p && slice.n <= all.n &&
				slice.p + slice.n <= all.p + all.n);
}

bool fuzz_same(const struct fmt *a, const struct fmt *b)
{
	return !a->full && !b->full && bytes_equal(fmt_done(a), fmt_done(b));
}

void fuzz_fixed(struct bytes in, bool (*print)(struct fmt *, struct bytes))
{
	struct fmt once = fuzz_room(0), twice = fuzz_room(1);

	if (!print(&once, in))
		return;
	assert(print(&twice, fmt_done(&once)));
	assert(fuzz_same(&once, &twice));
}

int fuzz_words(char *text, char **argv, int most)
{
	int n = 0;

	for (char *word = strtok(text, "\n"); word && n < most;
	     word = strtok(NULL, "\n"))
		argv[n++] = word;
	return n;
}
