/* request - as much of HTTP/1.0 and 1.1 (RFC 9112) as answers GET: the head of one
 * request, strictly, and the heads of our answers, each of which ends with the
 * connection.
 */
#ifndef NAT_APP_ADMIN_REQUEST_H
#define NAT_APP_ADMIN_REQUEST_H

#include "base/err.h"
#include "base/span.h"

enum { REQUEST_MOST = 4096 }; /* bytes of the head */

struct request {
	struct bytes method, target; /* lent, of the input */
	struct bytes host;           /* and this; empty: there is none */
};

/* in: all that has come. The length of the head (> 0), 0 when more is needed, or
 * -NAT_EPROTO: this is no such request; -NAT_EROOM: it is too long.
 */
MUST_USE long request_parse(struct request *r, struct bytes in);

/* Is it asked of us by number, or as localhost? A page of elsewhere whose name leads
 * to us (DNS rebinding) asks by that name.
 */
bool request_is_here(const struct request *r);

/* What goes before the answer: 200, here that of metrics; 404 where there is no such
 * thing, 405, 421 for who asks another host; 400 for what was no request, 431 for
 * one too long. Only 200 has something behind it.
 */
const char *request_answer(int status);
int request_status(const struct request *r, long parsed, bool there);

#endif
