/* clock - the two clocks. In what serves, only the loop and the log's sink read
 * them.
 */
#ifndef NAT_OS_CLOCK_H
#define NAT_OS_CLOCK_H

#include <stdint.h>

int64_t clock_ms(void);   /* steady, from any start */
int64_t clock_unix(void); /* seconds since 1970, UTC; may jump */

int64_t clock_unix_ms(void);

/* Waits; for commands without a loop. */
void clock_wait(int64_t ms);

#endif
