/* URL, newline, what such a proxy says: it comes to the same however it arrives. */
#include "wire/proxy.h"
#include "base/cur.h"
#include "fuzz.h"
static int talk(const struct proxy_conf *conf, struct bytes in, bool bit)
{
	static struct http1_response room;
	struct proxy p;
	size_t here = bit ? 0 : in.n;
	long n = 0;
	proxy_start(&p, conf, BYTES("a.example"), 1);
	for (; n > 0 || here <= in.n; here += n == 0) {
		struct fmt f = fuzz_room(0);
		proxy_say(&p, &f);
		n = proxy_hear(&p, (struct bytes){ in.p, here }, &room);
		if (n < 0 || proxy_is_through(&p))
			return n < 0 ? (int)n : 1;
		in = (struct bytes){ in.p + n, in.n - (size_t)n };
		here -= (size_t)n;
	}
	return 0;
}
void fuzz(struct bytes in)
{
	struct cur c = cur_of(in);
	struct proxy_conf conf;
	struct bytes url = cur_until(&c, '\n'), rest = { c.p, cur_left(&c) };
	if (!proxy_parse(&conf, url))
		assert(talk(&conf, rest, true) == talk(&conf, rest, false));
}
