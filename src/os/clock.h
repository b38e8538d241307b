/* clock - the two clocks. Only the loop and the log's sink read them. */
#ifndef NAT_OS_CLOCK_H
#define NAT_OS_CLOCK_H

#include <stdint.h>

int64_t clock_ms(void);   /* steady, from any start */
int64_t clock_unix(void); /* seconds since 1970, UTC; may jump */

#endif
