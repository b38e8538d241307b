/* sctp - what the targets of SCTP share: two associations, as far as the input says. */
#ifndef NAT_T_FUZZ_SCTP_H
#define NAT_T_FUZZ_SCTP_H

#include "fuzz.h"
#include "wire/sctp/channel.h"

struct fuzz_sctp {
	struct sctp ends[2];
	struct sctp_conf conf[2];
	struct pool pool;
	int64_t now;
};

/* Begins anew; stage, of 0 to 15, says how far: each state, with data under way,
 * lost, lapsed, streams that are being reset.
 */
struct fuzz_sctp *fuzz_sctp(uint8_t stage);

/* Packets go to and fro until there are none, at most so many. */
void fuzz_sctp_run(struct fuzz_sctp *f, unsigned most);

/* Chunks, which end i hears as a packet of the other; then all it has to say goes to
 * nobody.
 */
void fuzz_sctp_tell(struct fuzz_sctp *f, unsigned i, struct bytes chunks);

/* What is promised always: limits kept, and all given back in the end. */
void fuzz_sctp_check(const struct fuzz_sctp *f);
void fuzz_sctp_end(struct fuzz_sctp *f);

#endif
