/* Whatever a server and other clients say, a client of natpass keeps its books. */
#include "fuzz.h"
#include "linked.h"

void fuzz(struct bytes in)
{
	linked_client(in);
}
