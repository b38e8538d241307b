/* assoc - what the files of an association ask of one another; not for others. */
#ifndef NAT_WIRE_SCTP_ASSOC_H
#define NAT_WIRE_SCTP_ASSOC_H

#include "wire/sctp/sctp.h"

/* ---- sctp.c ---- */

void assoc_enter(struct sctp *s, enum sctp_state state, int64_t now);
/* DOWN; cause: of an ABORT that the peer is told, 0: it is not. */
void assoc_fail(struct sctp *s, int err, uint16_t cause);
void assoc_tell(struct sctp *s, struct sctp_stream *x, uint8_t what);
/* Lets go of a stream that both sides have reset and nobody reads any more. */
void assoc_settle(struct sctp *s, struct sctp_stream *x);
/* Messages may be sent on, and received. */
bool assoc_sends(const struct sctp *s);
bool assoc_hears(const struct sctp *s);

/* ---- setup.c ---- */

void setup_on_init(struct sctp *s, const struct chunk *c, int64_t now);
void setup_on_init_ack(struct sctp *s, const struct chunk *c, int64_t now);
/* tag: what the packet was under. */
void setup_on_cookie(struct sctp *s, const struct chunk *c, uint32_t tag,
		     int64_t now);
void setup_on_cookie_ack(struct sctp *s, int64_t now);
/* Parts of a packet. INIT is one of its own. */
void setup_say_init(const struct sctp *s, struct pack *p);
void setup_say_cookie(struct sctp *s, struct pack *p);
/* Says so again later than the last time. */
void setup_said(struct sctp *s, int64_t now);

/* ---- replies.c ---- */

/* A chunk to go out as it is; tag 0: in any packet of ours, else in one of its own. */
void reply_put(struct sctp *s, struct bytes chunk, uint32_t tag);
/* The cause of an ERROR, with its information. */
void reply_error(struct sctp *s, uint16_t cause, struct bytes info);
/* The first that goes under a tag of its own; NULL: none. */
struct piece *reply_alone(struct sctp *s);
void reply_say(struct sctp *s, struct pack *p, size_t most);
void reply_drop(struct sctp *s, struct piece *p);

/* ---- incoming.c, sack.c ---- */

void in_data(struct sctp *s, const struct chunk *c, int64_t now);
void in_forward(struct sctp *s, const struct chunk *c);
/* The peer has reset these; an empty list: all. */
void in_reset(struct sctp *s, struct bytes sids);
/* A packet with data has been heard to its end. */
void sack_heard(struct sctp *s, bool gap, int64_t now);
/* The window has opened: is that worth a word? */
void sack_opened(struct sctp *s);
uint32_t sack_window(const struct sctp *s);
void sack_say(struct sctp *s, struct pack *p, size_t most);

/* ---- flight.c ---- */

void flight_begin(struct sctp *s);
void flight_on_sack(struct sctp *s, const struct chunk *c, int64_t now);
/* The peer has all up to cum. */
void flight_acked(struct sctp *s, uint32_t cum, int64_t now);
void flight_tick(struct sctp *s, int64_t now);
/* p goes out, in the packet that is being made. */
void flight_put(struct sctp *s, struct piece *p, int64_t now);
/* The next that is LOST; NULL: none. */
struct piece *flight_again(struct sctp *s);
void flight_mark(struct sctp *s, struct piece *p, enum piece_fate fate);
/* Nothing waits to be acknowledged, nothing to be sent. */
bool flight_over(const struct sctp *s);
void flight_arm(struct sctp *s, int64_t now);

/* ---- lapse.c ---- */

/* Is it of no use any more? (RFC 3758 3.5) */
bool lapse_is(const struct sctp *s, const struct piece *p, int64_t now);
/* The message that p, which has a TSN, is of lapses. */
void lapse_message(struct sctp *s, struct piece *p);
/* The first message of x, none of which has been sent. */
void lapse_unsent(struct sctp *s, struct sctp_stream *x);
/* What can be skipped now? */
void lapse_forward(struct sctp *s);
void lapse_say(struct sctp *s, struct pack *p, size_t most);

/* ---- sending.c ---- */

/* The stream whose turn it is; NULL: nothing waits. */
struct sctp_stream *sending_turn(struct sctp *s, int64_t now);
/* The next piece of x takes its TSN; at most n bytes of a chunk. NULL: it does not
 * fit.
 */
struct piece *sending_take(struct sctp *s, struct sctp_stream *x, size_t n);
/* There may be room for those that were refused. */
void sending_room(struct sctp *s);

/* ---- probe.c ---- */

/* Nothing is known of the path. */
void probe_begin(struct sctp *s);
/* There is a message that gains by larger packets. */
void probe_want(struct sctp *s);
/* Nothing was heard, once more. */
void probe_silence(struct sctp *s);
/* HEARTBEAT ACK */
void probe_heard(struct sctp *s, const struct chunk *c);
int64_t probe_due(const struct sctp *s);
/* True: a question is in the packet, alone. */
bool probe_say(struct sctp *s, struct pack *to, int64_t now);

/* ---- reconf.c ---- */

void reconf_start(struct sctp *s);
void reconf_on(struct sctp *s, const struct chunk *c, int64_t now);
/* Does what waited for data, before more is looked at: what comes after it on a
 * stream counts from the beginning.
 */
void reconf_settle(struct sctp *s);
void reconf_tick(struct sctp *s, int64_t now);
void reconf_say(struct sctp *s, struct pack *p, size_t most, int64_t now);

/* ---- closing.c ---- */

void closing_on_shutdown(struct sctp *s, const struct chunk *c, int64_t now);
void closing_on_ack(struct sctp *s, int64_t now);
void closing_on_complete(struct sctp *s, int64_t now);
void closing_tick(struct sctp *s, int64_t now);
void closing_say(struct sctp *s, struct pack *p);

#endif
