/* token without the words of the part `edge`, for small builds. */
#include "wire/token.h"

const struct token_word token_edge_words[] = { { NULL, NULL, NULL } };

bool token_lets_in(const struct token_rights *r, const struct addr *a)
{
	(void)r;
	(void)a;
	return true;
}

uint32_t token_visitors(const struct token_rights *r)
{
	(void)r;
	return 0;
}

struct limit_rate token_rate(const struct token_rights *r)
{
	(void)r;
	return (struct limit_rate){ 0, 0 };
}

bool token_gives_group(const struct token_line *l, struct bytes word)
{
	(void)l;
	(void)word;
	return false;
}
