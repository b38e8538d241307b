/* straight - bytes between a socket and another stream without a buffer between
 * them: they are received where they will be sent from, or sent from where they
 * were received.
 *
 * In builds without the part `natpass` nothing is (straight_small.c): there a pump
 * copies, or the kernel moves (splice).
 */
#ifndef NAT_NET_STRAIGHT_H
#define NAT_NET_STRAIGHT_H

#include "net/tcp.h"

/* Fewer are copied, so that they leave with others in one call. */
enum { STRAIGHT_LEAST = 24 * 1024 };

/* Moves *n bytes, most of them at most; 0: none now, and whose turn it is will say
 * so. False: they are to be copied.
 */
bool straight(struct stream *from, struct stream *to, size_t most, size_t *n);

/* b into the stream that has that room, of b.n bytes or more; as much as goes is sent
 * at once.
 */
void straight_put(struct tcp *to, struct span room, struct bytes b);

#endif
