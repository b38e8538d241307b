/* change - what differs between two settings of one table: a reload says it, and
 * lets be what is OPT_FIXED. Rows of the command line alone are left out.
 */
#ifndef NAT_BASE_CHANGE_H
#define NAT_BASE_CHANGE_H

#include "base/opt.h"

/* The first row from row on that differs, or the end of the table. */
const struct opt *change_next(const struct opt *row, const void *was,
			      const void *is);

/* "max_pending: '10' -> '20'", "allow: none -> '10.0.0.0/8' '::1'"; of a secret
 * only that it has changed.
 */
void change_print(struct fmt *f, const struct opt *row, const void *was,
		  const void *is);

/* Sets the row's field to what it was; texts are lent. */
void change_undo(const struct opt *row, const void *was, void *is);

#endif
