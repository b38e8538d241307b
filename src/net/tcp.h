/* tcp - a connected socket as a byte stream.
 *
 * Receives only when somebody looks, so bytes nobody wants stay in the kernel,
 * and borrows buffers only while they hold bytes: an idle connection owns none.
 * All output of a turn leaves in one call, just before the loop waits.
 */
#ifndef NAT_NET_TCP_H
#define NAT_NET_TCP_H

#include "net/bufs.h"
#include "net/stream.h"

struct tcp { /* fields are private to tcp.c but for stream */
	struct stream stream;
	struct io io;
	struct soon flush;
	struct buf_wait wait;
	struct net *net;
	union {
		struct buf *in;
		struct veil *veil;     /* veil.h: who has the socket */
		struct strand *strand; /* mux.h: there is none */
	};
	struct buf *out;
	uint8_t in_class,
		out_class; /* of the next buffer, by what came before */
	bool readable;     /* the kernel may have bytes */
	bool starved;      /* a reserve came back empty */
	bool finishing;    /* a FIN goes out behind the last byte */
	bool told_down;
};

/* Takes the descriptor over. Nothing can fail: trouble comes as STREAM_DOWN. */
void tcp_start(struct tcp *t, struct net *net, int fd, struct waker *up);

/* to becomes what from was, unread and unsent bytes included; from is stopped. */
void tcp_move(struct tcp *to, struct tcp *from, struct waker *up);

/* Ends, as stop does, but for the descriptor, which is the caller's. Of one that is
 * not veiled.
 */
int tcp_leave(struct tcp *t);

/* Of one just started: these bytes are what it has received first. False: there is
 * no buffer.
 */
MUST_USE bool tcp_put_back(struct tcp *t, struct bytes b);

/* The tcp behind a stream, NULL when it is something else: a veiled one, too. */
struct tcp *tcp_of(struct stream *s);
bool tcp_is_bare(const struct tcp *t);

/* Both of one that is veiled, too. */
static inline bool tcp_runs(const struct tcp *t)
{
	return t->io.loop != NULL;
}

static inline int tcp_fd(const struct tcp *t)
{
	return t->io.fd;
}

/* Sends now what would leave at the end of the turn, as far as the socket takes
 * it: for last words.
 */
void tcp_push(struct tcp *t);

/* For pump.c. Does t hold bytes that it has received; or still owe some to the
 * socket (then STREAM_OUT comes when they are sent)?
 */
bool tcp_holds_in(const struct tcp *t);
bool tcp_owes_out(struct tcp *t);

/* Bytes moved between the socket and a pipe, past the buffers, when t holds and
 * owes none. Out, fewer than n: the rest not now, STREAM_OUT will come. In, 0:
 * not now, STREAM_IN will come; or the stream has ended; -NAT_ENOTSUP: copy
 * instead. Either, 0: err is set.
 */
MUST_USE long tcp_splice_in(struct tcp *t, int pipe, size_t most);
MUST_USE long tcp_splice_out(struct tcp *t, int pipe, size_t n);

/* The same between the socket and memory: how many came, or went; fewer than there is
 * room for, or than b has: as above. Of one that is not veiled. tcp_may_receive: is it
 * worth looking?
 */
bool tcp_holds_out(const struct tcp *t);
bool tcp_may_receive(struct tcp *t);
size_t tcp_receive(struct tcp *t, struct span to);
size_t tcp_send(struct tcp *t, struct bytes b);

/* After a bounded turn: whatever is still readable wakes again (rest), or only
 * when somebody has looked again (pause: the other side is stuck).
 */
void tcp_rest(struct tcp *t);
void tcp_pause(struct tcp *t);

#endif
