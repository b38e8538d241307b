/* What is seen of a ClientHello lies within it or the room lent; a longer input
 * says the same; where all of it is refused by the engine nothing is lost, and
 * what the engine reads in one piece has the same name.
 */
#include "fuzz.h"
#include "wire/tls/hello.h"
#include "wire/tls/peek.h"

void fuzz(struct bytes in)
{
	static uint8_t room[PEEK_MOST];
	const struct bytes lent = { room, sizeof room };
	struct bytes name;
	struct hello h;
	struct peek p;
	int rc = peek_hello(&p, in, room);

	assert(rc <= 1 && (rc > 0 || (p.name.n == 0) || rc < 0));
	if (rc <= 0)
		return;
	assert(fuzz_within(p.name, in) || fuzz_within(p.name, lent));
	peek_speaks(&p, "nat");
	if (in.n < 9 || in.n != 5 + (size_t)(in.p[3] << 8 | in.p[4]) ||
	    hello_read_client(&h, (struct bytes){ in.p + 9, in.n - 9 }) ||
	    !hello_name(&h, &name))
		return;
	assert(bytes_equal(name, p.name));
}
