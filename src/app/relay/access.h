/* access - the relay's access log: a line for each request of HTTP, and for each visit
 * if asked for (wire/access.h). Lines are put together in memory and written once a
 * turn of the loop; what the file does not take is lost and counted.
 */
#ifndef NAT_APP_RELAY_ACCESS_H
#define NAT_APP_RELAY_ACCESS_H

#include "app/relay/core.h"

struct web_conn;
struct visitor;
struct flow;
struct published;

/* What is kept of a request while it is answered; from a table of its own. */
struct access_note;

/* Opens the file. 0, or an error, said; relay->access NULL: there is none. */
MUST_USE int access_start(struct relay *r, struct diag *d);
/* Opens it anew, by its name. */
void access_reload(struct relay *r);
void access_stop(struct relay *r);

/* ---- for web.c and exchange.c ---- */

/* A request has come, whose head has been parsed just now. */
void access_asked(struct web_conn *c);
/* It is for p. */
void access_routed(struct web_conn *c, const struct published *p);
/* Its answer, or what stands for one, begins. */
void access_answered(struct web_conn *c, unsigned status);
/* It is over, whatever became of it. Without a request nothing happens. */
void access_over(struct web_conn *c);

/* It is asked anew later, or by another process. */
void access_forget(struct web_conn *c);

/* ---- for visitor.c and flow.c ---- */

void access_visit(const struct visitor *v, const struct traffic *t);
void access_flow(const struct flow *f);

#endif
