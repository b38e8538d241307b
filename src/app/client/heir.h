/* heir - the relay that we are logged in at gives way to a successor at the same
 * place, and says so: there the session begins anew, without delay.
 */
#ifndef NAT_APP_CLIENT_HEIR_H
#define NAT_APP_CLIENT_HEIR_H

#include "app/client/control.h"

/* Is that what the relay's error means? Then it is known, and nothing is wrong. */
bool heir_heard(struct control *ctl, struct bytes error);

/* The session is over: is there a successor, at the relay `at`? Then it is the one
 * at hand.
 */
bool heir_calls(struct control *ctl, uint32_t at);

#endif
