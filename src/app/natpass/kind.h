/* kind - what others may ask of a natpass client, by the types of requests: a row
 * each. Who is asked has been found to allow it.
 */
#ifndef NAT_APP_NATPASS_KIND_H
#define NAT_APP_NATPASS_KIND_H

#include "app/natpass/vlink.h"

struct agent;

struct kind {
	uint32_t type; /* enum natpass_type */
	uint32_t
		size; /* of what one link needs, which begins with a struct slot */
	/* A link is OFFERED. Takes it on (vlink_offered) and answers now or later,
	 * or refuses it at once. place: zeroed, kind_put gives it back; NULL if
	 * size is 0. ask is lent for the call.
	 */
	void (*asked)(struct agent *a, struct vlink *l, void *place,
		      const struct natpass_request *ask);
	/* The agent stops: ends the link, and gives the place back. */
	void (*stop)(void *place);
	/* NULL: it is served. Else that is all that who asks is told. */
	const char *why_not;
};

/* Up to one whose type is NATPASS_TYPES. */
extern const struct kind kinds[];
enum { KINDS = 8 }; /* most rows */

/* The place of a row of that type is free again. How many are taken. */
void kind_put(struct agent *a, uint32_t type, void *place);
uint32_t kind_used(const struct agent *a, uint32_t type);

#endif
