/* print - reports as JSON and as metrics, piece by piece: whoever streams them
 * stops where there is no room and goes on from there in a later turn.
 *
 *     {"sections":[{"role":"relay","name":"","totals":{...},
 *                   "services":[{...},...],...},...]}
 *
 * Metrics are in the text format of Prometheus, 0.0.4, by its naming conventions:
 * nat_relay_service_in_bytes_total{client="router1",service="ssh"} 4711
 */
#ifndef NAT_APP_ADMIN_PRINT_H
#define NAT_APP_ADMIN_PRINT_H

#include "base/report.h"

enum { PRINT_PIECE = 4000 }; /* no piece needs more room */

/* How far an answer has come; zero-filled to start, but for detail. */
struct print_at {
	uint32_t section, table, column, row;
	uint32_t of; /* metrics: the section whose rows are said */
	bool headed; /* JSON: the section's head has been said */
	bool begun;  /* and the table's, or the metric's */
	bool over;
	bool detail; /* long tables too */
};

/* Prints the next piece, maybe an empty one; false: that was all, and nothing was
 * printed. What was cut off (f->full) must be asked for again from where *at was.
 */
bool print_json(struct fmt *f, const struct reports *rs, struct print_at *at);
bool print_metrics(struct fmt *f, const struct reports *rs,
		   struct print_at *at);

#endif
