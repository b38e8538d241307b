/* What is parsed, sealed again by one side, is proven by that side alone. */
#include "base/cur.h"
#include "fuzz.h"
#include "wire/carrier.h"

void fuzz(struct bytes in)
{
	struct fmt f = fuzz_room(0);
	struct carrier_key k;
	uint8_t key[FASTNAT_KEY] = { 1 }, head[CARRIER_HEAD];
	struct carrier c, d;

	carrier_key_init(&k, key);
	if (carrier_parse(&c, in) < 0)
		return;
	assert(fuzz_within(c.payload, in) && fuzz_within(c.mac, in));
	carrier_head(head, &c, &k, FASTNAT_CLIENT);
	assert(carrier_proven(&c, &k, FASTNAT_CLIENT) ==
	       (memcmp(head, in.p, sizeof head) == 0));
	fmt_bytes(&f, (struct bytes){ head, sizeof head });
	fmt_bytes(&f, c.payload);
	assert(carrier_parse(&d, fmt_done(&f)) == 0 && d.flow == c.flow);
	assert(d.counter == c.counter && bytes_equal(d.payload, c.payload));
	assert(carrier_proven(&d, &k, FASTNAT_CLIENT));
	assert(!carrier_proven(&d, &k, FASTNAT_RELAY));
}
