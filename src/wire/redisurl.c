#include "wire/redisurl.h"
#include "base/cur.h"

enum { DB_MOST = 99999 };

static int digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* How many bytes text is of; -1: it is bad, or does not fit. */
static int unescape(char to[REDIS_WORD], struct bytes text)
{
	struct cur c = cur_of(text);
	int n = 0;

	while (cur_left(&c)) {
		uint8_t byte = cur_u8(&c);

		if (byte == '%') {
			int high = digit_of(cur_u8(&c));
			int low = digit_of(cur_u8(&c));

			if (c.bad || high < 0 || low < 0)
				return -1;
			byte = (uint8_t)(high << 4 | low);
		}
		if (n == REDIS_WORD)
			return -1;
		to[n++] = (char)byte;
	}
	return n;
}

static int take_who(struct redisurl *u, struct bytes who)
{
	struct cur c = cur_of(who);
	int n = unescape(u->user, cur_until(&c, ':'));
	int m = unescape(u->password, (struct bytes){ c.p, cur_left(&c) });

	u->user_n = n < 0 ? 0 : (size_t)n;
	u->password_n = m < 0 ? 0 : (size_t)m;
	return n < 0 || m <= 0 ? -NAT_EINVAL : 0;
}

/* The host alone, or with a port: [v6] ends in none. */
static int take_where(struct redisurl *u, struct bytes where)
{
	char room[REDIS_HOST + sizeof "[]:65535"];
	struct fmt f = fmt_to(SPAN(room));
	struct hostport hp;

	fmt_bytes(&f, where);
	if (where.n == 0 || where.p[where.n - 1] == ']' ||
	    !bytes_have(where, ':'))
		fmt_put(&f, ":%u", (unsigned)REDIS_PORT);
	if (f.full || hostport_parse(&hp, fmt_done(&f)) < 0 || hp.host.n == 0 ||
	    hp.host.n > REDIS_HOST || hp.port == 0)
		return -NAT_EINVAL;
	memcpy(u->host, hp.host.p, hp.host.n);
	u->host[hp.host.n] = '\0';
	u->host_n = hp.host.n;
	u->port = hp.port;
	return 0;
}

/* What stands behind the last '@', and before it; it may be in a password. */
static struct bytes split(struct bytes text, struct bytes *who)
{
	for (size_t at = text.n; at > 0; at--) {
		if (text.p[at - 1] != '@')
			continue;
		*who = (struct bytes){ text.p, at - 1 };
		return (struct bytes){ text.p + at, text.n - at };
	}
	*who = (struct bytes){ NULL, 0 };
	return text;
}

int redisurl_parse(struct redisurl *u, struct bytes text)
{
	struct bytes scheme = BYTES("redis://"), who, where;
	struct cur c, rest;

	*u = (struct redisurl){ .port = REDIS_PORT };
	if (text.n < scheme.n || memcmp(text.p, scheme.p, scheme.n) != 0)
		return -NAT_EINVAL;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] >= 0x7f)
			return -NAT_EINVAL;
	where = split((struct bytes){ text.p + scheme.n, text.n - scheme.n },
		      &who);
	if (who.p && take_who(u, who) < 0)
		return -NAT_EINVAL;
	c = cur_of(where);
	where = cur_until(&c, '/');
	rest = c;
	if (cur_left(&rest) &&
	    (!cur_number(&rest, DB_MOST, &u->db) || cur_left(&rest)))
		return -NAT_EINVAL;
	return take_where(u, where);
}

void redisurl_print(struct fmt *f, const struct redisurl *u)
{
	bool six = bytes_have(
		(struct bytes){ (const uint8_t *)u->host, u->host_n }, ':');

	fmt_put(f, six ? "redis://[%s]:%u" : "redis://%s:%u", u->host,
		(unsigned)u->port);
	fmt_put(f, "/%lu", (unsigned long)u->db);
}
