/* upgrade - the opening handshake of WebSocket over HTTP/1.1 (RFC 6455 4), of both
 * roles, with one subprotocol, which both must name, and no extension.
 *
 * Pure; heads are read by wire/http1.h.
 */
#ifndef NAT_WIRE_UPGRADE_H
#define NAT_WIRE_UPGRADE_H

#include "base/err.h"
#include "base/fmt.h"
#include "wire/http1.h"

enum {
	UPGRADE_NONCE = 16,  /* random bytes of a client */
	UPGRADE_HEAD = 8192, /* most bytes of either's head */
	UPGRADE_SAID = 1024  /* most of ours, beside host and path */
};

/* ---- the client ---- */

struct upgrade_ask {
	struct bytes host; /* a name or an address, without brackets */
	uint16_t port;     /* 0: the scheme's */
	struct bytes path; /* as it goes into the first line: "/nat" */
	struct bytes protocol;
	struct bytes bearer; /* a token, if there is one (RFC 6750 2.1) */
	uint8_t nonce[UPGRADE_NONCE];
};

void upgrade_ask(struct fmt *f, const struct upgrade_ask *ask);

/* Is that the answer to it? NULL, or what is wrong with it, for people. */
const char *upgrade_heard(const struct http1_response *r,
			  const struct upgrade_ask *ask);

/* ---- the server ---- */

/* Does it ask for that subprotocol of WebSocket? It may do so wrongly. */
bool upgrade_wants(const struct http1_request *r, struct bytes protocol);

/* Answers it: 101, and 0; or what is wrong: 400, 405, 426, printed as an answer
 * that ends the connection. protocol empty: none is spoken of.
 */
unsigned upgrade_answer(struct fmt *f, const struct http1_request *r,
			struct bytes protocol);

/* The same for what is wrong otherwise: 400, 401, 403, 404, 414, 431... */
void upgrade_refuse(struct fmt *f, unsigned status);

#endif
