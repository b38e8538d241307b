#include "wire/ming.h"

static const char *const types[] = { NULL,
#define X(name, text) text,
				     MING_TYPES(X)
#undef X
};

enum field { TYPE, PAYLOAD, TO, FROM, FIELDS };

static const char *const keys[FIELDS] = { "type", "payload", "target_id",
					  "sender_id" };

/* ---- reading ---- */

static enum field field_of(struct bytes key)
{
	unsigned i = 0;

	while (i < FIELDS && !bytes_are(key, keys[i]))
		i++;
	return (enum field)i;
}

static bool read_text(struct ming_text *to, const struct json *v, size_t most)
{
	struct fmt f = fmt_to((struct span){ to->p, most });

	if (json_string(&f, v) < 0)
		return false;
	for (size_t i = 0; i < f.n; i++)
		if (to->p[i] < ' ' || to->p[i] == 0x7f)
			return false;
	to->n = (uint8_t)f.n;
	return true;
}

static bool read_field(struct ming *m, enum field what, const struct json *v)
{
	switch (what) {
	case TYPE:
		return read_text(&m->type, v, MING_TYPE);
	case TO:
		return read_text(&m->to, v, MING_ID);
	case FROM:
		return read_text(&m->from, v, MING_ID);
	default:
		m->payload = v->text;
		if (v->type == JSON_STRING) /* with its quotes */
			m->payload =
				(struct bytes){ v->text.p - 1, v->text.n + 2 };
		return true;
	}
}

static uint8_t kind_of(struct bytes type)
{
	uint8_t kind = MING_OTHER;

	for (uint8_t i = 1; i < COUNT(types); i++)
		if (bytes_are(type, types[i]))
			kind = i;
	return kind;
}

int ming_parse(struct ming *m, struct bytes text)
{
	enum { DEPTH = 16 }; /* what is inside is for others to judge */
	struct json_member member = { .at = 0 };
	bool seen[FIELDS] = { false };
	struct json object;

	*m = (struct ming){ .kind = MING_OTHER };
	if (json_parse(&object, text, DEPTH) < 0 || object.type != JSON_OBJECT)
		return -NAT_EPROTO;
	while (json_next(&object, &member)) {
		enum field what = field_of(member.key);

		if (what == FIELDS)
			continue;
		if (seen[what] || !read_field(m, what, &member.value))
			return -NAT_EPROTO;
		seen[what] = true;
	}
	m->kind = kind_of(ming_bytes(&m->type));
	return m->type.n > 0 ? 0 : -NAT_EPROTO;
}

/* ---- printing ---- */

static void put_id(struct fmt *f, enum field what, const struct ming_text *id)
{
	if (!id->n)
		return;
	fmt_put(f, ",\"%s\":", keys[what]);
	json_put_string(f, ming_bytes(id));
}

void ming_print(struct fmt *f, const struct ming *m)
{
	fmt_put(f, "{\"type\":");
	json_put_string(f, ming_bytes(&m->type));
	fmt_put(f, ",\"payload\":");
	fmt_bytes(f, m->payload.p ? m->payload : BYTES("null"));
	put_id(f, TO, &m->to);
	put_id(f, FROM, &m->from);
	fmt_put(f, "}");
}

void ming_print_error(struct fmt *f, struct bytes why, struct bytes to)
{
	fmt_put(f, "{\"type\":\"%s\",\"payload\":", types[MING_ERROR]);
	json_put_string(f, why);
	if (to.n) {
		fmt_put(f, ",\"%s\":", keys[TO]);
		json_put_string(f, to);
	}
	fmt_put(f, "}");
}
