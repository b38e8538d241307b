/* rule - where a natpass client listens for what it asks of others. */
#ifndef NAT_APP_NATPASS_RULE_H
#define NAT_APP_NATPASS_RULE_H

#include "base/log.h"
#include "base/map.h"
#include "base/opt.h"
#include "base/slot.h"
#include "net/listener.h"
#include "net/udp.h"
#include "wire/passrule.h"

struct agent;
struct vlink;

struct rule {
	struct agent *agent;
	struct passrule rule;
	struct natpass_request ask;
	struct listener listener; /* of tcp */
	struct udp udp;           /* of udp */
	struct log_rate rate;
	const char *text; /* as it is written */
};

struct rules {
	struct span memory;
	struct slots carries, ferries;
	struct map flows;  /* of ferries, by who they are of */
	struct list idles; /* the same: the longest unused first */
	uint32_t n;
	struct rule v[OPT_LIST_MAX];
};

/* Listens as the settings say; what is wrong is said through d. Says where. */
MUST_USE int rules_start(struct rules *rs, struct agent *a, struct diag *d);
void rules_ready(const struct rules *rs);
/* Lets nobody in any more; ends all of them. */
void rules_drain(struct rules *rs);
void rules_stop(struct rules *rs);

/* Says why the link was not opened, at most so often. */
void rule_trouble(struct rule *r, const struct vlink *l);

#endif
