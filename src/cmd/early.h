/* early - what is done before root and other rights are given up: who allows shells
 * needs somebody who can start them (os/keeper.h).
 */
#ifndef NAT_CMD_EARLY_H
#define NAT_CMD_EARLY_H

#include "cmd/serve.h"

/* From now on no program that is run gains privileges, but for those in shells. 0,
 * or an error, said.
 */
MUST_USE int early_start(const struct serve_what *what, struct diag *d);
/* At the end, whether it could start or not: whoever was started for them goes. */
void early_stop(const struct serve_what *what);

#endif
