/* plain without plain clients, for small builds: silence is nothing but silence. */
#include "app/relay/session.h"

const bool session_knows_plain = false;

int session_start_plain(struct relay *r, struct tcp *from,
			const struct addr *at)
{
	(void)r;
	(void)from;
	(void)at;
	return -NAT_ENOTSUP;
}

bool session_paced(const struct session *s)
{
	(void)s;
	return true;
}

void session_said(struct session *s, struct slot_name visitor)
{
	(void)s;
	(void)visitor;
}

void session_claimed(struct session *s, struct slot_name visitor)
{
	(void)s;
	(void)visitor;
}
