#include "document.h"
#include "fuzz.h"

static void print_string(struct fmt *f, struct bytes raw)
{
	struct json v = { JSON_STRING, raw };
	struct fmt plain = fuzz_room(2);

	assert(json_string(&plain, &v) == 0);
	json_put_string(f, fmt_done(&plain));
}

static void print_object(struct fmt *f, const struct json *v)
{
	struct json_member m = { .at = 0 };
	const char *between = "";

	fmt_put(f, "{");
	for (; json_next(v, &m); between = ",") {
		assert(fuzz_within(m.key, v->text));
		assert(fuzz_within(m.value.text, v->text));
		fmt_put(f, "%s", between);
		print_string(f, m.key);
		fmt_put(f, ":");
		document_print(f, &m.value);
	}
	fmt_put(f, "}");
}

void document_print(struct fmt *f, const struct json *v)
{
	if (v->type == JSON_STRING)
		print_string(f, v->text);
	else if (v->type == JSON_OBJECT)
		print_object(f, v);
	else
		fmt_bytes(f, v->text);
}
