#include "app/client/way.h"

static const struct way_kind kinds[] = {
	{ "tcp", WAY_PORT, false, false },
	{ "tls", WAY_PORT, true, false },
	{ "ws", 80, false, true },
	{ "wss", 443, true, true },
};

const struct way_kind *way_kind(struct bytes name)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (bytes_are(name, kinds[i].name))
			return &kinds[i];
	return NULL;
}

/* Where the next of these bytes stands; n: nowhere. */
static size_t find(struct bytes text, const char *one)
{
	size_t n = strlen(one), i = 0;

	while (i + n <= text.n && memcmp(text.p + i, one, n) != 0)
		i++;
	return i + n <= text.n ? i : text.n;
}

bool way_read(struct way *w, struct bytes *text)
{
	static const char mark[] = "://";
	size_t at = find(*text, mark), slash;
	const struct bytes name = { text->p, at };
	struct bytes path;

	if (at == text->n)
		return true; /* HOST[:PORT], or nothing that can be */
	w->kind = way_kind(name);
	at += sizeof mark - 1;
	*text = (struct bytes){ text->p + at, text->n - at };
	slash = find(*text, "/");
	path = (struct bytes){ text->p + slash, text->n - slash };
	text->n = slash;
	if (!w->kind || text->n == 0 || bytes_have(*text, '@') ||
	    (path.n && wsock_path_fault(path)) || (!w->kind->ws && path.n > 1))
		return false;
	w->path_n = (uint8_t)(w->kind->ws ? path.n : 0);
	memcpy(w->path, path.p, w->path_n);
	return true;
}

uint16_t way_port(const struct way *w)
{
	return w->kind ? w->kind->port : WAY_PORT;
}

bool way_same(const struct way *a, const struct way *b)
{
	const struct bytes one = { a->path, a->path_n };

	return a->kind == b->kind &&
	       bytes_equal(one, (struct bytes){ b->path, b->path_n });
}
