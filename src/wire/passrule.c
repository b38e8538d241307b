#include "wire/passrule.h"

/* What stands behind the last colon that is not in brackets; *left has the rest. */
static struct bytes cut_last(struct bytes *left)
{
	size_t n = left->n;
	bool inside = false;
	struct bytes last;

	while (n > 0 && (inside || left->p[n - 1] != ':')) {
		n--;
		if (left->p[n] == ']')
			inside = true;
		if (left->p[n] == '[')
			inside = false;
	}
	last = (struct bytes){ left->p + n, left->n - n };
	left->n = n ? n - 1 : 0;
	return last;
}

static bool begins(struct bytes *text, struct bytes word)
{
	if (text->n <= word.n || memcmp(text->p, word.p, word.n) != 0)
		return false;
	text->p += word.n;
	text->n -= word.n;
	return true;
}

int passrule_parse(struct passrule *r, struct bytes text)
{
	struct bytes whole, host;
	struct passrule got = { .type = NATPASS_TCP };

	if (begins(&text, BYTES("udp:")))
		got.type = NATPASS_UDP;
	else
		begins(&text, BYTES("tcp:"));
	whole = text;
	cut_last(&text);
	host = cut_last(&text);
	got.target = cut_last(&text);
	if (host.n == 0 || got.target.n == 0 || got.target.n > NATPASS_ID)
		return -NAT_EINVAL;
	whole.n -= (size_t)(host.p - whole.p);
	whole.p = host.p;
	if (hostport_parse(&got.to, whole) < 0 || got.to.port == 0 ||
	    hostport_parse(&got.at, text) < 0)
		return -NAT_EINVAL;
	if (got.at.host.n == 0)
		got.at.host = BYTES("127.0.0.1");
	*r = got;
	return 0;
}
