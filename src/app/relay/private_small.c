/* private without private services, for small builds. */
#include "app/relay/private.h"
#include "app/relay/relay.h"

static const char left_out[] = "this relay is built without private services";

const char *private_fault(const struct fastnat *m)
{
	(void)m;
	return left_out;
}

const char *relay_visit_any_fault(const struct relay_conf *conf)
{
	(void)conf;
	return "this nat is built without private services";
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
	return left_out;
}
