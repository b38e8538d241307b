#include "app/peer/trust.h"
#include "base/cur.h"
#include "os/file.h"

bool trust_next(struct bytes *rest, struct bytes *name, struct bytes *id)
{
	struct cur c = cur_of(*rest);

	while (cur_left(&c)) {
		struct cur line = cur_of(cur_until(&c, '\n'));

		*name = cur_word(&line);
		*id = cur_word(&line);
		if (name->n == 0 || name->p[0] == '#')
			continue;
		*rest = (struct bytes){ c.p, cur_left(&c) };
		return true;
	}
	return false;
}

bool trust_find(const struct trust *t, struct bytes name, uint8_t id[CHAIN_ID])
{
	struct bytes rest = t->text, n, text;

	while (trust_next(&rest, &n, &text))
		if (bytes_equal(n, name))
			return chain_parse_id(id, text) == 0;
	return false;
}

bool trust_has(const struct trust *t, const uint8_t id[CHAIN_ID])
{
	struct bytes rest = t->text, n, text;
	uint8_t other[CHAIN_ID];

	while (trust_next(&rest, &n, &text))
		if (chain_parse_id(other, text) == 0 &&
		    !memcmp(other, id, CHAIN_ID))
			return true;
	return false;
}

static int check(const struct trust *t, struct diag *d)
{
	struct bytes rest = t->text, name, text;
	uint8_t id[CHAIN_ID];

	while (trust_next(&rest, &name, &text))
		if (chain_parse_id(id, text) < 0) {
			diag_put(d, "trust %s: %.*s: no id behind the name",
				 t->path, (int)name.n, (const char *)name.p);
			return -NAT_EINVAL;
		}
	return 0;
}

int trust_load(struct trust *t, const char *path, struct diag *d)
{
	long n = path && file_exists(path) ? file_read(path, SPAN(t->room)) : 0;

	t->path = path;
	if (n < 0) {
		diag_put(d, "trust %s: %s", path, err_text((int)n));
		return (int)n;
	}
	t->text = (struct bytes){ (uint8_t *)t->room, (size_t)n };
	return check(t, d);
}

int trust_pin(struct trust *t, struct bytes name, const uint8_t id[CHAIN_ID])
{
	struct fmt f = fmt_to(SPAN(t->room));

	if (!t->path)
		return 0;
	f.n = t->text.n;
	if (f.n && t->text.p[f.n - 1] != '\n')
		fmt_put(&f, "\n");
	fmt_bytes(&f, name);
	fmt_put(&f, " ");
	fmt_hex(&f, (struct bytes){ id, CHAIN_ID });
	fmt_put(&f, "\n");
	if (f.full)
		return -NAT_EROOM;
	t->text = fmt_done(&f);
	return file_write_secret(t->path, t->text);
}
