/* What a gateway may say: a mapping is held only by an answer that names our port. */
#include "fuzz.h"
#include "wire/portmap.h"

void fuzz(struct bytes in)
{
	static const struct portmap_conf conf = {
		.protocol = PCP_UDP, .inner = 22, .outer = 22, .lifetime = 60
	};
	struct fmt f = fuzz_room(0);
	struct portmap_out out = { .f = &f };
	struct portmap p;
	struct pcp m;

	portmap_init(&p, &conf, BYTES("abcdefghijkl"), 0);
	portmap_hear(&p, in, 1);
	portmap_hear_ssdp(&p, in, 1);
	for (int64_t now = 0; now < 20000; now += 500)
		while (portmap_say(&p, &out, now)) {
			assert(!f.full && f.n <= UPNP_ASK);
			f.n = 0;
			if (out.by == PORTMAP_BY_HTTP)
				portmap_hear_http(&p, 200, in, now);
			else
				portmap_hear(&p, in, now);
		}
	assert(!p.held || p.way == PORTMAP_UPNP ||
	       (pcp_parse(&m, in) == 0 && m.inner == 22 && m.outer));
}
