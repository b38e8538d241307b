/* A server that hears anything, in records sealed by the right key, at any point of
 * a handshake of either version.
 */
#include "tls.h"

void fuzz(struct bytes in)
{
	struct cur c = cur_of(in);
	struct between *b = fuzz_between(&c);

	fuzz_tell(&c, b, TLS_SERVER);
}
