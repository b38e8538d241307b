/* handover - what a process says to its successor, line by line, so that an older
 * one and a newer one understand each other: a word, then words that go with it.
 * A newer version adds words at the end, which older ones do not look at.
 *
 *     tcp | udp | unix        a socket that the process has opened, beside the line
 *     ready                   that was all of them. The successor answers "go"
 *     port PROTOCOL OWNER INSTANCE SERVICE PRIVATE HOST [GROUP MAC TAG TAG GIVEN AT]
 *                             what a client has published; its socket beside it,
 *                             if it has one. HOST is - where there is none, and so
 *                             are GROUP and MAC of one that is in no group, or has no
 *                             key; AT is the port where another of its group has the
 *                             socket, or 0. A socket comes before those who share it
 *     visitor FROM BYTES [hello]
 *                             a connection that waits for its next request, beside
 *                             the line, and what it has said already behind it;
 *                             hello: it may yet be TLS
 *     end                     all is yours
 */
#ifndef NAT_WIRE_HANDOVER_H
#define NAT_WIRE_HANDOVER_H

#include "wire/fastnat.h"
#include "base/addr.h"

enum { HANDOVER_LINE = 1024, HANDOVER_SAID = 16 * 1024 };

enum handover_word {
	HANDOVER_TCP,
	HANDOVER_UDP,
	HANDOVER_UNIX,
	HANDOVER_READY,
	HANDOVER_PORT,
	HANDOVER_VISITOR,
	HANDOVER_END,
	HANDOVER_WORDS /* none of them: to be passed over */
};

struct handover_group { /* what app/relay/group.h knows of it; texts lent */
	bool told;      /* an older one does not */
	bool given;
	struct bytes word, mac; /* may be empty */
	uint32_t tag[2];
	uint32_t at; /* port */
};

struct handover_line {
	enum handover_word word;
	bool beside; /* there is a descriptor beside it */
	/* port; lent */
	enum fastnat_protocol protocol;
	bool private;
	struct bytes owner, instance, service, host;
	struct handover_group group;
	/* visitor */
	struct addr from;
	struct bytes said; /* lent */
	bool hello;
};

/* in: all that has come. The length of the line and what is behind it, 0 when more
 * is needed, -NAT_EPROTO. Texts are lent of in.
 */
MUST_USE long handover_parse(struct handover_line *l, struct bytes in);

/* said must fit too. */
void handover_print(struct fmt *f, const struct handover_line *l);

#endif
