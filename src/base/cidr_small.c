/* cidr without networks, for small builds: none can be written, so that no list
 * holds any.
 */
#include "base/cidr.h"

const char *cidr_parse(struct cidr *c, struct bytes text)
{
	(void)c;
	(void)text;
	return err_text(-NAT_EABSENT);
}

const char *cidrs_parse(struct cidrs *l, struct bytes text)
{
	(void)l;
	(void)text;
	return err_text(-NAT_EABSENT);
}

bool cidrs_have(const struct cidrs *l, const struct addr *a)
{
	(void)l;
	(void)a;
	return false;
}
