#include "net/service.h"
#include "base/cur.h"

const char *p2p_parse_shared(struct p2p_service *s, struct bytes text)
{
	struct cur c = cur_of(text);

	s->name = cur_until(&c, '=');
	if (!cur_left(&c))
		return "is not NAME=tcp:HOST:PORT";
	if (!bytes_are(cur_until(&c, ':'), "tcp") ||
	    hostport_parse(&s->at, cur_bytes(&c, cur_left(&c))) < 0 ||
	    !s->at.port)
		return "is not NAME=tcp:HOST:PORT";
	if (!s->at.host.n)
		s->at.host = BYTES("127.0.0.1");
	return NULL;
}
