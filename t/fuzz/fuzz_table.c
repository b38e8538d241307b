/* Any answer is printed or refused, and nothing in it is for the terminal. */
#include "cmd/table.h"
#include "fuzz.h"

void fuzz(struct bytes in)
{
	static uint8_t text[1 << 16];
	struct fmt f = fmt_to(SPAN(text));

	if (table_print(&f, in, in, 1000) < 0)
		return;
	for (size_t i = 0; i < f.n; i++)
		assert(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
}
