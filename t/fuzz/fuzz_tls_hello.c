/* Any bytes as the body of a ClientHello and of a ServerHello: what was read lies
 * within, shares and names too.
 */
#include "fuzz.h"
#include "wire/tls/hello.h"

static void looked_at(const struct hello *h, struct bytes in)
{
	struct bytes key, name;

	for (size_t i = 0; i < HELLO_EXTENSIONS; i++)
		assert(fuzz_within(h->ext[i], in));
	assert(fuzz_within(h->id, in) && fuzz_within(h->suites, in));
	if (hello_share(h->ext[HELLO_SHARES], 29, &key))
		assert(fuzz_within(key, in));
	if (hello_name(h, &name))
		assert(fuzz_within(name, in));
}

void fuzz(struct bytes in)
{
	uint32_t offered = (1u << HELLO_EXTENSIONS) - 1;
	struct hello h;

	if (hello_read_client(&h, in) == 0)
		looked_at(&h, in);
	if (hello_read_server(&h, in, offered) == 0)
		looked_at(&h, in);
}
