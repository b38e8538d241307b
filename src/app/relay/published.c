#include "app/relay/published.h"
#include "app/relay/session.h"
#include "app/relay/visitor.h"
#include "os/rand.h"

enum { TRIES = 64, USUAL_LO = 30000 };

/* Each wake takes a bounded batch; the session may end on the way. */
static void come(struct listener *l)
{
	struct published *p = container_of(l, struct published, listener);

	for (int i = 0; i < LISTENER_BATCH; i++) {
		struct addr from;
		int fd = listener_accept(l, &from);

		if (fd < 0)
			break;
		visitor_start(p, fd, &from);
	}
	session_announce(p->session);
}

static int bind_port(struct published *p, uint16_t port)
{
	const char *host = p->relay->conf->bind;

	return listener_start(&p->listener, p->relay->net,
			      bytes_of(host ? host : ""), port, come);
}

/* Any port of the range, by chance; the well-known and registered ones only when
 * the range has no others.
 */
static int bind_any(struct published *p)
{
	struct opt_ports range = p->relay->conf->ports;
	uint32_t lo = range.hi > USUAL_LO && range.lo < USUAL_LO ? USUAL_LO
								 : range.lo;
	int rc = -NAT_EINUSE;

	for (int i = 0; i < TRIES && rc < 0; i++)
		rc = bind_port(p,
			       (uint16_t)(lo + rand_below(range.hi - lo + 1)));
	return rc;
}

int published_open(struct published **out, struct session *s, struct bytes name,
		   uint16_t port)
{
	struct relay *r = s->relay;
	struct opt_ports range = r->conf->ports;
	struct published *p;
	int rc;

	if (port && (port < range.lo || port > range.hi))
		return -NAT_EINVAL;
	if (s->npublished >= r->conf->max_services)
		return -NAT_ELIMIT;
	p = slots_get(&r->published);
	if (!p)
		return -NAT_ELIMIT;
	p->relay = r;
	p->session = s;
	rc = port ? bind_port(p, port) : bind_any(p);
	if (rc < 0) {
		slots_put(&r->published, p);
		return rc;
	}
	memcpy(p->name, name.p, name.n);
	list_append(&s->published, &p->node);
	s->npublished++;
	*out = p;
	return 0;
}

void published_close(struct published *p)
{
	listener_stop(&p->listener);
	list_remove(&p->node);
	p->session->npublished--;
	p->session = NULL;
	if (p->visitors == 0)
		slots_put(&p->relay->published, p);
}

void published_leave(struct published *p)
{
	p->visitors--;
	if (!p->session && p->visitors == 0)
		slots_put(&p->relay->published, p);
}

struct published *published_find(const struct session *s, struct bytes name)
{
	list_each (at, &s->published) {
		struct published *p = container_of(at, struct published, node);

		if (bytes_are(name, p->name))
			return p;
	}
	return NULL;
}

bool published_holds(const struct relay *r, uint16_t port)
{
	slots_each (struct published, p, &r->published)
		if (p.it->session && published_port(p.it) == port)
			return true;
	return false;
}
