/* parties - a conversation of two parties (party.h) on a rig, from its beginning to
 * its end: all that each says comes to the other, and no buffer is held then.
 */
#ifndef NAT_T_UNIT_PARTIES_H
#define NAT_T_UNIT_PARTIES_H

#include "party.h"
#include "rig.h"

static struct party first_party, second_party;
static struct rig *parties_rig;

static void parties_done(struct party *p)
{
	(void)p;
	parties_rig->loop.quit = first_party.over && second_party.over;
}

/* c is what the one at a does; the one at b says what that hears. */
static void parties_converse(struct rig *r, struct stream *a, struct stream *b,
			     const struct party_conf *c)
{
	struct party *one = &first_party, *two = &second_party;
	struct party_conf other = *c;

	other.second = true;
	other.say = c->hear;
	other.hear = c->say;
	parties_rig = r;
	party_start(one, &r->loop, a, c, parties_done);
	party_start(two, &r->loop, b, &other, parties_done);
	rig_run(r, RIG_PATIENCE_MS);
	if (!one->over || !two->over || one->err || two->err ||
	    one->heard != c->hear || two->heard != c->say)
		fail_msg("seed %u: %u of %u, %u of %u; %d, %d",
			 (unsigned)c->seed, (unsigned)one->heard,
			 (unsigned)c->hear, (unsigned)two->heard,
			 (unsigned)c->say, one->err, two->err);
	assert_int_equal(r->net.bufs.pool.out, 0);
	party_stop(one);
	party_stop(two);
}

#endif
