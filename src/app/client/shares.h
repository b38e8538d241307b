/* shares - a connection to the relay that many visitors share (net/mux.h): what comes
 * of it is a parked connection each (park.h), on which the relay tells at once of a
 * visitor.
 */
#ifndef NAT_APP_CLIENT_SHARES_H
#define NAT_APP_CLIENT_SHARES_H

#include "app/client/client.h"
#include <stdbool.h>

struct park;
struct shares;

enum { SHARED_MOST = 16 }; /* at once; the relay has one in a session */

/* Are there any in this build? */
extern const bool shares_known;

/* -NAT_EMEMORY. */
MUST_USE int shares_start(struct client *c);
/* There are no visitors any more. */
void shares_stop(struct client *c);

/* What was parked is such a one from now on. */
void shares_take(struct park *p);

#endif
