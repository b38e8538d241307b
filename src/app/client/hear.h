/* hear - takes what the relay says and does what the table of rules asks for. */
#ifndef NAT_APP_CLIENT_HEAR_H
#define NAT_APP_CLIENT_HEAR_H

#include "app/client/control.h"

/* 0, or an error that ends the session. */
MUST_USE int hear_all(struct control *ctl);

#endif
