/* Whatever is on the link: at most as many addresses as there is place for. */
#include "fuzz.h"
#include "wire/mdns.h"

void fuzz(struct bytes in)
{
	struct fmt f = fuzz_room(0);
	struct addr addrs[MDNS_ADDRS];
	unsigned n = mdns_read(in, BYTES("a.local"), addrs);

	assert(n <= MDNS_ADDRS);
	while (n-- > 0)
		assert(addrs[n].family == ADDR_IP4 ||
		       addrs[n].family == ADDR_IP6);
	if (mdns_print_query(&f, in) == 0)
		assert(!f.full && f.n > 12);
}
