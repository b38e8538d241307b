/* udplink and lane without UDP services, for small builds: none is published. */
#include "app/client/inner.h"

const char *client_udp_fault(void)
{
	return err_text(-NAT_EABSENT);
}

void udplink_told(struct client *c, struct entry *e, const struct fastnat *m,
		  const struct addr *relay)
{
	(void)c;
	(void)e;
	(void)m;
	(void)relay;
}

int udplinks_start(struct client *c)
{
	(void)c;
	return 0;
}

void udplinks_stop(struct client *c)
{
	(void)c;
}

void lane_init(struct lane *p)
{
	(void)p;
}

void lane_start(struct client *c, const struct addr *relay)
{
	(void)c;
	(void)relay;
}

void lane_renew(struct client *c)
{
	(void)c;
}

void lane_stop(struct client *c)
{
	(void)c;
}
