#include "net/talk.h"

/* More than our longest message; publish carries lists of networks. */
enum { ROOM = 1024, ROOM_OF_PUBLISH = 2048 };

int talk_hear(struct stream *s, struct json_scan *scan, struct heard *h)
{
	size_t have = 0;

	for (;;) {
		struct span in = stream_peek(s, have + 1);
		long n;

		if (in.n <= have)
			return 0;
		have = in.n;
		n = json_scan(scan, bytes_in(in), FASTNAT_OBJECT);
		if (n < 0)
			return (int)n;
		if (n == 0)
			continue;
		h->n = (size_t)n;
		memcpy(h->text, in.p, h->n);
		stream_take(s, h->n);
		n = fastnat_parse(&h->m, (struct bytes){ h->text, h->n });
		return n < 0 ? (int)n : 1;
	}
}

int talk_say(struct stream *s, const struct fastnat *m, bool line)
{
	bool large = m->command == FASTNAT_PUBLISH;
	struct span room = stream_reserve(s, large ? ROOM_OF_PUBLISH : ROOM);
	struct fmt f;

	if (!room.p)
		return -NAT_EAGAIN;
	f = fmt_to(room);
	fastnat_print(&f, m);
	if (line)
		fmt_put(&f, "\n");
	stream_commit(s, f.full ? 0 : f.n);
	return f.full ? -NAT_EROOM : 0;
}
