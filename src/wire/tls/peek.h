/* peek - whom a ClientHello is for, looked at while it stays where it is: the name
 * (RFC 6066 3) and the protocols (RFC 7301) that it asks for, of any version of
 * TLS. Nothing else in it is read or refused: that is for who answers it.
 *
 * The message may come in any number of records (RFC 8446 5.1). Of an encrypted
 * one (ECH) it is the outer that is seen. Pure.
 */
#ifndef NAT_WIRE_TLS_PEEK_H
#define NAT_WIRE_TLS_PEEK_H

#include "base/err.h"
#include "base/span.h"

enum {
	PEEK_MOST = 16 * 1024, /* bytes that are looked through */
	PEEK_ALERT = 7
};

struct peek {
	struct bytes name;      /* n 0: none is asked for */
	struct bytes protocols; /* each in a vector of 1 */
};

/* in: all that has come on a connection. 1 and *p, 0: not all of it is here;
 * -NAT_EPROTO: it is no ClientHello, or a broken one; -NAT_EROOM: it is longer
 * than PEEK_MOST. Slices are of in, or of room where it came in several records.
 */
MUST_USE int peek_hello(struct peek *p, struct bytes in,
			uint8_t room[PEEK_MOST]);

/* Is that one of the protocols? */
bool peek_speaks(const struct peek *p, const char *protocol);

/* "No such name here", to be said before anything else, and the end. */
void peek_refuse(uint8_t alert[PEEK_ALERT]);

#endif
