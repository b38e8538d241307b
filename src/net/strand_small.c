/* strand where no connections are shared: TLS without HTTP. */
#include "net/mux.h"

bool strand_is(const struct tcp *t)
{
	(void)t;
	return false;
}

void strand_move(struct tcp *to, struct tcp *from, struct waker *up)
{
	(void)to, (void)from, (void)up;
}
