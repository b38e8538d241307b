#include "wire/sdp.h"
#include "base/cur.h"

enum { MID_MOST = 64, OWN_MESSAGE = 65536, STREAMS = 65535 };

/* ---- the table of attributes ---- */

enum kind { TEXT, NUMBER, FLAG, SETUP, PRINT, OPTIONS, MAP };

#define FIELD(field) offsetof(struct sdp, field)
static const struct row {
	const char *name;
	uint8_t kind; /* enum kind */
	uint16_t at;
	uint32_t most; /* of a number; bytes of a text */
} rows[] = {
	{ "ice-ufrag", TEXT, FIELD(ufrag), 256 },
	{ "ice-pwd", TEXT, FIELD(pwd), 256 },
	{ "mid", TEXT, FIELD(mid), MID_MOST },
	{ "nat-auth", TEXT, FIELD(auth), 128 },
	{ "ice-lite", FLAG, FIELD(lite), 0 },
	{ "end-of-candidates", FLAG, FIELD(ended), 0 },
	{ "ice-options", OPTIONS, FIELD(trickle), 0 },
	{ "setup", SETUP, FIELD(setup), 0 },
	{ "fingerprint", PRINT, FIELD(prints), 0 },
	{ "sctp-port", NUMBER, FIELD(port), 65535 },
	{ "max-message-size", NUMBER, FIELD(message), UINT32_MAX },
	{ "sctpmap", MAP, FIELD(port), 65535 },
};

static const char *const setups[] = {
	[SDP_UNSET] = "",
	[SDP_ACTPASS] = "actpass",
	[SDP_ACTIVE] = "active",
	[SDP_PASSIVE] = "passive",
};

static const struct {
	const char *name;
	uint8_t size;
} hashes[] = { { "sha-256", 32 }, { "sha-384", 48 }, { "sha-512", 64 } };

/* ---- values ---- */

static bool same_letters(struct bytes word, const char *low)
{
	if (word.n != strlen(low))
		return false;
	for (size_t i = 0; i < word.n; i++) {
		uint8_t c = word.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c | 0x20);
		if (c != (uint8_t)low[i])
			return false;
	}
	return true;
}

static int hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 8122 5: two digits a byte, colons between. */
static bool read_digest(struct cur *c, uint8_t *to, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int high, low;

		if (i > 0 && !cur_eat(c, ':'))
			return false;
		high = hex_digit(cur_u8(c));
		low = hex_digit(cur_u8(c));
		if (high < 0 || low < 0)
			return false;
		to[i] = (uint8_t)(high << 4 | low);
	}
	return cur_left(c) == 0;
}

/* Of hashes that we do not know, nothing. */
static bool read_print(struct sdp *s, struct cur *c)
{
	struct bytes name = cur_word(c);
	struct cur digits = cur_of(cur_word(c));
	struct sdp_fingerprint *to = &s->prints[s->nprints];

	for (size_t i = 0; i < COUNT(hashes); i++) {
		if (!same_letters(name, hashes[i].name))
			continue;
		if (s->nprints == SDP_FINGERPRINTS)
			return true;
		if (!read_digest(&digits, to->digest, hashes[i].size))
			return false;
		to->n = hashes[i].size;
		s->nprints++;
		return true;
	}
	return true;
}

static bool read_setup(struct sdp *s, struct bytes word)
{
	for (size_t i = SDP_ACTPASS; i < COUNT(setups); i++) {
		if (!bytes_are(word, setups[i]))
			continue;
		s->setup = (uint8_t)i;
		return true;
	}
	return false;
}

/* Some put a comma between them. */
static bool has_word(struct cur c, const char *word)
{
	struct bytes w;

	while ((w = cur_word(&c)).n > 0) {
		struct cur part = cur_of(w);

		while (cur_left(&part))
			if (bytes_are(cur_until(&part, ','), word))
				return true;
	}
	return false;
}

static bool are_digits(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] < '0' || b.p[i] > '9')
			return false;
	return b.n > 0 && b.n < 32;
}

/* Where 32 bits are the most, more is as good. */
static bool read_number(struct bytes word, uint32_t most, uint32_t *n)
{
	struct cur c = cur_of(word);

	if (cur_number(&c, most, n) && cur_left(&c) == 0)
		return true;
	*n = UINT32_MAX;
	return most == UINT32_MAX && are_digits(word);
}

static bool read_value(struct sdp *s, const struct row *row, struct bytes value)
{
	void *at = (char *)s + row->at;
	struct bytes *text = at;
	bool *flag = at;
	struct cur c = cur_of(value);
	uint32_t n;

	switch ((enum kind)row->kind) {
	case TEXT:
		*text = cur_word(&c);
		return text->n > 0 && text->n <= row->most;
	case FLAG:
		*flag = true;
		return true;
	case OPTIONS:
		*flag = *flag || has_word(c, "trickle");
		return true;
	case SETUP:
		return read_setup(s, cur_word(&c));
	case PRINT:
		return read_print(s, &c);
	default:
		break;
	}
	if (!read_number(cur_word(&c), row->most, &n))
		return false;
	if (row->most == UINT32_MAX)
		s->message = n;
	else if (n > 0)
		s->port = (uint16_t)n;
	return n > 0 || row->most == UINT32_MAX;
}

/* ---- lines ---- */

/* Without its end; false: there is none. */
static bool next_line(struct cur *c, struct bytes *line)
{
	if (cur_left(c) == 0)
		return false;
	*line = cur_until(c, '\n');
	while (line->n &&
	       (line->p[line->n - 1] == '\r' || line->p[line->n - 1] == ' '))
		line->n--;
	return true;
}

static bool begins(struct bytes line, const char *with)
{
	size_t n = strlen(with);

	return line.n >= n && memcmp(line.p, with, n) == 0;
}

static struct bytes behind(struct bytes line, size_t n)
{
	return (struct bytes){ line.p + n, line.n - n };
}

/* "application 9 UDP/DTLS/SCTP webrtc-datachannel", "application 9 DTLS/SCTP 5000" */
static bool is_data(struct sdp *s, struct bytes section)
{
	struct cur c = cur_of(section);
	struct bytes media = cur_word(&c), port = cur_word(&c), proto;
	uint32_t n;

	proto = cur_word(&c);
	if (!bytes_are(media, "application") || bytes_are(port, "0"))
		return false;
	if (bytes_are(proto, "DTLS/SCTP")) {
		s->old = true;
		if (!read_number(cur_word(&c), 65535, &n) || n == 0)
			return false;
		s->port = (uint16_t)n;
		return true;
	}
	s->old = false;
	return (bytes_are(proto, "UDP/DTLS/SCTP") ||
		bytes_are(proto, "TCP/DTLS/SCTP")) &&
	       bytes_are(cur_word(&c), "webrtc-datachannel");
}

static bool read_attribute(struct sdp *s, struct bytes line)
{
	struct cur c = cur_of(line);
	struct bytes name = cur_until(&c, ':');
	struct bytes value = cur_bytes(&c, cur_left(&c));

	for (size_t i = 0; i < COUNT(rows); i++)
		if (bytes_are(name, rows[i].name))
			return read_value(s, &rows[i], value);
	return true;
}

/* ---- parsing ---- */

struct reading {
	struct sdp *s;
	bool found;  /* the section of data channels has begun, */
	bool inside; /* is where we are */
	bool before; /* no section yet */
};

/* What the session says holds until the section says otherwise; its fingerprints all
 * together.
 */
static bool take_attribute(struct reading *r, struct bytes line, bool *own)
{
	struct sdp *s = r->s;

	if (begins(line, "mid:") && s->nsections)
		s->sections[s->nsections - 1].mid = behind(line, 4);
	if (!r->before && !r->inside)
		return true;
	if (r->inside && begins(line, "fingerprint:") && !*own) {
		*own = true;
		s->nprints = 0;
	}
	return read_attribute(s, line);
}

static int take_section(struct reading *r, struct bytes line, struct cur rest)
{
	struct sdp *s = r->s;

	if (s->nsections == SDP_SECTIONS)
		return -NAT_ELIMIT;
	r->before = r->inside = false;
	s->sections[s->nsections++].line = line;
	if (r->found || !is_data(s, line))
		return 0;
	r->found = r->inside = true;
	s->ours = (uint8_t)(s->nsections - 1);
	s->text = (struct bytes){ rest.p, cur_left(&rest) };
	return 0;
}

/* A number larger than any of ours is as good as another one. */
static void take_origin(struct sdp *s, struct bytes line)
{
	struct cur c = cur_of(line);
	struct bytes number;

	s->nat = bytes_are(cur_word(&c), "nat");
	number = cur_word(&c);
	for (size_t i = 0; i < number.n; i++)
		s->session = s->session * 10 + (number.p[i] & 15);
}

static int read_lines(struct reading *r, struct bytes text)
{
	struct cur c = cur_of(text);
	struct bytes line;
	bool own = false;
	int rc = 0;

	while (rc == 0 && next_line(&c, &line)) {
		if (begins(line, "m="))
			rc = take_section(r, behind(line, 2), c);
		else if (begins(line, "o="))
			take_origin(r->s, behind(line, 2));
		else if (begins(line, "a=") &&
			 !take_attribute(r, behind(line, 2), &own))
			rc = -NAT_EPROTO;
	}
	return rc;
}

int sdp_parse(struct sdp *s, struct bytes text)
{
	struct reading r = { .s = s, .before = true };
	int rc;

	*s = (struct sdp){ .message = SDP_MESSAGE, .port = SDP_PORT };
	if (text.n > SDP_TEXT)
		return -NAT_ELIMIT;
	if (!begins(text, "v=0"))
		return -NAT_EPROTO;
	rc = read_lines(&r, text);
	if (rc < 0)
		return rc;
	if (!r.found || !s->ufrag.n || !s->pwd.n || !s->nprints)
		return -NAT_EPROTO;
	return 0;
}

bool sdp_candidate(const struct sdp *s, size_t *at, struct candidate *c)
{
	struct cur cur = cur_of(s->text);
	struct bytes line;

	cur_bytes(&cur, *at);
	while (next_line(&cur, &line) && !begins(line, "m=")) {
		*at = s->text.n - cur_left(&cur);
		if (begins(line, "a=candidate:") &&
		    candidate_parse(c, line) == 0)
			return true;
	}
	return false;
}

/* ---- printing ---- */

static void put_text(struct fmt *f, const char *name, struct bytes text)
{
	if (text.n)
		fmt_put(f, "a=%s:%.*s\r\n", name, (int)text.n,
			(const char *)text.p);
}

static void put_print(struct fmt *f, const struct sdp_fingerprint *p)
{
	for (size_t i = 0; i < COUNT(hashes); i++)
		if (hashes[i].size == p->n)
			fmt_put(f, "a=fingerprint:%s ", hashes[i].name);
	for (size_t i = 0; i < p->n; i++) {
		static const char digits[] = "0123456789ABCDEF";

		fmt_put(f, "%s%c%c", i ? ":" : "", digits[p->digest[i] >> 4],
			digits[p->digest[i] & 15]);
	}
	fmt_put(f, "\r\n");
}

static void put_sctp(struct fmt *f, const struct sdp *s)
{
	if (s->old)
		fmt_put(f, "a=sctpmap:%u webrtc-datachannel %u\r\n",
			s->port + 0U, STREAMS + 0U);
	else
		fmt_put(f, "a=sctp-port:%u\r\n", s->port + 0U);
	fmt_put(f, "a=max-message-size:%u\r\n", s->message);
}

static void put_data(struct fmt *f, const struct sdp *s,
		     const struct candidate *all, size_t n)
{
	if (s->old)
		fmt_put(f, "m=application 9 DTLS/SCTP %u\r\n", s->port + 0U);
	else
		fmt_put(f, "m=application 9 UDP/DTLS/SCTP "
			   "webrtc-datachannel\r\n");
	fmt_put(f, "c=IN IP4 0.0.0.0\r\n");
	for (size_t i = 0; i < n; i++) {
		fmt_put(f, "a=");
		candidate_print(f, &all[i]);
		fmt_put(f, "\r\n");
	}
	if (s->ended)
		fmt_put(f, "a=end-of-candidates\r\n");
	put_text(f, "ice-ufrag", s->ufrag);
	put_text(f, "ice-pwd", s->pwd);
	for (size_t i = 0; i < s->nprints; i++)
		put_print(f, &s->prints[i]);
	put_text(f, "setup", bytes_of(setups[s->setup]));
	put_text(f, "mid", s->mid);
	put_text(f, "nat-auth", s->auth);
	put_sctp(f, s);
}

/* RFC 8829 5.3.1: with port 0, and as it was otherwise. */
static void put_refused(struct fmt *f, const struct sdp_section *s)
{
	struct cur c = cur_of(s->line);
	struct bytes media = cur_until(&c, ' '), rest;

	cur_until(&c, ' ');
	rest = cur_bytes(&c, cur_left(&c));
	fmt_put(f, "m=%.*s 0 %.*s\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\n",
		(int)media.n, (const char *)media.p, (int)rest.n,
		(const char *)rest.p);
	put_text(f, "mid", s->mid);
}

static void put_session(struct fmt *f, const struct sdp *s)
{
	fmt_put(f, "v=0\r\no=nat %llu 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
		(unsigned long long)(s->session & INT64_MAX));
	if (s->mid.n)
		fmt_put(f, "a=group:BUNDLE %.*s\r\n", (int)s->mid.n,
			(const char *)s->mid.p);
	if (s->lite)
		fmt_put(f, "a=ice-lite\r\n");
	if (s->trickle)
		fmt_put(f, "a=ice-options:trickle\r\n");
}

void sdp_print(struct fmt *f, const struct sdp *s, const struct candidate *all,
	       size_t n)
{
	put_session(f, s);
	for (unsigned i = 0; i < s->nsections; i++) {
		if (i == s->ours)
			put_data(f, s, all, n);
		else
			put_refused(f, &s->sections[i]);
	}
	if (s->nsections == 0)
		put_data(f, s, all, n);
}

void sdp_answer(struct sdp *answer, const struct sdp *offer)
{
	*answer = (struct sdp){ .mid = offer->mid,
				.message = OWN_MESSAGE,
				.port = SDP_PORT,
				.old = offer->old,
				.nsections = offer->nsections,
				.ours = offer->ours };
	memcpy(answer->sections, offer->sections, sizeof answer->sections);
	answer->setup =
		offer->setup == SDP_ACTPASS || offer->setup == SDP_PASSIVE
			? SDP_ACTIVE
			: SDP_PASSIVE; /* RFC 4145 4: the default */
}
