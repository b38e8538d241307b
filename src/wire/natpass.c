#include "wire/natpass.h"
#include "base/cur.h"
#include "crypt/crc.h"
#include "crypt/ct.h"
#include "crypt/hmac.h"

const char *const natpass_type_names[NATPASS_TYPES] = {
	[NATPASS_TCP] = "tcp",     [NATPASS_UDP] = "udp",
	[NATPASS_SHELL] = "shell", [NATPASS_VNC] = "vnc",
	[NATPASS_BENCH] = "bench", [NATPASS_CODE] = "code",
};

/* ---- the tables ---- */

/* clang-format off */
#define ROWS(rows) .fields = (rows), .nfields = COUNT(rows)
#define IN(type, field) offsetof(struct type, field)

static const struct pb_field bytes_rows[] = {
	{ 1, 0, PB_BYTES, false, NULL },
};
static const struct pb_type bytes_type = {
	ROWS(bytes_rows), .size = sizeof(struct bytes),
};

static const struct pb_field addr_rows[] = {
	{ 1, IN(natpass_addr, addr), PB_TEXT, false, NULL },
	{ 2, IN(natpass_addr, port), PB_UINT, false, NULL },
};
static const struct pb_type addr_type = {
	ROWS(addr_rows), .size = sizeof(struct natpass_addr),
};

static const struct pb_field shell_rows[] = {
	{ 1, IN(natpass_shell, exec), PB_TEXT, false, NULL },
	{ 2, IN(natpass_shell, env), PB_LIST, false, NULL },
	{ 1000, IN(natpass_shell, args), PB_LIST, false, NULL },
	{ 1001, IN(natpass_shell, rows), PB_UINT, false, NULL },
	{ 1002, IN(natpass_shell, cols), PB_UINT, false, NULL },
};
static const struct pb_type shell_type = {
	ROWS(shell_rows), .size = sizeof(struct natpass_shell),
};

static const struct pb_field request_rows[] = {
	{ 1, IN(natpass_request, name), PB_TEXT, false, NULL },
	{ 2, IN(natpass_request, type), PB_UINT, false, NULL },
	{ NATPASS_CADDR, IN(natpass_request, addr), PB_MESSAGE, true, &addr_type },
	{ NATPASS_CSHELL, IN(natpass_request, shell), PB_MESSAGE, true, &shell_type },
};
static const struct pb_type request_type = {
	ROWS(request_rows), .size = sizeof(struct natpass_request),
	.chosen = IN(natpass_request, told),
};

static const struct pb_field response_rows[] = {
	{ 1, IN(natpass_response, ok), PB_BOOL, false, NULL },
	{ 2, IN(natpass_response, msg), PB_TEXT, false, NULL },
};
static const struct pb_type response_type = {
	ROWS(response_rows), .size = sizeof(struct natpass_response),
};

static const struct pb_field size_rows[] = {
	{ 1, IN(natpass_size, rows), PB_UINT, false, NULL },
	{ 2, IN(natpass_size, cols), PB_UINT, false, NULL },
};
static const struct pb_type size_type = {
	ROWS(size_rows), .size = sizeof(struct natpass_size),
};

/* The first six are the envelope. */
enum { ENVELOPE = 6 };
static const struct pb_field rows[] = {
	{ 1, IN(natpass, kind), PB_UINT, false, NULL },
	{ 2, IN(natpass, from), PB_TEXT, false, NULL },
	{ 3, IN(natpass, from_idx), PB_UINT, false, NULL },
	{ 4, IN(natpass, to), PB_TEXT, false, NULL },
	{ 5, IN(natpass, to_idx), PB_UINT, false, NULL },
	{ 6, IN(natpass, link), PB_TEXT, false, NULL },
	{ NATPASS_PROOF, IN(natpass, proof), PB_MESSAGE, true, &bytes_type },
	{ NATPASS_REQUEST, IN(natpass, request), PB_MESSAGE, true, &request_type },
	{ NATPASS_RESPONSE, IN(natpass, response), PB_MESSAGE, true, &response_type },
	{ NATPASS_BYTES, IN(natpass, data), PB_MESSAGE, true, &bytes_type },
	{ NATPASS_SIZE, IN(natpass, size), PB_MESSAGE, true, &size_type },
	{ NATPASS_SHELL_BYTES, IN(natpass, data), PB_MESSAGE, true, &bytes_type },
	{ 1000, IN(natpass, ours.window), PB_UINT, false, NULL },
	{ 1001, IN(natpass, ours.end), PB_BOOL, false, NULL },
	{ 1002, IN(natpass, ours.reset), PB_BOOL, false, NULL },
	{ 1003, IN(natpass, ours.status), PB_UINT, false, NULL },
};
/* clang-format on */
static const struct pb_type message_type = {
	ROWS(rows),
	.size = sizeof(struct natpass),
	.chosen = IN(natpass, payload),
};
static const struct pb_type envelope_type = {
	.fields = rows,
	.nfields = ENVELOPE,
	.size = sizeof(struct natpass),
};

/* ---- frames ---- */

size_t natpass_least(struct bytes in)
{
	struct cur c = cur_of(in);
	size_t n = cur_u16(&c);

	return c.bad ? NATPASS_HEAD : NATPASS_HEAD + n;
}

int natpass_frame(struct bytes in, struct bytes *message)
{
	struct cur c = cur_of(in);
	size_t n = cur_u16(&c);
	uint32_t crc = cur_u32(&c);

	*message = cur_bytes(&c, n);
	if (c.bad)
		return 0;
	if (crc32(0, *message) != crc)
		return -NAT_EPROTO;
	return (int)(NATPASS_HEAD + n);
}

static void put_number(uint8_t *to, uint32_t v, size_t n)
{
	while (n-- > 0) {
		to[n] = (uint8_t)v;
		v >>= 8;
	}
}

void natpass_seal(struct span room, size_t n)
{
	struct bytes message = { room.p + NATPASS_HEAD, n };

	put_number(room.p, (uint32_t)n, 2);
	put_number(room.p + 2, crc32(0, message), 4);
}

/* Where a message of n bytes is to be printed; p NULL: not here. */
static struct span frame_in(struct fmt *f, size_t n)
{
	if (n > NATPASS_MOST || f->full || f->to.n - f->n < NATPASS_HEAD + n)
		return (struct span){ .p = NULL };
	return (struct span){ f->to.p + f->n, NATPASS_HEAD + n };
}

/* ---- messages ---- */

int natpass_read(struct natpass *m, struct bytes message)
{
	*m = (struct natpass){ .kind = NATPASS_UNKNOWN };
	return pb_read(&message_type, m, message);
}

void natpass_put(struct fmt *f, const struct natpass *m)
{
	size_t n = pb_size(&message_type, m);
	struct span room = frame_in(f, n);
	struct fmt to;

	if (!room.p) {
		f->full = true;
		return;
	}
	to = fmt_to((struct span){ room.p + NATPASS_HEAD, n });
	pb_put(&to, &message_type, m);
	natpass_seal(room, n);
	f->n += room.n;
}

size_t natpass_length(const struct natpass *m)
{
	return NATPASS_HEAD + pb_size(&message_type, m);
}

/* ---- data in place ---- */

/* What stands before n bytes of data, but for the frame's head. */
static void put_before(struct fmt *f, const struct natpass *m, size_t n)
{
	enum { TEXT = 2, DATA = 1 << 3 | TEXT };

	pb_put(f, &envelope_type, m);
	pb_varint(f, m->payload << 3 | TEXT);
	pb_varint(f, n ? 1 + pb_varint_size(n) + n : 0);
	if (n == 0)
		return;
	pb_varint(f, DATA);
	pb_varint(f, n);
}

static struct bytes before_of(uint8_t room[NATPASS_BEFORE],
			      const struct natpass *m, size_t n)
{
	struct fmt f = fmt_to((struct span){ room, NATPASS_BEFORE });

	put_before(&f, m, n);
	return fmt_done(&f);
}

size_t natpass_before(const struct natpass *m)
{
	uint8_t room[NATPASS_BEFORE];

	return NATPASS_HEAD + before_of(room, m, NATPASS_MOST).n;
}

size_t natpass_wrap(struct span room, size_t before, const struct natpass *m,
		    size_t n)
{
	uint8_t head[NATPASS_BEFORE];
	struct bytes b = before_of(head, m, n);

	if (before != NATPASS_HEAD + b.n)
		memmove(room.p + NATPASS_HEAD + b.n, room.p + before, n);
	memcpy(room.p + NATPASS_HEAD, b.p, b.n);
	natpass_seal(room, b.n + n);
	return NATPASS_HEAD + b.n + n;
}

int natpass_envelope(struct natpass *m, struct bytes message)
{
	*m = (struct natpass){ .kind = NATPASS_UNKNOWN };
	return pb_read(&envelope_type, m, message);
}

int natpass_forward(struct fmt *f, const struct natpass *m,
		    struct bytes message)
{
	struct span room = frame_in(f, 0);
	struct fmt to;

	if (!room.p)
		return -NAT_EROOM;
	room.n = min_size(f->to.n - f->n, NATPASS_FRAME);
	to = fmt_to(
		(struct span){ room.p + NATPASS_HEAD, room.n - NATPASS_HEAD });
	pb_put(&to, &envelope_type, m);
	pb_rest(&to, &envelope_type, message);
	if (to.full)
		return -NAT_EROOM;
	natpass_seal(room, to.n);
	f->n += NATPASS_HEAD + to.n;
	return 0;
}

/* What is not of the envelope is as long as what stands behind it. */
bool natpass_stands(const struct natpass *m, struct bytes message)
{
	uint8_t head[NATPASS_BEFORE];
	struct fmt f = fmt_to(SPAN(head));

	pb_put(&f, &envelope_type, m);
	return !f.full && f.n <= message.n &&
	       memcmp(head, message.p, f.n) == 0 &&
	       pb_rest_size(&envelope_type, message) == message.n - f.n;
}

/* ---- proofs ---- */

const char *natpass_secret_fault(struct bytes secret)
{
	if (secret.n == 0)
		return "is empty: anybody knows that";
	if (bytes_are(secret, "0123456789"))
		return "is what natpass was shipped with: anybody knows it";
	return NULL;
}

void natpass_prove_by_md5(uint8_t proof[MD5_SIZE], struct bytes secret)
{
	struct hash h;

	hash_init(&h, &hash_md5);
	hash_add(&h, secret);
	hash_end(&h, proof);
}

void natpass_prove(uint8_t proof[SHA512_SIZE], struct bytes secret,
		   uint64_t minute)
{
	uint8_t counter[8];

	put_number(counter, (uint32_t)(minute >> 32), 4);
	put_number(counter + 4, (uint32_t)minute, 4);
	hmac_of(&hash_sha512, secret, (struct bytes){ counter, 8 }, proof);
}

bool natpass_proven(struct bytes proof, struct bytes secret, uint64_t minute,
		    bool by_md5)
{
	uint8_t right[SHA512_SIZE];
	bool same = false;

	if (proof.n == MD5_SIZE && by_md5) {
		natpass_prove_by_md5(right, secret);
		same = ct_equal(proof, (struct bytes){ right, MD5_SIZE });
	}
	for (uint64_t i = 0; i < 3 && proof.n == SHA512_SIZE; i++) {
		natpass_prove(right, secret, minute + i - 1);
		same |= ct_equal(proof, (struct bytes){ right, SHA512_SIZE });
	}
	ct_wipe(right, sizeof right);
	return same;
}
