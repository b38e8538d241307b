#include "net/joint.h"
#include "os/sock.h"

void joint_end(struct joint *k, int err)
{
	if (k->dials)
		dial_stop(&k->dial);
	if (k->paired) {
		pair_stop(&k->pair, err);
	} else {
		stream_stop(&k->chan.stream, true);
		if (tcp_runs(&k->tcp))
			stream_stop(&k->tcp.stream, true);
	}
	list_remove(&k->node);
	slots_put(k->of, k);
}

void joint_end_all(struct list *links)
{
	while (!list_alone(links))
		joint_end(container_of(links->next, struct joint, node),
			  -NAT_ECLOSED);
}

static void over(struct pair *p, int err)
{
	joint_end(container_of(p, struct joint, pair), err);
}

/* Until both are there. */
static void wait(struct waker *w, unsigned what)
{
	struct joint *k = container_of(w, struct joint, waker);

	if (what & STREAM_DOWN)
		joint_end(k, -NAT_ECLOSED);
}

static struct joint *begin(struct slots *of, struct net *net,
			   struct list *links)
{
	struct joint *k = slots_get(of);

	if (!k)
		return NULL;
	k->of = of;
	k->net = net;
	k->waker.wake = wait;
	list_append(links, &k->node);
	return k;
}

static void join(struct joint *k, int fd)
{
	tcp_start(&k->tcp, k->net, fd, &k->waker);
	k->paired = true;
	pair_start(&k->pair, k->net, &k->tcp.stream, &k->chan.stream, over);
}

static void dialled(struct dial *d, int fd)
{
	struct joint *k = container_of(d, struct joint, dial);

	k->dials = false;
	if (fd < 0)
		joint_end(k, fd);
	else
		join(k, fd);
}

bool joint_come(struct slots *of, struct net *net, struct list *links,
		const struct hostport *to)
{
	enum { PATIENCE = 5000 };
	struct joint *k = begin(of, net, links);

	if (!k)
		return false;
	k->dials = true;
	dial_start(&k->dial, net, to, PATIENCE, dialled);
	return true;
}

struct joint *joint_last(const struct list *links)
{
	return container_of(links->prev, struct joint, node);
}

bool joint_call(struct slots *of, struct assoc *a, struct list *links, int fd,
		struct bytes service)
{
	const struct dcep_open o = { .type = DCEP_RELIABLE,
				     .label = BYTES("tunnel-tcp"),
				     .protocol = service };
	struct joint *k = begin(of, a->of->net, links);

	if (!k)
		return false;
	if (!chan_open(&k->chan, a, &o, &k->waker)) {
		list_remove(&k->node);
		slots_put(of, k);
		return false;
	}
	join(k, fd);
	return true;
}
