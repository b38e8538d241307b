/* As the system reads addresses; what is read prints and reads as the same. */
#include "base/addr.h"
#include "fuzz.h"
#include <arpa/inet.h>

static void check_ip(const char *text, struct bytes in)
{
	struct fmt f = fuzz_room(0);
	struct addr a = { .scope = 0 }, b;
	uint8_t ip[16] = { 0 };
	bool good = addr_parse_ip(&a, in) == 0;

	if (strlen(text) == in.n && !strchr(text, '%'))
		assert(good == (inet_pton(AF_INET, text, ip) == 1 ||
				inet_pton(AF_INET6, text, ip) == 1));
	assert(!good || a.scope || memcmp(a.ip, ip, 16) == 0);
	if (good)
		addr_print_ip(&f, &a);
	assert(!good ||
	       (addr_parse_ip(&b, fmt_done(&f)) == 0 && addr_same_ip(&a, &b)));
}

void fuzz(struct bytes in)
{
	char *text = fuzz_text(in);

	check_ip(text, in);
	free(text);
}
