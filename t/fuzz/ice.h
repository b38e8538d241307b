/* ice - agents and clients for targets: made, answered, driven on. */
#ifndef NAT_T_FUZZ_ICE_H
#define NAT_T_FUZZ_ICE_H

#include "wire/ice/ice.h"
#include "wire/turn.h"

/* Two bases, a server, their description, two candidates. */
void fuzz_ice_begin(struct ice *ice, int64_t now);

/* One of four, by flags. */
struct addr fuzz_ice_from(unsigned flags);

/* The attributes in b as one of their checks, or as their answer to the last of ours
 * (flags & 16), signed.
 */
struct bytes fuzz_ice_signed(struct ice *ice, struct bytes b, unsigned flags,
			     struct fmt *f);

/* All that it says, all that it tells; how long until the next. */
int64_t fuzz_ice_turn(struct ice *ice, int64_t now, unsigned flags);

/* An allocation that is being asked for. */
void fuzz_turn_begin(struct turn *turn, int64_t now);

/* b as an answer to the last request. */
struct bytes fuzz_turn_answer(struct turn *turn, struct bytes b, struct fmt *f);
int64_t fuzz_turn_turn(struct turn *turn, int64_t now, unsigned flags);

#endif
