/* tlsopts - the options of TLS, of relays and of clients (whom to believe alone:
 * TLS_BELIEF_OPTS); none in builds without
 * the part `tls`.
 */
#ifndef NAT_CMD_TLSOPTS_H
#define NAT_CMD_TLSOPTS_H

#include "cmd/role.h"

/* clang-format off */
#define TLS_RELAY_OPTS ROWS_OF(NAT_TLS)( \
	{ ROLE_ROW(0, "tls-cert", OPT_TEXT, OPT_LIST, tls.cert, "FILE"), \
	  NULL, 0, 0, \
	  WORDS("Certificate, with its chain, in PEM; clients may come by TLS") }, \
	{ ROLE_ROW(0, "tls-key", OPT_TEXT, OPT_LIST, tls.key, "FILE"), \
	  NULL, 0, 0, WORDS("Its private key, which only the owner can read") }, \
	{ ROLE_ROW(0, "tls-dir", OPT_TEXT, OPT_FIXED, tls.dir, "DIR"), \
	  NULL, 0, 0, WORDS("Keep a key and a certificate here, made at the first start") }, \
	{ ROLE_ROW(0, "listen-tls", OPT_ADDR, OPT_LIST | OPT_FIXED, tls.listen, "ADDR"), \
	  NULL, 0, 0, WORDS("Where clients connect by TLS only; by either at listen") }, \
	{ ROLE_ROW(0, "tls-only", OPT_FLAG, OPT_FIXED, tls.only, NULL), \
	  NULL, 0, 0, WORDS("Serve no client without TLS") }, \
	{ ROLE_ROW(0, "tls-ca", OPT_TEXT, 0, tls.ca, "PATH"), \
	  NULL, 0, 0, \
	  WORDS("Serve only clients with a certificate signed by one of this file or " \
	  "directory") },)
#define TLS_CLIENT_OPTS ROWS_OF(NAT_TLS)( \
	{ ROLE_ROW(0, "transport", OPT_TEXT, OPT_FIXED, tls.transport, "WORD"), \
	  "tcp", 0, 0, WORDS("How the relay is reached: tcp, tls, ws or wss") },) \
	TLS_BELIEF_OPTS
#define TLS_BELIEF_OPTS ROWS_OF(NAT_TLS)( \
	{ ROLE_ROW(0, "ca", OPT_TEXT, 0, tls.ca, "PATH"), \
	  NULL, 0, 0, \
	  WORDS("Believe a relay with a certificate signed by one of this file or " \
	  "directory, if not by the system's") }, \
	{ ROLE_ROW(0, "pin", OPT_TEXT, OPT_LIST, tls.pin, "PIN"), \
	  NULL, 0, 0, \
	  WORDS("Believe the relay with this key, as it or nat keygen prints it") }, \
	{ ROLE_ROW(0, "cert", OPT_TEXT, OPT_LIST, tls.cert, "FILE"), \
	  NULL, 0, 0, WORDS("Certificate to show to a relay that asks for one") }, \
	{ ROLE_ROW(0, "key", OPT_TEXT, OPT_LIST, tls.key, "FILE"), \
	  NULL, 0, 0, WORDS("Its private key, which only the owner can read") }, \
	{ ROLE_ROW(0, "insecure", OPT_FLAG, OPT_FIXED, tls.insecure, NULL), \
	  NULL, 0, 0, WORDS("Believe any relay: whoever is in between can be it") },)
/* clang-format on */

#endif
