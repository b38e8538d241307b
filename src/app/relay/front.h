/* front - connections of balancers in front of us (--accept-proxy): each says first,
 * by the PROXY protocol, who its visitor is (wire/proxyline.h), and is that one's
 * from then on. One that does not say it in time, or says something else, is reset:
 * whether there is a header is never guessed.
 */
#ifndef NAT_APP_RELAY_FRONT_H
#define NAT_APP_RELAY_FRONT_H

#include "app/relay/core.h"
#include "net/tcp.h"

struct published;
struct web_port;

enum { FRONT_MS = 5000 }; /* to say who visits */

/* Where it came: to a published port, or to one for HTTP. */
struct front_to {
	struct published *published;
	struct web_port *port;
};

/* Says that all of it is there: memory for as many as max_unknown. */
MUST_USE int front_start(struct relay *r);
void front_stop(struct relay *r);
/* With other settings. */
void front_reload(struct relay *r);
/* Descriptors beside those of visitors. */
size_t front_descriptors(const struct relay_conf *conf);

/* Does fd come from a balancer? Then it is taken over here; nobody is told until
 * it has said who visits.
 */
bool front_takes(struct relay *r, int fd, const struct addr *from,
		 struct front_to to);

/* Adds to what tells of a visitor where it came, if that is known: an address, or
 * where t is connected to. room, of FRONT_TEXT bytes, is lent to m.
 */
enum { FRONT_TEXT = 64 };
void front_tell(struct fastnat *m, const struct addr *at, struct span room);
void front_tell_here(struct fastnat *m, const struct tcp *t, struct span room);

#endif
