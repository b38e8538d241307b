/* way - how a relay is reached, as its address says: [SCHEME://]HOST[:PORT][/PATH].
 *
 *	tcp  8888   in the clear, and tls, by TLS, at the relay's own port
 *	ws   80     by WebSocket at that path, and wss, by TLS too: a web server's
 *	wss  443    port, which may be in front of the relay
 *
 * Without a scheme it is as --transport says, at 8888. A build without the part
 * `ws` knows HOST[:PORT] alone.
 */
#ifndef NAT_APP_CLIENT_WAY_H
#define NAT_APP_CLIENT_WAY_H

#include "net/wsock.h"

enum { WAY_PATH = WSOCK_PATH, WAY_PORT = 8888 };

struct way {
	const struct way_kind *kind; /* NULL: it does not say */
	uint8_t path_n;              /* 0: it does not say */
	uint8_t path[WAY_PATH];
};

struct way_kind {
	const char *name;
	uint16_t port;
	bool tls, ws;
};

/* Takes from *text all but HOST[:PORT]. False: it is none. w was zeroed. */
bool way_read(struct way *w, struct bytes *text);

/* NULL: there is none of that name. */
const struct way_kind *way_kind(struct bytes name);

/* The port where it does not say one. */
uint16_t way_port(const struct way *w);

bool way_same(const struct way *a, const struct way *b);

#endif
