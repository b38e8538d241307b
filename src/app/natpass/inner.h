/* inner - what the parts of a natpass client share. */
#ifndef NAT_APP_NATPASS_INNER_H
#define NAT_APP_NATPASS_INNER_H

#include "app/natpass/agent.h"
#include "app/natpass/kind.h"
#include "app/natpass/rule.h"
#include "app/natpass/trunk.h"
#include "base/addr.h"

enum { AGENT_PORT = 6154, AGENT_SECRETS = 16 * 1024 };

struct agent {
	struct net *net;
	const struct agent_conf *conf;
	const struct keeper *keeper; /* as of the start */
	struct secure *secure;
	struct span memory;
	struct trunk trunk;
	struct rules rules;
	struct hostport server;
	struct slots places[KINDS];  /* of each row of kinds */
	struct bytes secrets, fresh; /* as of a secret file */
	struct span texts[2];        /* that they are in */
	struct log_rate refusals;
	bool draining;
	uint8_t id_n, id[NATPASS_ID];
};

static inline struct bytes agent_id(const struct agent *a)
{
	return (struct bytes){ a->id, a->id_n };
}

/* NULL, or what somebody is told who asks for that. */
const char *agent_objects(struct agent *a, const struct natpass *m);
/* Gives the link, which is OFFERED, to who serves its type. */
void agent_asked(struct agent *a, struct vlink *l,
		 const struct natpass_request *ask);

/* An envelope of ours. */
static inline struct natpass agent_says(const struct agent *a, uint32_t kind)
{
	return (struct natpass){ .kind = kind,
				 .from = agent_id(a),
				 .from_idx = a->conf->md5 };
}

/* ---- links: for trunk.c ---- */

/* One that others ask for; m is lent. NULL: there are too many. */
struct vlink *vlink_begin(struct trunk *t, const struct natpass *m);

/* Its words that are owed, as far as there is room. False: there is none. The link
 * may be gone after. (words.c)
 */
bool vlink_speak(struct vlink *l);

/* What a message says to it. (hear.c) */
enum vlink_step { VLINK_DONE, VLINK_WAITS };
enum vlink_step vlink_hear(struct vlink *l, const struct natpass *m);

/* The connection is lost. */
void vlink_lost(struct vlink *l);

/* ---- links: for vlink.c, words.c, hear.c ---- */

/* From the loop alone. */
void vlink_wake(struct vlink *l, unsigned what);
/* The same from anywhere: in this turn. */
void vlink_raise(struct vlink *l, unsigned what);
/* It breaks: its owner hears of it in this turn. */
void vlink_fail(struct vlink *l, int err);
void vlink_owe(struct vlink *l, enum vlink_word word);
/* Nothing more comes from the other side, which knows it no more. */
void vlink_gone(struct vlink *l);
/* Nobody owns it, and nothing is owed. */
void vlink_forget(struct vlink *l);
/* A larger window, as far as there is memory; by how much. */
uint32_t vlink_widen(struct vlink *l);

#endif
