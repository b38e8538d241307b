/* proxy - how a client asks a proxy to be led on to a host: CONNECT of HTTP/1.1 (RFC
 * 9110 9.3.6) with Basic (RFC 7617), or SOCKS5 (RFC 1928) with user and password
 * (RFC 1929). Names are for the proxy to resolve.
 *
 * Pure: what is to be said comes from proxy_say, what is heard goes to proxy_hear,
 * by turns, until proxy_is_through; what is behind that is the host's.
 *
 *	state     waits for                    http     socks5
 *	ASK       us to say the request        -> HEAD
 *	HEAD      a final answer's head        2xx -> THROUGH
 *	GREET     us to say what we can                 -> METHOD
 *	METHOD    the choice of it                      -> LOGIN, REQUEST
 *	LOGIN     us to say user and password           -> WELCOME
 *	WELCOME   a yes to that                         -> REQUEST
 *	REQUEST   us to say where                       -> REPLY
 *	REPLY     a yes to that                         -> THROUGH
 */
#ifndef NAT_WIRE_PROXY_H
#define NAT_WIRE_PROXY_H

#include "base/addr.h"
#include "base/fmt.h"
#include "wire/http1.h"

enum {
	PROXY_SECRET = 255, /* most bytes of a user's name, and of a password */
	PROXY_SAID = 1280,  /* of what is said at a time, with a host of 255 */
	PROXY_HEAD = 8192   /* of an answer's head */
};

enum proxy_kind { PROXY_NONE, PROXY_HTTP, PROXY_SOCKS5 };

struct proxy_conf {
	uint8_t kind;
	struct hostport at; /* its host is lent by the text it was read from */
	uint8_t user_n, password_n; /* user_n 0: none are known */
	uint8_t user[PROXY_SECRET], password[PROXY_SECRET];
};

/* http://[USER:PASSWORD@]HOST[:PORT], socks5://...; %XX is a byte. Ports are 80 and
 * 1080 if not said. NULL, or what is wrong with it.
 */
const char *proxy_parse(struct proxy_conf *p, struct bytes text);

enum proxy_state {
	PROXY_ASK,
	PROXY_HEAD_OF,
	PROXY_GREET,
	PROXY_METHOD,
	PROXY_LOGIN,
	PROXY_WELCOME,
	PROXY_REQUEST,
	PROXY_REPLY,
	PROXY_THROUGH
};

struct proxy { /* fields are private to proxy.c but for why and status */
	const struct proxy_conf *conf; /* lent, as host is */
	struct bytes host;
	uint16_t port;
	uint8_t state;   /* enum proxy_state */
	uint16_t status; /* of HTTP that said no; 0: it did not */
	const char *why; /* what is wrong, for people; NULL: nothing */
	struct http1_scan scan;
};

void proxy_start(struct proxy *p, const struct proxy_conf *conf,
		 struct bytes host, uint16_t port);

/* What is to be said now, in at most PROXY_SAID bytes; nothing: hear. */
void proxy_say(struct proxy *p, struct fmt *f);

/* What it has heard in all that is here: the bytes to be taken (> 0), 0: more is to
 * come, -NAT_EPROTO or -NAT_EACCESS: see why. room is used meanwhile.
 */
MUST_USE long proxy_hear(struct proxy *p, struct bytes in,
			 struct http1_response *room);

static inline bool proxy_is_through(const struct proxy *p)
{
	return p->state == PROXY_THROUGH;
}

#endif
