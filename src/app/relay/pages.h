/* pages - what the relay answers itself: a status in words, and where to go. */
#ifndef NAT_APP_RELAY_PAGES_H
#define NAT_APP_RELAY_PAGES_H

#include "app/relay/web.h"

/* Says the page of a status, and that the connection ends with it. 308 is to the
 * same place by TLS, of the request at hand. How many bytes; 0: there is no room.
 */
size_t pages_say(struct web_conn *c, unsigned status);

/* The page that the settings name; none: n is 0. 0, or an error that has been said. */
MUST_USE int pages_read(struct web_page *page, const struct relay_conf *conf,
			struct diag *d);

#endif
