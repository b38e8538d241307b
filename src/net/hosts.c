#include "net/hosts.h"
#include "base/cur.h"

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

/* Names are compared without regard to case (RFC 4343). */
static bool same_name(struct bytes a, struct bytes b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

/* Does this line of the hosts file name host? Then its address is *a. */
static bool line_names(struct bytes line, struct bytes host, struct addr *a)
{
	struct cur all = cur_of(line), c = cur_of(cur_until(&all, '#'));
	struct bytes number = cur_word(&c), word;

	while ((word = cur_word(&c)).n)
		if (same_name(word, host))
			return addr_parse_ip(a, number) == 0;
	return false;
}

static int in_file(struct bytes text, struct bytes host, struct addr *to,
		   int most)
{
	struct cur c = cur_of(text);
	int n = 0;

	while (cur_left(&c) && n < most)
		n += line_names(cur_until(&c, '\n'), host, &to[n]);
	return n;
}

static bool is_localhost(struct bytes host)
{
	struct bytes end = BYTES(".localhost");

	if (host.n > end.n)
		host = (struct bytes){ host.p + host.n - end.n, end.n };
	else
		end = BYTES("localhost");
	return same_name(host, end);
}

static int loopback(struct addr *to, int most)
{
	static const struct addr here[] = {
		{ .family = ADDR_IP4, .ip = { 127, 0, 0, 1 } },
		{ .family = ADDR_IP6, .ip = { [15] = 1 } },
	};
	int n = 0;

	for (; n < most && n < (int)COUNT(here); n++)
		to[n] = here[n];
	return n;
}

int hosts_find(struct bytes text, struct bytes host, struct addr *to, int most)
{
	int n;

	if (addr_parse_ip(&to[0], host) == 0)
		return 1;
	if (host.n > 1 && host.p[host.n - 1] == '.')
		host.n--;
	n = in_file(text, host, to, most);
	return n == 0 && is_localhost(host) ? loopback(to, most) : n;
}

bool hosts_may_ask(struct bytes host)
{
	size_t at = host.n;
	bool digits = true;

	if (at > 0 && host.p[at - 1] == '.')
		at--;
	while (at > 0 && host.p[at - 1] != '.') {
		at--;
		digits = digits && host.p[at] >= '0' && host.p[at] <= '9';
	}
	return !digits;
}
