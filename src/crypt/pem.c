#include "crypt/pem.h"
#include "base/base64.h"

enum { LINE = 64 };

static struct bytes next_line(struct cur *text)
{
	struct bytes line = cur_until(text, '\n');

	while (line.n > 0 && line.p[line.n - 1] <= ' ')
		line.n--;
	return line;
}

/* "-----BEGIN label-----" */
static bool read_edge(struct bytes line, const char *word, struct bytes *label)
{
	struct bytes before = bytes_of(word), dashes = BYTES("-----");

	if (line.n < before.n + dashes.n ||
	    memcmp(line.p, before.p, before.n) != 0 ||
	    memcmp(line.p + line.n - dashes.n, dashes.p, dashes.n) != 0)
		return false;
	*label = (struct bytes){ line.p + before.n,
				 line.n - before.n - dashes.n };
	return true;
}

int pem_next(struct pem *p, struct cur *text, struct span room)
{
	struct bytes ends, body = { NULL, 0 };
	long n;

	do {
		if (cur_left(text) == 0)
			return 0;
	} while (!read_edge(next_line(text), "-----BEGIN ", &p->label));
	body.p = text->p;
	do {
		body.n = (size_t)(text->p - body.p);
		if (cur_left(text) == 0)
			return -NAT_EINVAL;
	} while (!read_edge(next_line(text), "-----END ", &ends));
	n = base64_get(room, body);
	if (n < 0)
		return (int)n;
	p->der = (struct bytes){ room.p, (size_t)n };
	return bytes_equal(ends, p->label) ? 1 : -NAT_EINVAL;
}

void pem_put(struct fmt *f, const char *label, struct bytes der)
{
	fmt_put(f, "-----BEGIN %s-----\n", label);
	base64_put(f, der, LINE);
	fmt_put(f, "-----END %s-----\n", label);
}
