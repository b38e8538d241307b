#include "app/client/proxied.h"
#include "base/err.h"

static void print(struct fmt *f, const struct service *s,
		  const struct proxied_ends *ends)
{
	struct proxyline p = {
		.version = s->edge.proxy,
		.kind = s->protocol == FASTNAT_UDP ? PROXYLINE_DGRAM
						   : PROXYLINE_STREAM,
		.from = ends->from,
		.to = ends->to,
	};

	if (p.to.family == ADDR_NONE) /* an older relay does not tell */
		p.to.family = p.from.family;
	proxyline_print(f, &p);
}

void proxied_say(struct stream *service, const struct service *s,
		 const struct proxied_ends *ends)
{
	struct span room;
	struct fmt f;

	if (!s->edge.proxy)
		return;
	room = stream_reserve(service, PROXYLINE_PRINTED);
	if (!room.p) {
		service->err = -NAT_EMEMORY;
		return;
	}
	f = fmt_to(room);
	print(&f, s, ends);
	stream_commit(service, f.n);
}

void proxied_head(struct proxied_head *h, const struct service *s,
		  const struct proxied_ends *ends)
{
	struct fmt f = fmt_to(SPAN(h->b));

	if (s->edge.proxy)
		print(&f, s, ends);
	h->n = (uint8_t)f.n;
}
