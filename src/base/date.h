/* date - a moment of UTC in the civil calendar. */
#ifndef NAT_BASE_DATE_H
#define NAT_BASE_DATE_H

#include <stdint.h>

struct date {
	unsigned year, month, day; /* month and day from 1 */
	unsigned hour, minute, second;
};

/* seconds since 1970, 0 or more. */
struct date date_of(int64_t seconds);

#endif
