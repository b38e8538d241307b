#include "base/date.h"

/* By the 400-year cycle of days, from the first of March of the year 0. */
struct date date_of(int64_t seconds)
{
	uint64_t days = (uint64_t)seconds / 86400;
	unsigned sec = (unsigned)((uint64_t)seconds % 86400);
	uint64_t z = days + 719468, era = z / 146097, doe = z % 146097;
	uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	uint64_t mp = (5 * doy + 2) / 153, d = doy - (153 * mp + 2) / 5 + 1;
	uint64_t m = mp < 10 ? mp + 3 : mp - 9, y = yoe + era * 400 + (m <= 2);

	return (struct date){ .year = (unsigned)y,
			      .month = (unsigned)m,
			      .day = (unsigned)d,
			      .hour = sec / 3600,
			      .minute = sec / 60 % 60,
			      .second = sec % 60 };
}
