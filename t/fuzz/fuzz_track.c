/* A request, and an answer: slices of what came; a request prints as it was. */
#include "fuzz.h"
#include "wire/track.h"

static void lines(struct bytes in)
{
	struct cur c = cur_of(in);
	struct track_line line;

	while (track_next_line(&c, &line)) {
		assert(!line.public.n || fuzz_within(line.public, in));
		assert(!line.lan.n || fuzz_within(line.lan, in));
		assert(!line.cookie.n || !line.lan.n);
	}
}

void fuzz(struct bytes in)
{
	struct fmt f = fuzz_room(0);
	struct track t;
	bool trackers;

	lines(in);
	if (track_parse(&t, in) < 0)
		return;
	track_print(&f, &t);
	trackers = t.kind == TRACK_TRACKERS && !t.addrs.n; /* a lone slash */
	assert(trackers || bytes_equal(fmt_done(&f), in));
}
