/* table - an answer of the admin socket (app/admin/print.h) for people. It knows no
 * table by name: the ends of the keys tell what is bytes, what is time.
 */
#ifndef NAT_CMD_TABLE_H
#define NAT_CMD_TABLE_H

#include "base/err.h"
#include "base/fmt.h"

/* before: an answer of the same process so many ms ago, for rates; or nothing.
 * 0, or -NAT_EPROTO: now is no such answer.
 */
MUST_USE int table_print(struct fmt *f, struct bytes now, struct bytes before,
			 int64_t ms);

#endif
