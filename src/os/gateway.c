#include "os/gateway.h"
#include "base/cur.h"
#include "os/file.h"

enum { TABLE = 32 * 1024, UP = 1, GATEWAY = 2 };

static uint32_t read_hex(struct bytes b)
{
	uint32_t n = 0;

	for (size_t i = 0; i < b.n && i < 8; i++) {
		unsigned c = b.p[i] | 32U;

		n = n << 4 | (c <= '9' ? c - '0' : (c - 'a' + 10) & 15);
	}
	return n;
}

static uint32_t read_decimal(struct bytes b)
{
	struct cur c = cur_of(b);
	uint32_t n;

	return cur_number(&c, UINT32_MAX, &n) ? n : UINT32_MAX;
}

/* Iface Destination Gateway Flags RefCnt Use Metric Mask ...; addresses are words as
 * this machine has them.
 */
static bool read_route(struct bytes line, uint32_t *gateway, uint32_t *metric)
{
	struct cur c = cur_of(line);
	struct bytes words[8];

	for (size_t i = 0; i < COUNT(words); i++)
		words[i] = cur_word(&c);
	*gateway = read_hex(words[2]);
	*metric = read_decimal(words[6]);
	return words[7].n == 8 && read_hex(words[1]) == 0 &&
	       read_hex(words[7]) == 0 &&
	       (read_hex(words[3]) & (UP | GATEWAY)) == (UP | GATEWAY);
}

int gateway_find(struct addr *a)
{
	uint8_t room[TABLE];
	long n = file_read("/proc/net/route", SPAN(room));
	uint32_t gateway, metric, least = UINT32_MAX;
	struct cur c;
	bool any = false;

	if (n < 0)
		return n == -NAT_EROOM ? (int)n : -NAT_ENOTSUP;
	c = cur_of((struct bytes){ room, (size_t)n });
	while (cur_left(&c)) {
		struct bytes line = cur_until(&c, '\n');

		if (!read_route(line, &gateway, &metric) ||
		    (any && metric >= least))
			continue;
		*a = (struct addr){ .family = ADDR_IP4 };
		memcpy(a->ip, &gateway, 4);
		least = metric;
		any = true;
	}
	return any ? 0 : -NAT_ENOENT;
}
