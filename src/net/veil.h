/* veil - a layer between a tcp and its owner, who notices nothing: the struct tcp
 * stays what the owner has, its stream, its waker and tcp_move as before; the
 * socket, or another veil, has moved below, into the veil, and other verbs are in
 * the stream that the owner sees.
 *
 *	owner's tcp  -> veil { tcp } -> veil { tcp with the socket }
 *
 * Who has laid one and only speaks once veil_waits says no hears STREAM_OPEN then.
 */
#ifndef NAT_NET_VEIL_H
#define NAT_NET_VEIL_H

#include "net/tcp.h"

/* Are there any in this build? */
extern const bool veil_known;

struct veil {
	struct tcp *above; /* its owner's */
	struct tcp tcp;    /* what it lies over */
	struct waker waker;
	bool open; /* the owner's bytes may go */
};

/* t is seen by its owner with those verbs from now on; what it was is v->tcp, which
 * wakes v.
 */
void veil_lay(struct veil *v, struct tcp *t, const struct stream_ops *ops,
	      void (*wake)(struct waker *, unsigned));
/* Nothing lies between any more: the owner's tcp is what v->tcp was. */
void veil_lift(struct veil *v);
/* The owner has stopped its tcp. */
void veil_leave(struct veil *v);

/* The one that lies over t's; NULL: none does, or t has been stopped. */
struct veil *veil_of(const struct tcp *t);
/* The tcp that has the socket. */
struct tcp *veil_under(struct tcp *t);
/* Does any of them still have a handshake to do? STREAM_OPEN will come, or DOWN. */
bool veil_waits(const struct tcp *t);

/* For tcp_move: of one that has a veil. */
void veil_move(struct tcp *to, struct tcp *from, struct waker *up);

#endif
