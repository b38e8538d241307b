/* binding - answers STUN (RFC 8489 12) and, on four corners, behaviour discovery
 * (RFC 5780): ports 0 to 3 of a tracker are A:a, B:b, A:b, B:a.
 */
#include "app/tracker/core.h"
#include "wire/stun.h"

enum { CHANGE_REQUEST = 0x0003, RESPONSE_PORT = 0x0027 };

/* From which corner, by index of its own and by what shall change. */
static struct tracker_port *corner(struct tracker *t, size_t own,
				   uint32_t change)
{
	static const uint8_t to[TRACKER_CORNERS][4] = {
		/* same, port, address, both: index is change / 2 */
		{ 0, 2, 3, 1 },
		{ 1, 3, 2, 0 },
		{ 2, 0, 1, 3 },
		{ 3, 1, 0, 2 },
	};

	return &t->ports[to[own][change / 2 & 3]];
}

static void refuse(struct stun *reply, const struct stun *m)
{
	reply->type = STUN_BINDING_ERROR;
	reply->error = STUN_UNKNOWN_ATTRIBUTE;
	reply->reason = BYTES("Unknown Attribute");
	reply->nunknown = m->nunknown;
	memcpy(reply->unknown, m->unknown, sizeof m->unknown);
	if (reply->nunknown == 0)
		reply->unknown[reply->nunknown++] =
			m->change ? CHANGE_REQUEST : RESPONSE_PORT;
}

/* RESPONSE-PORT (RFC 5780 7.5). */
static void turn_aside(struct tracker_asked *a, uint16_t port)
{
	struct addr *aside = &a->tracker->others.aside;

	udp_flush(a->tracker->net); /* what goes there already */
	*aside = *a->datagram->peer;
	aside->port = port;
	a->to = (struct udp_to){ aside, NULL };
}

static void answer(struct tracker_asked *a, struct stun *reply,
		   const struct stun *m)
{
	struct tracker *t = a->tracker;
	size_t own = (size_t)(a->port - t->ports);

	reply->mapped = *a->datagram->peer;
	reply->padding = m->padding;
	if (!t->others.discovery)
		return;
	a->via = corner(t, own, m->change);
	if (a->via != a->port)
		a->to.here = NULL;
	if (m->response_port)
		turn_aside(a, m->response_port);
	reply->origin = a->via->udp.at;
	reply->other =
		corner(t, own, STUN_CHANGE_IP | STUN_CHANGE_PORT)->udp.at;
}

void tracker_bind(struct tracker_asked *a)
{
	struct stun m,
		reply = { .type = STUN_BINDING_OK, .software = BYTES("nat") };

	if (stun_parse(&m, a->datagram->data) < 0)
		return;
	if (m.type != STUN_BINDING) {
		peers_hear_stun(a->tracker, a->datagram->peer, &m);
		return;
	}
	memcpy(reply.id, m.id, sizeof m.id);
	reply.fingerprint = m.fingerprint;
	if (m.nunknown ||
	    ((m.change || m.response_port) && !a->tracker->others.discovery))
		refuse(&reply, &m);
	else
		answer(a, &reply, &m);
	stun_print(&a->answer, &reply);
	a->tracker->counts[TRACKER_STUN]++;
}

/* ---- corners ---- */

static bool names_host(const struct addr *a)
{
	static const uint8_t any[16];

	return memcmp(a->ip, any, sizeof any) != 0;
}

/* Two of different address and port make four corners of them. */
static bool makes_corners(const struct tracker *t)
{
	const struct addr *a = &t->ports[0].udp.at, *b = &t->ports[1].udp.at;
	uint8_t one[16], two[16];

	addr_cut(one, a, 128);
	addr_cut(two, b, 128);
	return t->nports == 2 && a->port != b->port && !addr_same_ip(a, b) &&
	       a->family == b->family && names_host(a) && names_host(b);
}

static int open_corners(struct tracker *t, struct diag *d)
{
	for (unsigned i = 0; i < 2; i++) {
		char text[64];
		struct fmt host = fmt_to(SPAN(text));
		uint16_t port = t->ports[1 - i].udp.at.port;
		int rc;

		addr_print_ip(&host, &t->ports[i].udp.at);
		rc = tracker_open(t, fmt_done(&host), port);
		if (rc < 0) {
			diag_put(d, "%s port %u: %s", fmt_text(&host),
				 (unsigned)port, err_text(rc));
			return rc;
		}
	}
	t->others.discovery = true;
	return 0;
}

int tracker_open_corners(struct tracker *t, struct diag *d)
{
	return makes_corners(t) ? open_corners(t, d) : 0;
}
