/* What is accepted prints and parses back; texts are raw when they are parsed. */
#include "fuzz.h"
#include "wire/fastnat.h"
#include "wire/json.h"

static struct bytes plain(unsigned i, struct bytes raw)
{
	struct json v = { JSON_STRING, raw };
	struct fmt f = fuzz_room(i);

	assert(json_string(&f, &v) == 0);
	return fmt_done(&f);
}

void fuzz(struct bytes in)
{
	struct fmt once = fuzz_room(0), twice = fuzz_room(1);
	struct fastnat m, b;

	if (fastnat_parse(&m, in) < 0 || m.command == FASTNAT_UNKNOWN)
		return;
	assert(fuzz_within(m.out_id, in) && fuzz_within(m.error, in));
	fastnat_print(&once, &m);
	assert(fastnat_parse(&b, fmt_done(&once)) == 0 && b.has == m.has);
	b.error = plain(2, b.error);
	b.from = plain(3, b.from);
	b.host = plain(4, b.host);
	fastnat_print(&twice, &b);
	assert(fuzz_same(&once, &twice));
}
