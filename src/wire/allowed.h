/* allowed - what a natpass client may be asked for by others, as words say, parted
 * by commas:
 *
 *     TYPE                 all of it: shell, bench; tcp and udp to anywhere
 *     TYPE:HOST:PORTS      tcp or udp, to that host as it is written, and a port
 *                          or LO-HI; `*` is any of either
 *
 * A host is compared as text, but for the case of letters: who allows 127.0.0.1
 * has not allowed localhost.
 */
#ifndef NAT_WIRE_ALLOWED_H
#define NAT_WIRE_ALLOWED_H

#include "wire/natpass.h"

/* NULL, or what is wrong with a list of at least one. */
const char *allowed_fault(struct bytes list);

/* Does a good list allow that? told 0: it is of no host. */
bool allowed_has(struct bytes list, const struct natpass_request *ask);

#endif
