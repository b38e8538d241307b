#include "wire/turnuri.h"
#include "base/base64.h"
#include "base/cur.h"
#include "crypt/hmac.h"

static const struct {
	const char *scheme, *transport; /* "": none is said */
	uint16_t port;
	uint8_t over;
} rows[] = {
	{ "turn", "", 3478, TURN_OVER_UDP },
	{ "turn", "transport=udp", 3478, TURN_OVER_UDP },
	{ "turn", "transport=tcp", 3478, TURN_OVER_TCP },
	{ "turns", "", 5349, TURN_OVER_TLS },
	{ "turns", "transport=tcp", 5349, TURN_OVER_TLS },
};

/* A name, or a number, without a port. */
static bool host_alone(struct bytes *host, struct bytes text)
{
	struct addr a;

	if (text.n > 2 && text.p[0] == '[' && text.p[text.n - 1] == ']') {
		*host = (struct bytes){ text.p + 1, text.n - 2 };
		return addr_parse_ip(&a, *host) == 0;
	}
	*host = text;
	return hostport_is_host(text) && text.n > 0 && text.n < 256;
}

int turnuri_parse(struct turnuri *u, struct bytes text)
{
	struct cur c = cur_of(text);
	struct bytes scheme = cur_until(&c, ':'), at = cur_until(&c, '?');
	struct bytes transport = cur_bytes(&c, cur_left(&c));
	struct turnuri read = { .at = { .port = 0 } };
	size_t i = 0;

	while (i < COUNT(rows) && !(bytes_are(scheme, rows[i].scheme) &&
				    bytes_are(transport, rows[i].transport)))
		i++;
	if (i == COUNT(rows) ||
	    (!host_alone(&read.at.host, at) &&
	     (hostport_parse(&read.at, at) < 0 || !read.at.host.n)))
		return -NAT_EINVAL;
	if (!read.at.port)
		read.at.port = rows[i].port;
	read.transport = rows[i].over;
	*u = read;
	return 0;
}

void turnuri_rest(struct fmt *user, struct fmt *password, struct bytes secret,
		  struct bytes name, int64_t until)
{
	uint8_t mac[SHA1_SIZE];

	fmt_put(user, "%lld", (long long)until);
	if (name.n) {
		fmt_put(user, ":");
		fmt_bytes(user, name);
	}
	hmac_of(&hash_sha1, secret, fmt_done(user), mac);
	base64_put(password, (struct bytes){ mac, sizeof mac }, 0);
}
