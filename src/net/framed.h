/* framed - datagrams over a byte stream: each after its length, two bytes,
 * big-endian.
 */
#ifndef NAT_NET_FRAMED_H
#define NAT_NET_FRAMED_H

#include "net/bufs.h"
#include "net/stream.h"

enum { FRAMED_HEAD = 2 };

/* All of it, or nothing: false, no room now. d.n is at most 65535. */
bool framed_put(struct stream *s, struct bytes d);

/* The next datagram that is wholly here, lent until framed_take. */
bool framed_peek(struct stream *s, struct bytes *d);
void framed_take(struct stream *s, struct bytes d);

/* Keeps d, framed, in *held until there is a stream; false: no room, it is lost.
 * The buffer is the holder's to give back; framed_release writes all of it to s
 * and does so. False: there was something, and it is lost.
 */
bool framed_hold(struct net *net, struct buf **held, struct bytes d);
bool framed_release(struct net *net, struct buf **held, struct stream *s);

#endif
