/* private without private services, for small builds. */
#include "app/relay/private.h"
#include "app/relay/relay.h"

const char *private_fault(const struct fastnat *m)
{
	(void)m;
	return err_text(-NAT_EABSENT);
}

const char *relay_visit_any_fault(const struct relay_conf *conf)
{
	(void)conf;
	return err_text(-NAT_EABSENT);
}

/* Whoever says so may hear that there are none. */
bool private_proven(struct session *s, const struct fastnat *m)
{
	(void)s;
	(void)m;
	return true;
}

const char *private_visit(struct session *s, struct tcp *from,
			  const struct fastnat *m, uint32_t *retry)
{
	(void)s;
	(void)from;
	(void)m;
	*retry = 0;
	return err_text(-NAT_EABSENT);
}
