/* natpass - frames, messages and proofs of natpass, generations N5 to N7
 * (docs/protocol/natpass.md).
 *
 *     length u16 | CRC-32 u32 | a message of length bytes, protobuf
 *
 * big-endian; length and CRC are those of the message alone. A message is an
 * envelope around one payload. N5 has several connections a client, by index,
 * N6 and N7 one; N7 proves the secret by the clock.
 */
#ifndef NAT_WIRE_NATPASS_H
#define NAT_WIRE_NATPASS_H

#include "crypt/hash.h"
#include "wire/pb.h"

enum {
	NATPASS_HEAD = 6,     /* bytes of a frame before its message */
	NATPASS_MOST = 65535, /* of a message */
	NATPASS_FRAME = NATPASS_HEAD + NATPASS_MOST,
	NATPASS_ID = 128,      /* most bytes of a client's id, */
	NATPASS_LINK = 64,     /* of a link's; ours have 16 */
	NATPASS_CHUNK = 16384, /* of data in a message of the originals */
	NATPASS_BEFORE =
		NATPASS_HEAD + 2 * NATPASS_ID + NATPASS_LINK + 48 /* the most
					* of a frame before its data */
};

enum natpass_kind { /* values of _type */
		    NATPASS_UNKNOWN = 0,
		    NATPASS_HANDSHAKE = 1,
		    NATPASS_KEEPALIVE = 2,
		    NATPASS_CONNECT_REQ = 3,
		    NATPASS_CONNECT_REP = 4,
		    NATPASS_DISCONNECT = 5,
		    NATPASS_FORWARD = 6,
		    NATPASS_SHELL_RESIZE = 10,
		    NATPASS_SHELL_DATA = 11,
		    NATPASS_ECHO = 99 /* what one says to oneself, to know that
				       * one is heard: servers pass it on */
};

enum natpass_payload { /* numbers of payloads */
		       NATPASS_PROOF = 10,
		       NATPASS_REQUEST = 11,
		       NATPASS_RESPONSE = 12,
		       NATPASS_BYTES = 13,
		       NATPASS_SIZE = 20,
		       NATPASS_SHELL_BYTES = 21
};

/* What is asked for; others in a row that is not here are for their users. */
enum natpass_type {
	NATPASS_TCP,
	NATPASS_UDP,
	NATPASS_SHELL,
	NATPASS_VNC,
	NATPASS_BENCH,
	NATPASS_CODE,
	NATPASS_TYPES
};
extern const char *const natpass_type_names[NATPASS_TYPES];

enum natpass_connect { /* what of a connect_request is told */
		       NATPASS_CADDR = 10,
		       NATPASS_CSHELL = 11
};

struct natpass_addr {
	struct bytes addr;
	uint32_t port;
};

struct natpass_shell {
	struct bytes exec;
	struct pb_texts env;
	/* Of ours alone: a program with its arguments, in place of exec; what
	 * size its terminal has at first.
	 */
	struct pb_texts args;
	uint32_t rows, cols;
};

struct natpass_request {
	struct bytes name;
	uint32_t type; /* enum natpass_type, or more */
	uint32_t told; /* enum natpass_connect, 0, or another */
	union {
		struct natpass_addr addr;
		struct natpass_shell shell;
	};
};

struct natpass_response {
	bool ok;
	struct bytes msg;
};

struct natpass_size {
	uint32_t rows, cols;
};

/* What two of ours say to each other beside, in fields that originals do not know
 * and pass on (docs/protocol/natpass.md 5). Around data there are none.
 */
struct natpass_ours {
	uint32_t window; /* so many more bytes may be sent; in a request and its
			  * answer: windows are kept */
	bool end;        /* no more bytes will come */
	bool reset;      /* a disconnect: it was cut off */
	uint32_t status; /* a disconnect: the exit status of a shell + 1 */
};

struct natpass {
	uint32_t kind; /* enum natpass_kind, or another */
	struct bytes from, to, link;
	uint32_t from_idx, to_idx; /* N5; else 0 */
	uint32_t payload;          /* enum natpass_payload, 0, or another */
	union {
		struct bytes proof, data;
		struct natpass_request request;
		struct natpass_response response;
		struct natpass_size size;
	};
	struct natpass_ours ours;
};

/* ---- frames ---- */

/* The message of the frame that in begins with, and how many bytes the frame
 * has. 0: more must come. -NAT_EPROTO: its CRC is wrong.
 */
MUST_USE int natpass_frame(struct bytes in, struct bytes *message);

/* How long the frame is that in begins with, as far as in tells: NATPASS_HEAD
 * while it does not.
 */
size_t natpass_least(struct bytes in);

/* Makes a frame of room, where a message of n bytes stands behind NATPASS_HEAD. */
void natpass_seal(struct span room, size_t n);

/* ---- messages ---- */

/* -NAT_EPROTO, -NAT_ELIMIT as pb_read. Slices are of message. */
MUST_USE int natpass_read(struct natpass *m, struct bytes message);

/* A whole frame; f->full when it does not fit. natpass_length is what it has. */
void natpass_put(struct fmt *f, const struct natpass *m);
size_t natpass_length(const struct natpass *m);

/* A whole frame around n bytes of data, which stand in room behind before bytes,
 * NATPASS_BEFORE at most, and may be moved. m: the envelope, and payload, one of
 * NATPASS_BYTES and NATPASS_SHELL_BYTES. natpass_before is how many bytes there
 * must be before NATPASS_MOST bytes; how long the frame is.
 */
size_t natpass_before(const struct natpass *m);
size_t natpass_wrap(struct span room, size_t before, const struct natpass *m,
		    size_t n);

/* The envelope alone: payload is 0 then, whatever is there. */
MUST_USE int natpass_envelope(struct natpass *m, struct bytes message);

/* A whole frame: that envelope around what message has beside one, unknown
 * fields and all. -NAT_EROOM: it has no room in a frame, or in f.
 */
MUST_USE int natpass_forward(struct fmt *f, const struct natpass *m,
			     struct bytes message);

/* Is message as natpass_forward would make it, so that its frame can go on as it
 * stands?
 */
bool natpass_stands(const struct natpass *m, struct bytes message);

/* ---- proofs ---- */

enum { NATPASS_MINUTE = 60 }; /* seconds that a proof of N7 is good */

/* NULL, or why nobody may use such a secret. */
const char *natpass_secret_fault(struct bytes secret);

/* N5, N6: its MD5. N7: HMAC-SHA512 of the minutes since 1970. */
void natpass_prove_by_md5(uint8_t proof[MD5_SIZE], struct bytes secret);
void natpass_prove(uint8_t proof[SHA512_SIZE], struct bytes secret,
		   uint64_t minute);

/* Does it prove the secret, in minute or one either side? by_md5 allows that. */
bool natpass_proven(struct bytes proof, struct bytes secret, uint64_t minute,
		    bool by_md5);

#endif
