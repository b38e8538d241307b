/* pages without services that have any, for small builds. */
#include "cmd/conf.h"

void conf_read_pages(struct conf *c)
{
	(void)c;
}
