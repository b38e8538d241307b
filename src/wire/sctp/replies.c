#include "wire/sctp/assoc.h"

enum { REPLIES = 4, ERROR_INFO = 64 };

void reply_put(struct sctp *s, struct bytes chunk, uint32_t tag)
{
	struct piece *p;

	if (s->replies.n == REPLIES || chunk.n > 2048)
		return;
	p = store_get(&s->in.store, chunk.n);
	if (!p)
		return;
	memcpy(p->data, chunk.p, chunk.n);
	p->ppid = tag;
	list_append(&s->replies.pieces, &p->node);
	s->replies.n++;
}

void reply_error(struct sctp *s, uint16_t cause, struct bytes info)
{
	uint8_t room[ERROR_INFO + 12];
	struct pack p = pack_to(SPAN(room));
	size_t chunk = chunk_open(&p, CHUNK_ERROR, 0);
	size_t param = param_open(&p, cause);

	info.n = min_size(info.n, ERROR_INFO);
	pack_bytes(&p, info);
	param_close(&p, param);
	chunk_close(&p, chunk);
	reply_put(s, pack_done(&p), 0);
}

struct piece *reply_alone(struct sctp *s)
{
	list_each (at, &s->replies.pieces)
		if (piece_at(at)->ppid)
			return piece_at(at);
	return NULL;
}

void reply_drop(struct sctp *s, struct piece *p)
{
	store_put(&s->in.store, p);
	s->replies.n--;
}

void reply_say(struct sctp *s, struct pack *to, size_t most)
{
	list_each (at, &s->replies.pieces) {
		struct piece *p = piece_at(at);

		if (p->ppid || to->n + p->n > most)
			continue;
		pack_bytes(to, (struct bytes){ p->data, p->n });
		pack_uint(to, 0, -(size_t)p->n & 3);
		reply_drop(s, p);
	}
}
