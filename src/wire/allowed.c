#include "wire/allowed.h"
#include "base/cur.h"

struct word {
	struct bytes type, host; /* host.p NULL: any */
	uint32_t lo, hi;
};

/* "[::1]:22", "host:22": what stands behind the last colon, and before. */
static bool split(struct bytes *host, struct bytes *ports, struct bytes text)
{
	size_t n = text.n;

	while (n > 0 && text.p[n - 1] != ':')
		n--;
	if (n < 2)
		return false;
	*ports = (struct bytes){ text.p + n, text.n - n };
	*host = (struct bytes){ text.p, n - 1 };
	if (host->n > 2 && host->p[0] == '[' && host->p[host->n - 1] == ']')
		*host = (struct bytes){ host->p + 1, host->n - 2 };
	return true;
}

static bool read_ports(struct word *w, struct bytes text)
{
	struct cur c = cur_of(text);

	w->lo = 1;
	w->hi = UINT16_MAX;
	if (bytes_are(text, "*"))
		return true;
	if (!cur_number(&c, UINT16_MAX, &w->lo) || w->lo == 0)
		return false;
	w->hi = w->lo;
	if (cur_eat(&c, '-') && !cur_number(&c, UINT16_MAX, &w->hi))
		return false;
	return cur_left(&c) == 0 && w->hi >= w->lo;
}

static const char *read_word(struct word *w, struct bytes text)
{
	struct cur c = cur_of(text);
	struct bytes ports;
	size_t type = 0;

	*w = (struct word){ .type = cur_until(&c, ':') };
	while (type < NATPASS_TYPES &&
	       !bytes_are(w->type, natpass_type_names[type]))
		type++;
	if (type == NATPASS_TYPES)
		return "is no type: tcp, udp, shell, bench";
	w->hi = UINT16_MAX;
	if (w->type.n == text.n)
		return NULL;
	if (type != NATPASS_TCP && type != NATPASS_UDP)
		return "has no host";
	if (!split(&w->host, &ports, (struct bytes){ c.p, cur_left(&c) }) ||
	    !read_ports(w, ports))
		return "is not TYPE:HOST:PORT: tcp:127.0.0.1:22";
	if (bytes_are(w->host, "*"))
		w->host.p = NULL;
	return NULL;
}

const char *allowed_fault(struct bytes list)
{
	struct cur c = cur_of(list);
	struct word w;
	const char *why;

	do {
		why = read_word(&w, cur_until(&c, ','));
	} while (!why && cur_left(&c) > 0);
	return why;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool same_host(struct bytes a, struct bytes b)
{
	size_t i = 0;

	while (i < a.n && i < b.n && lower(a.p[i]) == lower(b.p[i]))
		i++;
	return i == a.n && i == b.n;
}

static bool covers(const struct word *w, const struct natpass_request *ask)
{
	const struct natpass_addr *a = &ask->addr;

	if (ask->type >= NATPASS_TYPES ||
	    !bytes_are(w->type, natpass_type_names[ask->type]))
		return false;
	if (ask->type != NATPASS_TCP && ask->type != NATPASS_UDP)
		return true;
	return ask->told == NATPASS_CADDR && a->port >= w->lo &&
	       a->port <= w->hi && a->port > 0 && a->addr.n > 0 &&
	       (!w->host.p || same_host(w->host, a->addr));
}

bool allowed_has(struct bytes list, const struct natpass_request *ask)
{
	struct cur c = cur_of(list);
	struct word w;

	while (cur_left(&c) > 0)
		if (!read_word(&w, cur_until(&c, ',')) && covers(&w, ask))
			return true;
	return false;
}
