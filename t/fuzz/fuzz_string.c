/* Any bytes print as a string; what a string says is what it says printed. */
#include "fuzz.h"
#include "wire/json.h"

static void check(struct bytes plain)
{
	struct fmt once = fuzz_room(1), back = fuzz_room(2);
	struct fmt twice = fuzz_room(3);
	struct json v;

	json_put_string(&once, plain);
	assert(json_parse(&v, fmt_done(&once), 0) == 0);
	assert(v.type == JSON_STRING && json_string(&back, &v) == 0);
	json_put_string(&twice, fmt_done(&back));
	assert(fuzz_same(&once, &twice));
	/* Only what is no UTF-8 may come back as something else. */
	assert(bytes_equal(fmt_done(&back), plain) || back.n > plain.n);
}

void fuzz(struct bytes in)
{
	struct fmt plain = fuzz_room(0);
	struct json v;

	check(in);
	if (json_parse(&v, in, 0) == 0 && json_string(&plain, &v) == 0)
		check(fmt_done(&plain));
}
