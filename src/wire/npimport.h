/* npimport - a configuration of natpass, of its server or its client, of any of its
 * versions, as ours. What has been included in it stands in it already.
 */
#ifndef NAT_WIRE_NPIMPORT_H
#define NAT_WIRE_NPIMPORT_H

#include "base/fmt.h"
#include "base/opt.h"

struct npimport {
	struct span text; /* of theirs; is changed */
	struct fmt out;   /* of ours: print it when 0 was returned */
	struct fmt lists; /* room for a part of it */
};

/* What could not be carried is said through d, with its line, and does not count as
 * wrong. 0; -NAT_ECONF: it is no such configuration, said too; -NAT_EROOM.
 */
MUST_USE int npimport(struct npimport *im, struct diag *d);

#endif
