/* sdp: descriptions in the forms of browsers and libraries, and what we answer. */
#include "unit.h"
#include "wire/sdp.h"

#define HALF "0A:1B:2C:3D:4E:5F:60:71:82:93:A4:B5:C6:D7:E8:F9"
#define HEX32 HALF ":" HALF
#define LOW32 \
	"0a:1b:2c:3d:4e:5f:60:71:82:93:a4:b5:c6:d7:e8:f9:" \
	"0a:1b:2c:3d:4e:5f:60:71:82:93:a4:b5:c6:d7:e8:f9"

#define CHROMIUM \
	"v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 " \
	"0\r\n" \
	"a=group:BUNDLE 0\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n" \
	"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n" \
	"c=IN IP4 0.0.0.0\r\na=ice-ufrag:Qx3k\r\n" \
	"a=ice-pwd:p0q1r2s3t4u5v6w7x8y9z0ab\r\na=ice-options:trickle\r\n" \
	"a=fingerprint:sha-256 " HEX32 "\r\na=setup:actpass\r\na=mid:0\r\n" \
	"a=sctp-port:5000\r\na=max-message-size:262144\r\n"

#define FIREFOX \
	"v=0\r\no=mozilla...THIS_IS_SDPARTA-99.0 6154 0 IN IP4 0.0.0.0\r\n" \
	"s=-\r\nt=0 0\r\na=sendrecv\r\na=fingerprint:sha-256 " HEX32 "\r\n" \
	"a=group:BUNDLE 0\r\na=ice-options:trickle\r\na=msid-semantic:WMS " \
	"*\r\n" \
	"m=application 54213 UDP/DTLS/SCTP webrtc-datachannel\r\n" \
	"c=IN IP4 203.0.113.9\r\n" \
	"a=candidate:0 1 UDP 2122252543 192.0.2.7 54213 typ host\r\n" \
	"a=candidate:2 1 TCP 2105458943 192.0.2.7 9 typ host tcptype " \
	"active\r\n" \
	"a=candidate:1 1 UDP 1686052863 203.0.113.9 54213 typ srflx raddr " \
	"192.0.2.7 rport 54213\r\na=sendrecv\r\na=end-of-candidates\r\n" \
	"a=ice-pwd:0123456789abcdef0123456789abcdef\r\na=ice-ufrag:" \
	"deadbeef\r\n" \
	"a=mid:0\r\na=setup:active\r\na=sctp-port:5000\r\n" \
	"a=max-message-size:1073741823\r\n"

#define PION \
	"v=0\r\no=- 1234567890 1700000000 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n" \
	"a=fingerprint:sha-256 " HEX32 "\r\na=extmap-allow-mixed\r\n" \
	"a=group:BUNDLE 0\r\n" \
	"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n" \
	"c=IN IP4 0.0.0.0\r\na=setup:actpass\r\na=mid:0\r\na=sendrecv\r\n" \
	"a=sctp-port:5000\r\na=ice-ufrag:abcdefghijklmnop\r\n" \
	"a=ice-pwd:abcdefghijklmnopqrstuvwxyzabcdef\r\n"

#define LIBDATACHANNEL \
	"v=0\r\no=rtc 3767197920 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" \
	"a=group:BUNDLE data\r\na=group:LS data\r\na=msid-semantic:WMS *\r\n" \
	"a=ice-options:ice2,trickle\r\na=fingerprint:sha-256 " LOW32 "\r\n" \
	"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n" \
	"c=IN IP4 0.0.0.0\r\na=bundle-only\r\na=mid:data\r\na=sendrecv\r\n" \
	"a=sctp-port:5000\r\na=max-message-size:262144\r\na=setup:actpass\r\n" \
	"a=ice-ufrag:x+/9\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n"

#define AIORTC \
	"v=0\r\no=- 3850000000 3850000000 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n" \
	"a=group:BUNDLE 0\r\na=msid-semantic:WMS *\r\n" \
	"m=application 40000 DTLS/SCTP 5000\r\nc=IN IP4 192.0.2.2\r\n" \
	"a=mid:0\r\na=sctpmap:5000 webrtc-datachannel 65535\r\n" \
	"a=max-message-size:65536\r\n" \
	"a=candidate:f00 1 udp 2130706431 192.0.2.2 40000 typ host\r\n" \
	"a=end-of-candidates\r\na=ice-ufrag:Vb2x\r\n" \
	"a=ice-pwd:zyxwvutsrqponmlkjihgfe\r\na=fingerprint:sha-256 " HEX32 \
	"\r\na=fingerprint:sha-384 " HEX32 ":" HALF "\r\na=setup:actpass\r\n"

#define WITH_AUDIO \
	"v=0\na=group:BUNDLE a v d\nm=audio 9 UDP/TLS/RTP/SAVPF 111 0\n" \
	"a=mid:a\na=ice-ufrag:audio\na=setup:bogus\nm=video 9 RTP/AVP 96\n" \
	"a=mid:v\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=mid:d\n" \
	"a=ice-ufrag:data\na=ice-pwd:abcdefghijklmnopqrstuv\n" \
	"a=fingerprint:SHA-256 " HEX32 "\na=setup:passive\n" \
	"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=mid:e\n" \
	"a=ice-ufrag:other\n"

static int parse(struct sdp *s, const char *text)
{
	return sdp_parse(s, bytes_of(text));
}

static unsigned candidates(const struct sdp *s)
{
	struct candidate c;
	size_t at = 0;
	unsigned n = 0;

	while (sdp_candidate(s, &at, &c))
		n++;
	return n;
}

static void others(void **state)
{
	static const struct {
		const char *text, *ufrag, *mid;
		uint32_t message;
		uint8_t setup, prints, candidates;
		bool trickle, ended, old;
	} rows[] = {
		{ CHROMIUM, "Qx3k", "0", 262144, SDP_ACTPASS, 1, 0, true, false,
		  false },
		{ FIREFOX, "deadbeef", "0", 1073741823, SDP_ACTIVE, 1, 3, true,
		  true, false },
		{ PION, "abcdefghijklmnop", "0", 65536, SDP_ACTPASS, 1, 0,
		  false, false, false },
		{ LIBDATACHANNEL, "x+/9", "data", 262144, SDP_ACTPASS, 1, 0,
		  true, false, false },
		{ AIORTC, "Vb2x", "0", 65536, SDP_ACTPASS, 2, 1, false, true,
		  true },
		{ WITH_AUDIO, "data", "d", 65536, SDP_PASSIVE, 1, 0, false,
		  false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sdp s;

		assert_int_equal(parse(&s, rows[i].text), 0);
		assert_bytes_equal(s.ufrag, bytes_of(rows[i].ufrag));
		assert_bytes_equal(s.mid, bytes_of(rows[i].mid));
		assert_true(s.pwd.n >= 22);
		assert_int_equal(s.message, rows[i].message);
		assert_int_equal(s.port, 5000);
		assert_int_equal(s.setup, rows[i].setup);
		assert_int_equal(s.nprints, rows[i].prints);
		assert_int_equal(s.prints[0].n, 32);
		assert_int_equal(s.prints[0].digest[17], 0x1b);
		assert_int_equal(s.trickle, rows[i].trickle);
		assert_int_equal(s.ended, rows[i].ended);
		assert_int_equal(s.old, rows[i].old);
		assert_int_equal(candidates(&s), rows[i].candidates);
	}
}

static void wrong(void **state)
{
	static const char *const rows[] = {
		"",
		"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\n",
		"v=0\nm=application 0 UDP/DTLS/SCTP webrtc-datachannel\n"
		"a=ice-ufrag:data\na=ice-pwd:abcdefghijklmnopqrstuv\n"
		"a=fingerprint:sha-256 " HEX32 "\n",
		"v=0\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\n"
		"a=ice-ufrag:data\na=ice-pwd:abcdefghijklmnopqrstuv\n",
		"v=0\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\n"
		"a=ice-ufrag:data\na=ice-pwd:abcdefghijklmnopqrstuv\n"
		"a=fingerprint:md5 00\n",
		"v=0\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\n"
		"a=ice-ufrag:data\na=ice-pwd:abcdefghijklmnopqrstuv\n"
		"a=fingerprint:sha-256 " HALF "\n",
		CHROMIUM "a=sctp-port:0\n",
		CHROMIUM "a=sctp-port:65536\n",
		CHROMIUM "a=setup:maybe\n",
		CHROMIUM "a=max-message-size:all\n",
	};
	struct sdp s;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(parse(&s, rows[i]), -NAT_EPROTO);
	assert_int_equal(parse(&s, CHROMIUM "a=max-message-size:99999999999\n"),
			 0);
	assert_int_equal(s.message, UINT32_MAX);
}

static void limits(void **state)
{
	char many[1024] = "v=0\n";
	struct sdp s;

	(void)state;
	for (int i = 0; i < SDP_SECTIONS + 1; i++)
		strcat(many, "m=audio 9 x 0\n");
	assert_int_equal(parse(&s, many), -NAT_ELIMIT);
	assert_int_equal(
		sdp_parse(&s, (struct bytes){ (uint8_t *)many, SDP_TEXT + 1 }),
		-NAT_ELIMIT);
}

static void cuts(void **state)
{
	(void)state;
	each_split(at, sizeof FIREFOX - 1)
	{
		struct sdp s;
		struct guard g;
		struct bytes b = { (const uint8_t *)FIREFOX, at };

		if (sdp_parse(&s, guard_bytes(&g, b)) == 0)
			assert_true(candidates(&s) == 3);
		guard_free(&g);
	}
}

/* ---- ours ---- */

static const char *printed(const struct sdp *s, const struct candidate *all,
			   size_t n)
{
	static char room[4096];
	struct fmt f = fmt_to(SPAN(room));

	sdp_print(&f, s, all, n);
	return fmt_text(&f);
}

static struct sdp ours(void)
{
	struct sdp s = { .session = 7,
			 .ufrag = BYTES("abcdefgh"),
			 .pwd = BYTES("abcdefghijklmnopqrstuvwx"),
			 .mid = BYTES("0"),
			 .auth = BYTES("c0ffee"),
			 .message = 65536,
			 .port = 5000,
			 .setup = SDP_ACTPASS,
			 .trickle = true,
			 .nprints = 1 };

	s.prints[0].n = 32;
	for (int i = 0; i < 32; i++)
		s.prints[0].digest[i] = (uint8_t)(i * 9);
	return s;
}

static void offer(void **state)
{
	struct sdp s = ours(), got;
	struct candidate c = { .foundation = BYTES("1"),
			       .component = 1,
			       .udp = true,
			       .priority = 5 };
	const char *text;

	(void)state;
	assert_int_equal(addr_parse(&c.addr, BYTES("192.0.2.1:77")), 0);
	text = printed(&s, &c, 1);
	assert_int_equal(parse(&got, text), 0);
	assert_bytes_equal(got.ufrag, s.ufrag);
	assert_bytes_equal(got.pwd, s.pwd);
	assert_bytes_equal(got.auth, s.auth);
	assert_int_equal(got.setup, s.setup);
	assert_int_equal(got.session, 7);
	assert_true(got.nat);
	assert_memory_equal(got.prints[0].digest, s.prints[0].digest, 32);
	assert_int_equal(candidates(&got), 1);
	assert_non_null(strstr(text, "a=group:BUNDLE 0\r\n"));
	assert_non_null(strstr(text, "a=sctp-port:5000\r\n"));
	assert_non_null(strstr(text, "a=ice-options:trickle\r\n"));
	assert_null(strstr(text, "a=ice-lite"));
}

static void answer(struct sdp *a, const char *to)
{
	struct sdp o, mine = ours();

	assert_int_equal(parse(&o, to), 0);
	sdp_answer(a, &o);
	a->ufrag = mine.ufrag;
	a->pwd = mine.pwd;
	a->nprints = 1;
	a->prints[0] = mine.prints[0];
}

static void answers(void **state)
{
	struct sdp a;
	const char *text;

	(void)state;
	answer(&a, CHROMIUM);
	assert_int_equal(a.setup, SDP_ACTIVE);
	answer(&a, AIORTC);
	text = printed(&a, NULL, 0);
	assert_non_null(strstr(text, "m=application 9 DTLS/SCTP 5000\r\n"));
	assert_non_null(strstr(text, "a=sctpmap:5000 webrtc-datachannel "));
	answer(&a, FIREFOX);
	assert_int_equal(a.setup, SDP_PASSIVE);
	answer(&a, WITH_AUDIO);
	text = printed(&a, NULL, 0);
	assert_non_null(strstr(text, "a=group:BUNDLE d\r\nm=audio 0 "
				     "UDP/TLS/RTP/SAVPF 111 0\r\n"));
	assert_non_null(strstr(text, "a=mid:v\r\nm=application 9 UDP/DTLS/SCTP "
				     "webrtc-datachannel\r\n"));
	assert_non_null(strstr(text,
			       "m=application 0 UDP/DTLS/SCTP "
			       "webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"
			       "a=inactive\r\na=mid:e\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(others), cmocka_unit_test(wrong),
		cmocka_unit_test(limits), cmocka_unit_test(cuts),
		cmocka_unit_test(offer),  cmocka_unit_test(answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
