/* sdp - descriptions of a session with data channels (RFC 8866, 8829): what one side
 * says of its ICE (RFC 8839), its DTLS (RFC 8122, 8842) and its SCTP (RFC 8841).
 *
 *      v=0, o=, s=, t=                    the session; its attributes hold for
 *      a=group:BUNDLE 0                   what has none of its own
 *      m=application 9 UDP/DTLS/SCTP webrtc-datachannel
 *      a=mid:0 ...                        the section of data channels, the first
 *                                         of that kind
 *      m=audio 0 ...                      others are refused in the answer
 *
 * Attributes are rows of a table in sdp.c; lines that are none of them are passed
 * over. Of the older form, DTLS/SCTP 5000 with a=sctpmap, all is read, and it is
 * answered in kind. Pure.
 */
#ifndef NAT_WIRE_SDP_H
#define NAT_WIRE_SDP_H

#include "wire/ice/candidate.h"

enum {
	SDP_TEXT = 32768,     /* most bytes that are looked at */
	SDP_SECTIONS = 16,    /* most m= lines */
	SDP_FINGERPRINTS = 4, /* of a description; later ones are passed over */
	SDP_DIGEST = 64,      /* most bytes of one */
	SDP_MESSAGE = 65536,  /* RFC 8841 6.1, where nothing is said */
	SDP_PORT = 5000
};

enum sdp_setup { SDP_UNSET, SDP_ACTPASS, SDP_ACTIVE, SDP_PASSIVE };

struct sdp_fingerprint {
	uint8_t n; /* 32, 48 or 64: SHA-256, -384, -512 */
	uint8_t digest[SDP_DIGEST];
};

struct sdp_section {
	struct bytes line; /* behind m= */
	struct bytes mid;
};

/* Slices are of the text that was parsed, or of whoever prints. */
struct sdp {
	uint64_t session; /* o='s number: who restarts ICE keeps it */
	struct bytes ufrag, pwd, mid;
	struct bytes auth; /* nat-auth, of ours */
	uint32_t message;  /* max-message-size; 0: any */
	uint16_t port;     /* of SCTP */
	uint8_t setup;     /* enum sdp_setup */
	bool lite, trickle, ended;
	bool old; /* DTLS/SCTP */
	bool nat; /* o='s name: it is one of us; printed always */
	uint8_t nprints;
	struct sdp_fingerprint prints[SDP_FINGERPRINTS];

	/* Sections, ours among them: an answer has the same, in that order. Empty
	 * when an offer is printed: one.
	 */
	uint8_t nsections, ours;
	struct sdp_section sections[SDP_SECTIONS];
	struct bytes text; /* where sdp_candidate reads; or nothing */
};

/* 0; -NAT_EPROTO: that is none, or has no section of data channels, or lacks what
 * it must have (ufrag, pwd, a fingerprint of a kind we know). -NAT_ELIMIT.
 */
MUST_USE int sdp_parse(struct sdp *s, struct bytes text);

/* The candidates of our section, one by one: *at is 0 first. False: no more. Those
 * that are wrong are passed over.
 */
bool sdp_candidate(const struct sdp *s, size_t *at, struct candidate *c);

/* s as a description; candidates stand in it if there are any. */
void sdp_print(struct fmt *f, const struct sdp *s, const struct candidate *all,
	       size_t n);

/* What an answer to offer takes from there: sections, mid, form, setup. The rest,
 * ufrag and on, is to be filled in.
 */
void sdp_answer(struct sdp *answer, const struct sdp *offer);

#endif
