#include "app/client/heir.h"
#include "app/client/inner.h"

enum { LEAST_MS = 1000 }; /* of a session: a relay cannot keep us running */

bool heir_heard(struct control *ctl, struct bytes error)
{
	static const char words[] = "handed over";
	const struct client *c = ctl->client;

	error.n = min_size(error.n, sizeof words - 1);
	if (ctl->state != CONTROL_UP || !bytes_are(error, words))
		return false;
	ctl->moves = c->net->loop->now - ctl->since >= LEAST_MS;
	ctl->told = true;
	log_info(c->net->log, "client",
		 "the relay is handed over to its successor: logging in there");
	return true;
}

bool heir_calls(struct control *ctl, uint32_t at)
{
	bool moves = ctl->moves;

	ctl->moves = false;
	if (moves)
		ctl->relays.now = at;
	return moves;
}
