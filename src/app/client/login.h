/* login - the client's part of the mutual login (docs/protocol/fastnat.md).
 * Each returns 0 or an error that ends the attempt.
 */
#ifndef NAT_APP_CLIENT_LOGIN_H
#define NAT_APP_CLIENT_LOGIN_H

#include "app/client/control.h"

MUST_USE int login_hello(struct control *ctl); /* -NAT_EAGAIN: no room now */
MUST_USE int login_challenge(struct control *ctl, const struct fastnat *m);
MUST_USE int login_welcome(struct control *ctl, const struct fastnat *m);
MUST_USE int login_refused(struct control *ctl, const struct fastnat *m);

#endif
