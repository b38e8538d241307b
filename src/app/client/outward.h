/* outward - connections to the relay at hand, as its address and the settings say:
 * through a proxy, by TLS, by WebSocket, each a veil (net/veil.h) over the one
 * before. In builds without the part `ws`: in the clear, or by TLS.
 */
#ifndef NAT_APP_CLIENT_OUTWARD_H
#define NAT_APP_CLIENT_OUTWARD_H

#include "base/opt.h"
#include "net/dial.h"
#include "net/tunnel.h"
#include "net/wsock.h"
#include "wire/fastnat.h"

struct client;
struct client_conf;
struct control;

struct outward {
	struct wsocks *ws;
	struct tunnels *tunnels; /* NULL: there is no proxy */
};

/* Places for so many connections. On failure what is wrong has been said. */
MUST_USE int outward_start(struct client *c, uint32_t most, struct diag *d);
void outward_stop(struct client *c);

/* Could it go on with these settings? What is wrong is said. */
void outward_check(const struct client *c, const struct client_conf *conf,
		   struct diag *d);

/* Dials the relay at hand, by its name (dial_start); or once more, now that its
 * address is known (dial_addr); or the proxy.
 */
void outward_begin(struct client *c, struct dial *d,
		   void (*done)(struct dial *, int fd));
void outward_dial(struct client *c, struct dial *d, const struct addr *relay,
		  void (*done)(struct dial *, int fd));

/* t, which has just connected, goes to that port of the relay at hand: what is
 * said once veil_waits says no, or STREAM_OPEN has come, reaches it. False: there
 * are too many.
 */
MUST_USE bool outward_open(struct client *c, struct tcp *t, uint16_t port);
/* The same to where its data connections go. */
MUST_USE bool outward_data(struct client *c, struct tcp *t);

/* Is it all in the clear, and nobody in between? Then UDP reaches it, too. */
bool outward_bare(const struct client *c);

/* Where its connections go that carry visitors, if it says that port. */
uint16_t outward_port(const struct control *ctl, uint16_t said);

/* What only the relay and we know of the control connection; NULL: nothing. */
const uint8_t *outward_bond(const struct control *ctl,
			    uint8_t room[FASTNAT_BOND]);

/* Is it the relay that is dialled, and no proxy? */
bool outward_direct(const struct client *c);

/* What is wrong with the control connection in words, if something here knows better
 * than its error, which is why.
 */
bool outward_explain(struct control *ctl, int why, struct fmt *f);

#endif
