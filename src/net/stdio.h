/* stdio - standard input and output as a byte stream. There is one in a process,
 * with buffers of its own.
 */
#ifndef NAT_NET_STDIO_H
#define NAT_NET_STDIO_H

#include "net/net.h"
#include "net/stream.h"
#include "os/ends.h"

enum { STDIO_ROOM = 64 * 1024 };

struct stdio_half {
	struct io io;
	size_t at, end; /* of what p holds */
	uint8_t p[STDIO_ROOM];
};

struct stdio { /* fields are private to stdio.c but for stream */
	struct stream stream;
	struct loop *loop;
	struct ends ends;
	struct soon flush;
	struct stdio_half in, out;
	bool readable, starved, finishing, told_down;
};

/* Nothing can fail: trouble comes as STREAM_DOWN. */
void stdio_start(struct stdio *s, struct loop *l, struct waker *up);

#endif
