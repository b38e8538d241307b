/* forward - the heads that a gateway says, made of those it has heard (RFC 9110
 * 7.6; RFC 9112 3.2, 6). What is for the next one only stays behind; framing is
 * said anew, once and in one way; and so is where a request comes from.
 */
#ifndef NAT_WIRE_FORWARD_H
#define NAT_WIRE_FORWARD_H

#include "base/fmt.h"
#include "wire/http1.h"
#include "wire/site.h"

/* More than a head grows by, whatever stands in it. */
enum { FORWARD_MORE = 2048 };

struct forward_from {
	struct bytes addr;  /* whose connection it is, as text */
	struct bytes proto; /* "http", "https" */
	bool trusted;       /* what it says of others before it is believed */
	const struct site *site; /* what the service wants */
};

/* As HTTP/1.1, its body framed as it came. Another protocol is asked for only
 * where there is no body.
 */
void forward_request(struct fmt *f, const struct http1_request *r,
		     const struct forward_from *from);

/* How the body of r goes to one who speaks HTTP/1.minor: without a length by
 * chunks, or, to 1.0, until the end, and then the connection does not stay.
 */
enum body_kind forward_body(const struct http1_response *r, unsigned minor);

struct forward_to {
	enum body_kind body; /* as forward_body says */
	uint8_t minor;
	bool keeps;              /* the connection stays */
	const struct site *site; /* NULL: this is not the answer itself */
};
void forward_response(struct fmt *f, const struct http1_response *r,
		      const struct forward_to *to);

/* Does r say that it has come by TLS (X-Forwarded-Proto)? */
bool forward_says_https(const struct http1_request *r);

/* The addresses that r has come by, as X-Forwarded-For names them, the last one
 * first at *at 0. Empty: there are no more.
 */
struct bytes forward_hop(const struct http1_request *r, uint32_t back);

#endif
