/* pcp - asking a gateway for a port: PCP (RFC 6887) and its elder, NAT-PMP (RFC
 * 6886), which share a port and tell each other apart by the first byte.
 *
 *      PCP asks      2, op, 0 (2), lifetime (4), own address (16)
 *          answers   2, 80|op, 0, result, lifetime (4), epoch (4), 0 (12)
 *          MAP       + nonce (12), protocol, 0 (3), inner, outer port, address (16)
 *      NAT-PMP asks  0, op [, 0 (2), inner, outer port, lifetime (4)]
 *          answers   0, 80|op, result (2), epoch (4), address (4)
 *                       or inner, outer port, lifetime (4)
 *
 * Requests are printed, answers are parsed: we are never the gateway.
 */
#ifndef NAT_WIRE_PCP_H
#define NAT_WIRE_PCP_H

#include "base/addr.h"

enum { PCP_PORT = 5351, PCP_NONCE = 12, PCP_MOST = 1100 };
enum pcp_version { PCP_NATPMP = 0, PCP_PCP = 2 };
enum pcp_op { PCP_HELLO, PCP_MAP }; /* HELLO: ANNOUNCE, or the outer address */
enum pcp_protocol { PCP_TCP = 6, PCP_UDP = 17 };
enum pcp_result {
	PCP_SUCCESS = 0,
	PCP_VERSION = 1,  /* not that one */
	PCP_EXTERNAL = 11 /* not that port */
};

struct pcp {
	uint8_t version, op; /* enum pcp_version, pcp_op */
	uint8_t protocol;    /* enum pcp_protocol */
	bool strict;         /* that outer port or none (PREFER_FAILURE) */
	uint16_t result;     /* enum pcp_result, or another */
	uint16_t inner, outer;
	uint32_t lifetime, epoch; /* seconds; lifetime 0 takes a mapping away */
	struct addr client;       /* own address; of PCP alone */
	struct addr address; /* the outer one; ADDR_NONE: any, or unknown */
	uint8_t nonce[PCP_NONCE]; /* of PCP alone */
};

void pcp_print(struct fmt *f, const struct pcp *m);

/* 0; -NAT_EPROTO: it is no answer of either. */
MUST_USE int pcp_parse(struct pcp *m, struct bytes pkt);

#endif
