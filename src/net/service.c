#include "net/service.h"
#include "base/cur.h"

static bool take(struct cur *c, const char *word)
{
	struct cur past = *c;

	if (!bytes_are(cur_bytes(&past, strlen(word)), word))
		return false;
	*c = past;
	return true;
}

static bool read_at(struct p2p_service *s, struct bytes text)
{
	if (hostport_parse(&s->at, text) < 0)
		return false;
	if (!s->at.host.n)
		s->at.host = BYTES("127.0.0.1");
	return true;
}

bool p2p_read_far(struct p2p_service *s, struct bytes text)
{
	return read_at(s, text) && s->at.port;
}

bool p2p_read_here(struct p2p_service *s, struct bytes text)
{
	struct cur c = cur_of(text);
	bool good;

	s->udp = take(&c, "udp:");
	good = read_at(s, cur_bytes(&c, cur_left(&c)));
	if (bytes_are(s->at.host, "localhost"))
		s->at.host = BYTES("127.0.0.1");
	return good;
}

const char *p2p_parse_shared(struct p2p_service *s, struct bytes text)
{
	struct cur c = cur_of(text);

	s->name = cur_until(&c, '=');
	s->udp = take(&c, "udp:");
	if ((s->udp || take(&c, "tcp:")) &&
	    p2p_read_far(s, cur_bytes(&c, cur_left(&c))))
		return NULL;
	return "is not NAME=tcp:HOST:PORT, nor NAME=udp:HOST:PORT";
}

const char *p2p_parse_wanted(struct p2p_service *s, struct bytes text)
{
	struct cur c = cur_of(text);

	if (!p2p_read_here(s, cur_until(&c, '=')))
		return "is not [udp:][HOST:]PORT=NAME";
	s->name = cur_bytes(&c, cur_left(&c));
	return NULL;
}
