/* proto - the numbers of TLS, as they stand on the wire (RFC 8446, RFC 5246 and
 * IANA's lists), and what an alert means to us.
 */
#ifndef NAT_WIRE_TLS_PROTO_H
#define NAT_WIRE_TLS_PROTO_H

enum tls_version {
	TLS_VERSION_10 = 0x0301, /* on the first record, and nowhere else */
	TLS_VERSION_12 = 0x0303,
	TLS_VERSION_13 = 0x0304
};

enum tls_content {
	TLS_CHANGE_CIPHER_SPEC = 20,
	TLS_ALERT = 21,
	TLS_HANDSHAKE = 22,
	TLS_DATA = 23
};

enum tls_message {
	TLS_HELLO_REQUEST = 0, /* 1.2 */
	TLS_CLIENT_HELLO = 1,
	TLS_SERVER_HELLO = 2, /* and HelloRetryRequest */
	TLS_NEW_TICKET = 4,
	TLS_ENCRYPTED_EXTENSIONS = 8,
	TLS_CERTIFICATE = 11,
	TLS_SERVER_KEY_EXCHANGE = 12, /* 1.2 */
	TLS_CERTIFICATE_REQUEST = 13,
	TLS_SERVER_HELLO_DONE = 14, /* 1.2 */
	TLS_CERTIFICATE_VERIFY = 15,
	TLS_CLIENT_KEY_EXCHANGE = 16, /* 1.2 */
	TLS_FINISHED = 20,
	TLS_KEY_UPDATE = 24,
	TLS_MESSAGE_HASH = 254 /* in a transcript only, RFC 8446 4.4.1 */
};

enum tls_extension {
	TLS_EXT_NAME = 0,              /* RFC 6066 3 */
	TLS_EXT_GROUPS = 10,           /* RFC 8446 4.2.7, RFC 8422 5.1.1 */
	TLS_EXT_POINTS = 11,           /* RFC 8422 5.1.2 */
	TLS_EXT_SCHEMES = 13,          /* RFC 8446 4.2.3 */
	TLS_EXT_SRTP = 14,             /* use_srtp, RFC 5764 4.1.1 */
	TLS_EXT_ALPN = 16,             /* RFC 7301 */
	TLS_EXT_MASTER = 23,           /* extended_master_secret, RFC 7627 */
	TLS_EXT_RECORD = 28,           /* record_size_limit, RFC 8449 */
	TLS_EXT_PSK = 41,              /* RFC 8446 4.2.11, last of all */
	TLS_EXT_EARLY = 42,            /* never offered, never accepted */
	TLS_EXT_VERSIONS = 43,         /* 4.2.1 */
	TLS_EXT_COOKIE = 44,           /* 4.2.2 */
	TLS_EXT_PSK_MODES = 45,        /* 4.2.9 */
	TLS_EXT_AUTHORITIES = 47,      /* 4.2.4, not looked at */
	TLS_EXT_SCHEMES_CERT = 50,     /* 4.2.3 */
	TLS_EXT_SHARES = 51,           /* 4.2.8 */
	TLS_EXT_RENEGOTIATION = 0xff01 /* RFC 5746 */
};

enum tls_group_id { TLS_P256 = 0x0017, TLS_X25519 = 0x001d };

enum tls_scheme_id { /* RFC 8446 4.2.3 */
		     TLS_RSA_PKCS1_SHA256 = 0x0401,
		     TLS_RSA_PKCS1_SHA384 = 0x0501,
		     TLS_RSA_PKCS1_SHA512 = 0x0601,
		     TLS_ECDSA_P256_SHA256 = 0x0403,
		     TLS_ECDSA_P384_SHA384 = 0x0503,
		     TLS_RSA_PSS_SHA256 = 0x0804,
		     TLS_RSA_PSS_SHA384 = 0x0805,
		     TLS_RSA_PSS_SHA512 = 0x0806
};

enum {
	TLS_PSK_DHE = 1,   /* psk_dhe_ke */
	TLS_SCSV = 0x00ff, /* "I can renegotiate safely", RFC 5746 3.3 */
	TLS_RANDOM = 32,
	TLS_SESSION_ID = 32, /* at most */
	TLS_MESSAGE_HEAD = 4
};

/* What is wrong, the number (RFC 8446 6), our error, words for people: who heard
 * such an alert reads "the other side says: " before them.
 */
/* clang-format off */
#define TLS_ALERTS(X) \
	X(CLOSE_NOTIFY,       0,   ECLOSED, "closed") \
	X(UNEXPECTED_MESSAGE, 10,  EPROTO,  "a message out of turn") \
	X(BAD_RECORD_MAC,     20,  EPROTO,  "a record that is not genuine") \
	X(RECORD_OVERFLOW,    22,  EPROTO,  "a record that is too long") \
	X(HANDSHAKE_FAILURE,  40,  EPROTO,  "no cipher, group or signature in common") \
	X(BAD_CERTIFICATE,    42,  ECERT,   "bad certificate") \
	X(UNSUPPORTED_CERTIFICATE, 43, ECERT, "a certificate of the wrong kind") \
	X(CERTIFICATE_REVOKED, 44, ECERT,   "a certificate that was revoked") \
	X(CERTIFICATE_EXPIRED, 45, ECERT,   "a certificate that has expired") \
	X(CERTIFICATE_UNKNOWN, 46, ECERT,   "certificate not accepted") \
	X(ILLEGAL_PARAMETER,  47,  EPROTO,  "a value that is not allowed") \
	X(UNKNOWN_CA,         48,  ECERT,   "a certificate signed by nobody who is trusted") \
	X(ACCESS_DENIED,      49,  EACCESS, "access denied") \
	X(DECODE_ERROR,       50,  EPROTO,  "a message that is broken") \
	X(DECRYPT_ERROR,      51,  EPROTO,  "a signature or proof that is wrong") \
	X(PROTOCOL_VERSION,   70,  EPROTO,  "no version of TLS in common") \
	X(INSUFFICIENT_SECURITY, 71, EPROTO, "not secure enough") \
	X(INTERNAL_ERROR,     80,  EPROTO,  "internal error") \
	X(INAPPROPRIATE_FALLBACK, 86, EPROTO, "an older version without need") \
	X(USER_CANCELED,      90,  ECLOSED, "cancelled") \
	X(NO_RENEGOTIATION,   100, EPROTO,  "no second handshake") \
	X(MISSING_EXTENSION,  109, EPROTO,  "an extension is missing") \
	X(UNSUPPORTED_EXTENSION, 110, EPROTO, "an extension that was not asked for") \
	X(UNRECOGNIZED_NAME,  112, ECERT,   "no such name here") \
	X(UNKNOWN_PSK,        115, EPROTO,  "an unknown session") \
	X(CERTIFICATE_REQUIRED, 116, ECERT, "a certificate is required") \
	X(NO_APPLICATION_PROTOCOL, 120, EPROTO, "no application protocol in common")
/* clang-format on */

enum tls_alert {
#define X(name, number, err, text) TLS_##name = number,
	TLS_ALERTS(X)
#undef X
};

#endif
