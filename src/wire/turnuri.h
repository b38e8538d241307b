/* turnuri - where a TURN server is (RFC 7065), and what opens it:
 *
 *      turn:HOST[:PORT][?transport=udp|tcp]    turns:HOST[:PORT][?transport=tcp]
 *
 * Ports are 3478 and 5349 where none is said; turns is TLS. Pure.
 */
#ifndef NAT_WIRE_TURNURI_H
#define NAT_WIRE_TURNURI_H

#include "base/addr.h"

enum turn_transport { TURN_OVER_UDP, TURN_OVER_TCP, TURN_OVER_TLS };
enum { TURN_REST = 28 }; /* bytes of a password made, base64 */

struct turnuri {
	struct hostport at; /* slices of the text */
	uint8_t transport;  /* enum turn_transport */
};

/* 0, or -NAT_EINVAL. */
MUST_USE int turnuri_parse(struct turnuri *u, struct bytes text);

/* Credentials that a server makes of a secret, draft-uberti-behave-turn-rest:
 * the user is `until:name` (until in s since 1970), the password base64 of
 * HMAC-SHA1(secret, user).
 */
void turnuri_rest(struct fmt *user, struct fmt *password, struct bytes secret,
		  struct bytes name, int64_t until);

#endif
