/* A server that hears anything, in records that are sealed by the right key or not, at
 * any point of a handshake and behind it.
 */
#include "dtls.h"

void fuzz(struct bytes in)
{
	struct cur c = cur_of(in);

	fuzz_dtls(&c, TLS_SERVER);
}
