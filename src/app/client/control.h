/* control - the control connection to a relay: dials, logs in, obeys what the
 * relay asks for, notices when it is gone and begins anew, for ever.
 *
 *      state   means                              leaves by
 *      DIAL    connecting, the hello is not said  hello said -> HELLO, PLAIN
 *      HELLO   all but the challenge is ignored   challenge -> LOGIN
 *      LOGIN   our proof is given                 the relay's proof -> UP
 *      UP      publishes, serves, pings           being lost
 *      PLAIN   the same without a login           being lost
 *      WAIT    until the next attempt             time -> DIAL
 *
 * Every state but WAIT is left for WAIT by lose() in control.c: the connection
 * ended or broke, the other side broke the protocol, or too much time went by.
 */
#ifndef NAT_APP_CLIENT_CONTROL_H
#define NAT_APP_CLIENT_CONTROL_H

#include "app/client/relays.h"
#include "base/backoff.h"
#include "net/dial.h"
#include "net/secure.h"
#include "net/talk.h"
#include "net/tcp.h"

/*        name   on entering  when its time is up */
#define CONTROL_STATES(X) \
	X(DIAL, begin, too_late) \
	X(HELLO, stay, too_late) \
	X(LOGIN, stay, too_late) \
	X(UP, arrive, beat) \
	X(PLAIN, arrive_plain, stay) \
	X(WAIT, wait, try_again)

enum control_state {
#define X(name, entered, late) CONTROL_##name,
	CONTROL_STATES(X)
#undef X
};

/* Secrets of one login; hex digits but for key. */
struct secrets {
	uint8_t nonce[FASTNAT_NONCE], server_nonce[FASTNAT_NONCE];
	uint8_t key[FASTNAT_KEY];
	uint8_t bond[FASTNAT_BOND];
};

struct control {
	struct client *client;
	enum control_state state;
	uint16_t int_port; /* where it wants our connections */
	bool told;         /* what ended this attempt has been said */
	bool guest;        /* it logs in as one: nothing can be published */
	bool moves; /* the relay's successor is where it was: come at once */
	struct tcp tcp;
	struct waker waker;
	struct json_scan scan;
	struct timer timer;
	struct soon again; /* more was heard than one turn may take */
	struct backoff backoff;
	int64_t since, heard, pinged; /* came up; when last */
	int64_t doubt;                /* since when; 0: none */
	int64_t heartbeat, retry;     /* ms; as the relay asked for */
	uint8_t id_n, id[32];         /* that it gave to this session */
	struct dial dial;
	struct secrets secrets;
	struct relays relays;
};

void control_start(struct control *ctl, struct client *client);
void control_stop(struct control *ctl);

static inline bool control_is_up(const struct control *ctl)
{
	return ctl->state == CONTROL_UP || ctl->state == CONTROL_PLAIN;
}

static inline struct bytes control_id(const struct control *ctl)
{
	return (struct bytes){ ctl->id, ctl->id_n };
}

/* The relay as it is connected to, with intPort. -NAT_ECLOSED: it is not. */
MUST_USE int control_int_port(const struct control *ctl, struct addr *a);

/* See client_retry. */
void control_retry(struct control *ctl, bool sure);

/* Leaves the relay at hand for that one (or for another address of the same),
 * and says why.
 */
void control_move(struct control *ctl, uint32_t relay, const char *why);

/* Up: what its entries need is opened, if it is not open yet. */
void control_equip(struct control *ctl);

/* The one place where the state changes: control.c and hear.c. */
void control_enter(struct control *ctl, enum control_state state);

/* ---- say.c ---- */

/* Says what is wrong with the relay at hand, its address before it: once until
 * something else is wrong or all is well.
 */
__attribute__((format(printf, 3, 4))) void control_trouble(struct control *ctl,
							   enum log_level level,
							   const char *form,
							   ...);

/* The same for what is known by its error alone. */
void control_explain(struct control *ctl, int why);

/* What nobody waits for: it is not said when there is no room for it. */
void control_say(struct control *ctl, const struct fastnat *m);

/* Tells the relay that nobody will serve that visitor. */
void control_failed(struct control *ctl, struct bytes out_id, const char *why);

#endif
