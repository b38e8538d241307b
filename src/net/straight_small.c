/* For builds without natpass: all is copied. */
#include "net/straight.h"

bool straight(struct stream *from, struct stream *to, size_t most, size_t *n)
{
	(void)from, (void)to, (void)most, (void)n;
	return false;
}
