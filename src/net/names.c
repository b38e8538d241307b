#include "net/names.h"
#include "base/cur.h"
#include "net/bufs.h"
#include "os/file.h"

static const char *const hosts_file = "/etc/hosts";

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

static struct bytes next_word(struct cur *c)
{
	struct bytes w;

	while (cur_eat(c, ' ') || cur_eat(c, '\t') || cur_eat(c, '\r'))
		;
	w.p = c->p;
	while (cur_left(c) && cur_peek(c) > ' ')
		c->p++;
	w.n = (size_t)(c->p - w.p);
	return w;
}

/* Does this line of the hosts file name host? Then its address is *a. */
static bool line_names(struct bytes line, struct bytes host, struct addr *a)
{
	struct cur all = cur_of(line), c = cur_of(cur_until(&all, '#'));
	struct bytes word = next_word(&c);

	if (addr_parse_ip(a, word) < 0)
		return false;
	while ((word = next_word(&c)).n)
		if (same_name(word, host))
			return true;
	return false;
}

static int in_hosts(struct bytes text, struct bytes host, struct addr *to,
		    int most)
{
	struct cur c = cur_of(text);
	int n = 0;

	while (cur_left(&c) && n < most)
		n += line_names(cur_until(&c, '\n'), host, &to[n]);
	return n;
}

static int from_file(struct net *net, struct bytes host, struct addr *to,
		     int most)
{
	struct buf *b = bufs_get(net, POOL_68K, POOL_OUT);
	long n;
	int found = 0;

	if (!b)
		return 0;
	n = file_read(hosts_file, (struct span){ b->p, b->size });
	if (n > 0)
		found = in_hosts((struct bytes){ b->p, (size_t)n }, host, to,
				 most);
	bufs_put(net, b);
	return found;
}

static int localhost(struct addr *to, int most)
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

int names_find(struct net *net, struct bytes host, uint16_t port,
	       struct addr *to, int most)
{
	int n;

	if (addr_parse_ip(&to[0], host) == 0)
		n = 1;
	else
		n = from_file(net, host, to, most);
	if (n == 0 && same_name(host, BYTES("localhost")))
		n = localhost(to, most);
	for (int i = 0; i < n; i++)
		to[i].port = port;
	return n ? n : -NAT_ENAME;
}
