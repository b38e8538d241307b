/* wsock without WebSocket, for small builds. */
#include "net/wsock.h"

const bool wsock_known = false;

const char *wsock_path_fault(struct bytes path)
{
	(void)path;
	return NULL;
}

int wsocks_start(struct wsocks **s, struct net *net,
		 const struct wsock_wish *wish)
{
	(void)s, (void)net, (void)wish;
	return 0;
}

void wsocks_stop(struct wsocks *s)
{
	(void)s;
}

bool wsock_answer(struct wsocks *s, struct tcp *t)
{
	(void)s, (void)t;
	return true;
}

bool wsock_wanted(const struct wsocks *s, const struct http1_request *r)
{
	(void)s, (void)r;
	return false;
}

const char *wsock_name(const struct tcp *t)
{
	(void)t;
	return NULL;
}

bool wsock_call(struct wsocks *s, struct tcp *t, const struct wsock_to *to)
{
	(void)s, (void)t, (void)to;
	return true;
}

bool wsock_explain(struct tcp *t, struct fmt *f)
{
	(void)t, (void)f;
	return false;
}
