/* allow - who may do what here: parts ID or ID:SERVICE of lists, with commas. An id
 * alone is answered; a service is open to those that are named with it.
 */
#ifndef NAT_APP_PEER_ALLOW_H
#define NAT_APP_PEER_ALLOW_H

#include "base/opt.h"
#include "wire/showchain.h"

struct allowed {
	uint8_t id[CHAIN_ID];
	struct bytes service; /* empty: none */
};

/* Takes the first part of rest away. False: there is none, or it is no id; then
 * rest is as it was.
 */
bool allow_next(struct bytes *rest, struct allowed *a);

/* Whether an id is answered: it is named, or nobody is. */
bool allow_answers(const struct opt_list *l, const uint8_t id[CHAIN_ID]);
/* Whether the service is open to it. */
bool allow_opens(const struct opt_list *l, const uint8_t id[CHAIN_ID],
		 struct bytes service);

#endif
