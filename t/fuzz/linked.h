/* linked - a natpass client, or server, in the middle of things, which hears the
 * messages of the input: each after a byte (of a server: who says it) and two of
 * length. Frames are made good here. Nothing may be left behind at the end.
 */
#ifndef NAT_T_FUZZ_LINKED_H
#define NAT_T_FUZZ_LINKED_H

#include "base/span.h"

/* It has asked `box` for links a (tcp), b (udp) and c (a shell); others may ask for
 * what cannot be reached, and for bench. What the links bring is read half of the
 * time.
 */
void linked_client(struct bytes in);

/* Clients a and b have logged in. */
void linked_server(struct bytes in);

#endif
