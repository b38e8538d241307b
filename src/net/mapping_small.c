/* mapping of builds without the part `map`. */
#include "net/mapping.h"

int mapping_start(struct mapping *m, struct net *net, struct span page,
		  void (*changed)(struct mapping *m))
{
	(void)m;
	(void)net;
	(void)page;
	(void)changed;
	return -NAT_EABSENT;
}

void mapping_stop(struct mapping *m)
{
	(void)m;
}

const char *portmap_name(uint8_t way)
{
	(void)way;
	return "";
}
