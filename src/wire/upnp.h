/* upnp - asking an Internet Gateway Device for a port (UPnP IGD:1 and :2): SSDP finds
 * it, its description says where its service is, actions are SOAP over HTTP.
 *
 *      M-SEARCH          datagram   ->  200 with LOCATION: http://HOST:PORT/PATH
 *      GET PATH          HTTP       ->  XML with serviceType and controlURL
 *      POST controlURL   HTTP       ->  XML with what was asked for, or errorCode
 *
 * XML is looked through for leaves by their names, prefixes left out; what nests in
 * what does not matter but for the end of a service. Hosts are numbers.
 */
#ifndef NAT_WIRE_UPNP_H
#define NAT_WIRE_UPNP_H

#include "base/addr.h"
#include "wire/pcp.h"

enum {
	UPNP_PORT = 1900,
	UPNP_PATH = 256,     /* bytes of a path, its query too */
	UPNP_ASK = 2048,     /* most bytes of a request of ours */
	UPNP_PAGE = 65536,   /* most bytes of an answer that is looked at */
	UPNP_CONFLICT = 718, /* an error: somebody else has that port */
	UPNP_FOR_EVER = 725  /* only leases without an end */
};

/* Where something is. */
struct upnp_url {
	struct addr at;
	uint8_t n;
	uint8_t path[UPNP_PATH - 1]; /* begins with / */
};

/* One of three, the best of what a gateway has; 0: none. */
enum upnp_service { UPNP_NONE, UPNP_PPP1, UPNP_IP1, UPNP_IP2 };

/* A search; the gateway, asked alone, answers it too. */
void upnp_search(struct fmt *f);

/* Where the description is, by an answer to a search; -NAT_EPROTO: it is none, or it
 * leads to another host than from.
 */
MUST_USE int upnp_found(struct upnp_url *u, const struct addr *from,
			struct bytes pkt);

void upnp_get(struct fmt *f, const struct upnp_url *u);

/* u, where the description was, becomes where the service is. */
MUST_USE int upnp_describe(enum upnp_service *s, struct upnp_url *u,
			   struct bytes xml);

enum upnp_action { UPNP_ADDRESS, UPNP_ADD, UPNP_DELETE };

struct upnp_ask {
	const struct upnp_url *at;
	enum upnp_service service;
	enum upnp_action action;
	uint8_t protocol; /* enum pcp_protocol */
	uint16_t inner, outer;
	uint32_t lifetime; /* seconds; 0: without an end */
	struct addr client;
};
void upnp_print(struct fmt *f, const struct upnp_ask *a);

struct upnp_answer {
	struct addr address; /* of UPNP_ADDRESS; ADDR_NONE: there is none */
	unsigned error;      /* 0: it is done */
};
/* status: of HTTP. */
void upnp_parse(struct upnp_answer *a, unsigned status, struct bytes xml);

#endif
