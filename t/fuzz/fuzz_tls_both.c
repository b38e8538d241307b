/* Two engines, and one with all keys between them who changes, drops and cuts
 * messages: it always comes to an end.
 */
#include "tls.h"

static struct cur left;

/* Two bytes a record: whether and what, where. */
static bool edit(struct between *b, enum tls_role to, struct between_text *text)
{
	uint8_t what = cur_u8(&left);
	size_t at = cur_u8(&left) * text->n / 256;

	if (!b->ends[to].hs || text->n == 0 || what < 128)
		return true;
	if (what % 4 == 1)
		text->n = at;
	else
		text->b[at] ^= (uint8_t)(what >> 2);
	return what % 4 != 0;
}

void fuzz(struct bytes in)
{
	left = cur_of(in);
	struct between *b = fuzz_between(&left);
	b->edit = edit;
	assert(between_run(b));
}
