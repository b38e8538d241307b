/* What is taken has one spelling, and its signature is looked at in bounds. */
#include "fuzz.h"
#include "wire/chainkey.h"

void fuzz(struct bytes in)
{
	struct fmt f = fuzz_room(0), text = fuzz_room(1);
	uint8_t n[CHAIN_MODULUS], id[CHAIN_ID], spki[CHAIN_SPKI];
	static struct chain m;

	if (chain_parse(&m, in) < 0)
		return;
	assert(m.ndata <= CHAIN_PAYLOAD && m.nlan <= CHAIN_LAN);
	chain_print(&f, &m);
	assert(!f.full && f.n == in.n && !memcmp(f.to.p, in.p, in.n));
	chain_print_signed(&text, &m);
	assert(text.n < CHAIN_TEXT);
	if (!chain_key_parse(n, id, m.key))
		return;
	chain_key_print(spki, n);
	assert(!memcmp(spki, m.key, CHAIN_SPKI));
	(void)chain_verify(&m, n);
}
