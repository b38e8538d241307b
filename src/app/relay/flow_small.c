/* flow and path without UDP services, for small builds. A UDP service is refused
 * when a client publishes it, so that there is never a flow.
 */
#include "app/relay/flow.h"
#include "app/relay/path.h"

const char *flow_fault(void)
{
	return err_text(-NAT_EABSENT);
}

int flows_start(struct relay *r)
{
	(void)r;
	return 0;
}

void flows_end(struct relay *r)
{
	(void)r;
}

int flow_listen(struct published *p, struct bytes host, uint16_t port)
{
	(void)p;
	(void)host;
	(void)port;
	return -NAT_ENOTSUP;
}

struct flow *flow_of_out_id(struct relay *r, struct bytes out_id)
{
	(void)r;
	(void)out_id;
	return NULL;
}

void flow_take_line(struct flow *f, struct tcp *from)
{
	(void)f;
	(void)from;
}

void flow_look(struct flow *f)
{
	(void)f;
}

bool flow_is_timely(struct relay *r, const struct addr *a)
{
	(void)r;
	(void)a;
	return false;
}

const struct flow *flow_to_displace(const struct relay *r)
{
	(void)r;
	return NULL;
}

void flow_stop(struct flow *f, const char *why)
{
	(void)f;
	(void)why;
}

void flows_stop(struct published *p, const char *why)
{
	(void)p;
	(void)why;
}

int path_listen(struct relay_port *p, struct net *net, struct bytes host)
{
	(void)p;
	(void)net;
	(void)host;
	return 0;
}

void path_start(struct path *p, const uint8_t key[FASTNAT_KEY])
{
	(void)p;
	(void)key;
}

void path_stop(struct path *p)
{
	(void)p;
}

int flow_take_port(struct published *p, int fd)
{
	(void)p;
	(void)fd;
	return -NAT_EABSENT;
}
