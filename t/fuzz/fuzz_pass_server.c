/* Whatever two clients say, a server of natpass keeps its books. */
#include "fuzz.h"
#include "linked.h"

void fuzz(struct bytes in)
{
	linked_server(in);
}
