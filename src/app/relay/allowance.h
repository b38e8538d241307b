/* allowance - bandwidth that the relay keeps a client to, by words behind its token
 * (token.h): of all its services together and of each, from visitors (in) and to
 * them (out). Bytes of TCP and of requests wait, datagrams are lost. It is the
 * name's: whoever logs in anew begins with what is owed.
 */
#ifndef NAT_APP_RELAY_ALLOWANCE_H
#define NAT_APP_RELAY_ALLOWANCE_H

#include "app/relay/visitor.h"

enum allowance_way { ALLOWANCE_IN, ALLOWANCE_OUT, ALLOWANCE_WAYS };

/* -NAT_EMEMORY. */
MUST_USE int allowance_start(struct relay *r);
/* Nothing is published any more. */
void allowance_stop(struct relay *r);

/* p is its session's from now on, which has rights; it is no more. Visitors who are
 * limited already keep to what is said last, those who are not stay so.
 */
void allowance_give(struct published *p);
void allowance_end(struct published *p);

/* Its pair, which is about to go on, or its requests, keep to that; not any more,
 * which may be said of any visitor. outer: its own stream.
 */
void allowance_join(struct visitor *v, struct stream *outer);
void allowance_leave(struct visitor *v);

/* Bytes that may go now, 0: the stream that they come from is woken. They are gone. */
size_t allowance_may(const struct pump *p);
void allowance_took(const struct pump *p, size_t n);

/* How many visitors m lets a service have at once, 0: any number; has p as many? */
uint32_t allowance_most(const struct fastnat *m);
bool allowance_full(const struct published *p);

/* May a datagram of n bytes go that way? Then it is counted. */
bool allowance_lets(const struct published *p, enum allowance_way way,
		    size_t n);

#endif
