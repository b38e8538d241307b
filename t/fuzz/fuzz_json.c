/* What is accepted prints as a document that is accepted and prints the same. */
#include "document.h"
#include "fuzz.h"

static bool print(struct fmt *f, struct bytes in)
{
	struct json v;

	if (json_parse(&v, in, JSON_DEPTH) < 0)
		return false;
	assert(fuzz_within(v.text, in));
	document_print(f, &v);
	return true;
}

void fuzz(struct bytes in)
{
	fuzz_fixed(in, print);
}
