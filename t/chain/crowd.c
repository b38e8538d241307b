/* crowd - what a registered peer takes: memory of an introducer with so many.
 *
 * usage: crowd PEERS
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/peer/node.h"
#include "os/rand.h"

enum { MOST = 512 };

static long resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long pages = 0;

	if (!f || fscanf(f, "%*d %ld", &pages) != 1)
		exit(2);
	fclose(f);
	return pages * 4096;
}

int main(int argc, char **argv)
{
	static struct node n;
	uint32_t count = argc > 1 ? (uint32_t)atoi(argv[1]) : 0;
	const struct node_limits most = { count, 4096, 65535 };
	struct chain m = { .op = CHAIN_HELLO, .ts = 1 };
	long before = resident(), each;

	if (!count || node_start(&n, &most) < 0)
		return 2;
	for (uint32_t i = 0; i < count; i++) {
		const struct addr from = { .family = ADDR_IP4,
					   .port = 1,
					   .ip = { 20, (uint8_t)(i >> 16),
						   (uint8_t)(i >> 8),
						   (uint8_t)i } };
		uint8_t modulus[CHAIN_MODULUS];

		rand_fill(SPAN(modulus));
		modulus[0] |= 0x80;
		modulus[CHAIN_MODULUS - 1] |= 1;
		chain_key_print(m.key, modulus);
		rand_fill(SPAN(m.id));
		if (!peers_greeted(&n.peers, &m, &from, 1000, 1000))
			return 1;
	}
	each = (resident() - before) / (long)count;
	printf("%u peers: %ld bytes each, at most %d\n", n.peers.rows.used,
	       each, MOST);
	node_stop(&n);
	return each <= MOST ? 0 : 1;
}
