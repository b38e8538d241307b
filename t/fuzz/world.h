/* world - what stands in for the system under fuzz_conf, by --wrap: the file is
 * the input, memory comes from malloc so that its ends are watched, and
 * complaints are not printed.
 */
#ifndef NAT_T_FUZZ_WORLD_H
#define NAT_T_FUZZ_WORLD_H

#include "base/span.h"

/* What every file contains from now on; lent. */
void world_file(struct bytes text);

/* Frees what has been reserved. */
void world_end(void);

#endif
