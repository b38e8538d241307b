/* ws - frames of WebSocket, of both roles (RFC 6455 5 to 8). Its beginning is
 * wire/upgrade.h's.
 *
 *	0: FIN, 3 bits of 0, opcode   1: MASK, length (126: 2 bytes follow, 127: 8)
 *	masked ones: 4 bytes of key   then the payload
 *
 * Pure: what is heard is unmasked where it stands and told in parts as they come,
 * so that no message needs to be kept whole; control frames are told whole. The
 * first thing that breaks a rule is the last that is heard: code says which, for
 * our Close. Extensions are declined, so reserved bits are 0.
 */
#ifndef NAT_WIRE_WS_H
#define NAT_WIRE_WS_H

#include "base/err.h"
#include "base/utf8.h"

enum {
	WS_HEAD = 14,     /* most bytes of a frame's head */
	WS_CONTROL = 125, /* most of a control frame's payload */
	WS_CONTROL_FRAME = 2 + 4 + WS_CONTROL
};

enum ws_role { WS_CLIENT, WS_SERVER }; /* ours; clients mask */

enum ws_op { WS_MORE, WS_TEXT, WS_BINARY, WS_CLOSE = 8, WS_PING, WS_PONG };

/* RFC 6455 7.4.1; those that nobody sends stand for what did not come. */
enum ws_code {
	WS_FINE,
	WS_NORMAL = 1000,
	WS_AWAY = 1001,
	WS_BROKEN = 1002,
	WS_UNWANTED = 1003,
	WS_NONE = 1005,
	WS_NO_TEXT = 1007, /* it is not UTF-8 */
	WS_TOO_LONG = 1009
};

struct ws_part {
	uint8_t op;       /* of the message; WS_MORE: nothing is told yet */
	bool ends;        /* the message, with this part */
	uint16_t code;    /* of CLOSE: WS_NONE if none was said */
	struct span data; /* within what came; of CLOSE: the reason */
};

struct ws_in { /* fields are private to ws.c but for those of settings */
	enum ws_role role;
	bool texts;    /* text is wanted, too; else it breaks a rule */
	uint64_t most; /* bytes of a message */

	uint16_t code;       /* said after -NAT_EPROTO: enum ws_code */
	uint8_t op;          /* of the message at hand; WS_MORE: between two */
	bool in_frame, last; /* last: of the message */
	bool closed;         /* CLOSE was heard, nothing is any more */
	uint8_t phase;       /* of key */
	uint8_t key[4];
	struct utf8 text;
	uint64_t had, left; /* of the message; of the frame */
};

/* What comes next in the input: the bytes of it to be taken (> 0), 0: not enough
 * of it is here; -NAT_EPROTO: see code.
 */
MUST_USE long ws_hear(struct ws_in *w, struct span in, struct ws_part *part);

/* ---- saying ---- */

/* Bytes of the head of a frame of n. */
size_t ws_head_size(enum ws_role role, uint64_t n);

/* A whole message's head at to, where ws_head_size has room; and, by a client, its
 * n bytes behind that masked with key, which nobody can foretell.
 */
struct ws_frame {
	enum ws_role role;
	enum ws_op op;
	size_t n;
	uint8_t key[4];
};
void ws_seal(uint8_t *to, const struct ws_frame *f);

/* Close's payload: the code, nothing if WS_NONE. */
size_t ws_close(uint8_t to[2], uint16_t code);

#endif
