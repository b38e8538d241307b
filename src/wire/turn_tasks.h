/* turn_tasks - what turn.c and turn_peers.c share. */
#ifndef NAT_WIRE_TURN_TASKS_H
#define NAT_WIRE_TURN_TASKS_H

#include "wire/turn.h"

/* ---- turn.c ---- */

void turn_ask(struct turn *t, struct turn_task *task, unsigned method,
	      int64_t now);
/* Prints m of task if it is due; m has neither id nor type yet. */
bool turn_say(struct turn *t, struct turn_task *task, struct stun *m,
	      struct fmt *f, int64_t now);
/* How often it has been asked in vain is enough? */
bool turn_gave_up(const struct turn *t, const struct turn_task *task,
		  int64_t now);
/* Is it to be asked again, with what the server wants? 0; an error: no. */
int turn_challenged(struct turn *t, struct turn_task *task,
		    const struct stun *m, int64_t now);

/* ---- turn_peers.c ---- */

void turn_forget_peers(struct turn *t);
bool turn_say_peer(struct turn *t, struct fmt *f, int64_t now);
int64_t turn_peers_due(const struct turn *t);
/* Whose task that is, or NULL. */
struct turn_peer *turn_asked_by(struct turn *t, uint32_t serial);
void turn_hear_peer(struct turn *t, struct turn_peer *p, const struct stun *m,
		    int64_t now);
int turn_hear_channel(struct turn *t, struct bytes in, struct turn_data *got);

#endif
