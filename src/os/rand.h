/* rand - unpredictable bytes from the kernel; fit for keys. */
#ifndef NAT_OS_RAND_H
#define NAT_OS_RAND_H

#include "base/err.h"
#include "base/span.h"

/* Fills all of to. A system without randomness ends the process: there is no
 * safe way on from there.
 */
void rand_fill(struct span to);

/* 0..below-1, evenly; below > 0. */
uint32_t rand_below(uint32_t below);

#endif
