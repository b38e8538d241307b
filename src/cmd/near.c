/* near - which command may be meant by a word that is none. */
#include "cmd/cmd.h"

enum { WORD = 16 }; /* longer words are near to nothing */

static size_t least(size_t a, size_t b, size_t c)
{
	return min_size(min_size(a, b), c);
}

/* Letters to add, take away or change to make b of a; b is at most WORD long. */
static size_t distance(const char *a, const char *b)
{
	size_t n = strlen(b), row[WORD + 1];

	for (size_t k = 0; k <= n; k++)
		row[k] = k;
	for (size_t i = 0; a[i]; i++) {
		size_t corner = row[0];

		row[0] = i + 1;
		for (size_t k = 1; k <= n; k++) {
			size_t above = row[k];

			row[k] = least(above + 1, row[k - 1] + 1,
				       corner + (a[i] != b[k - 1]));
			corner = above;
		}
	}
	return row[n];
}

const struct cmd *cmd_nearest(const char *name)
{
	const struct cmd *best = NULL;
	size_t n = strlen(name), most = n > 3 ? 3 : n;

	for (size_t i = 0; n <= WORD && cmds[i]; i++) {
		size_t d = distance(cmds[i]->name, name);

		if (d < most) {
			most = d;
			best = cmds[i];
		}
	}
	return best;
}
