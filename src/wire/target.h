/* target - a private service as other clients name it, OWNER/SERVICE: what the
 * client is called that publishes it, and what it calls the service.
 *
 * Names of services are unique in a client only, so that there is no shorter
 * form: one that means another service when somebody else logs in would be a
 * trap. In a list of those allowed, parted by commas, either may be * for any.
 */
#ifndef NAT_WIRE_TARGET_H
#define NAT_WIRE_TARGET_H

#include "base/err.h"
#include "base/span.h"

struct target {
	struct bytes owner, service; /* slices of what was parsed */
};

/* 0, or -NAT_EINVAL with *t as it was. */
MUST_USE int target_parse(struct target *t, struct bytes text);

/* Is it a list of at least one? */
bool targets_good(struct bytes list);

/* Is it one of a good list? */
bool targets_have(struct bytes list, const struct target *t);

#endif
