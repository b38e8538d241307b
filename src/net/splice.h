/* splice - a pool of pipes; a pump borrows one only while it holds bytes. */
#ifndef NAT_NET_SPLICE_H
#define NAT_NET_SPLICE_H

#include "net/net.h"

void pipes_start(struct pipes *p, uint32_t most, uint32_t size);
void pipes_stop(struct pipes *p);

/* An empty pipe: ends[0] to read, ends[1] to write. False: none, so copy. */
bool pipes_get(struct pipes *p, int ends[2]);
/* empty: it holds no bytes and can serve again. */
void pipes_put(struct pipes *p, const int ends[2], bool empty);

#endif
