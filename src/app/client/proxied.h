/* proxied - tells a service with proxy_protocol who its visitor is, before the
 * visitor says anything (wire/proxyline.h).
 */
#ifndef NAT_APP_CLIENT_PROXIED_H
#define NAT_APP_CLIENT_PROXIED_H

#include "net/stream.h"
#include "wire/proxyline.h"
#include "wire/service.h"

/* Who came where; an end that is not known is ADDR_NONE. */
struct proxied_ends {
	struct addr from, to;
};

/* On a connection to s that nothing has been said on yet; no room is an error of
 * the connection.
 */
void proxied_say(struct stream *service, const struct service *s,
		 const struct proxied_ends *ends);

/* What stands before each datagram to s; n 0: nothing. */
struct proxied_head {
	uint8_t n, b[PROXYLINE_DATAGRAM];
};
void proxied_head(struct proxied_head *h, const struct service *s,
		  const struct proxied_ends *ends);

#endif
