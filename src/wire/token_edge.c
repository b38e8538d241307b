#include "base/cur.h"
#include "wire/fastnat.h"
#include "wire/token.h"

bool token_gives_group(const struct token_line *l, struct bytes word)
{
	struct cur c = cur_of(l->group);

	while (cur_left(&c))
		if (bytes_equal(cur_until(&c, ','), word))
			return true;
	return false;
}

/* For a name that somebody has proven only. */
static bool read_group(struct token_line *l, struct bytes value)
{
	struct cur c = cur_of(value);

	l->group = value;
	while (cur_left(&c))
		if (!fastnat_is_name(cur_until(&c, ',')))
			return false;
	return l->name.n && value.n && value.p[value.n - 1] != ',';
}

const struct token_word token_edge_words[] = {
	{ "group", read_group, "is not WORD,... for a name:token" },
	{ NULL, NULL, NULL },
};
