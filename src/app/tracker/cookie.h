/* cookie - a proof that an address hears what is sent to it, without a table: a
 * keyed hash of address and minute. One is good in its minute and the next.
 */
#ifndef NAT_APP_TRACKER_COOKIE_H
#define NAT_APP_TRACKER_COOKIE_H

#include "base/addr.h"
#include "crypt/hmac.h"

enum { COOKIE_TEXT = 16 }; /* hex digits */

struct cookies { /* private to cookie.c */
	struct hmac keyed;
};

void cookies_init(struct cookies *c, struct bytes key);
/* Prints that of an address at now, ms. */
void cookie_print(struct fmt *f, const struct cookies *c, const struct addr *a,
		  int64_t now);
bool cookie_good(const struct cookies *c, struct bytes text,
		 const struct addr *a, int64_t now);

#endif
