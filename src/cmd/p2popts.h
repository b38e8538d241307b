/* p2popts - what the commands host and join share: settings, options, the role. */
#ifndef NAT_CMD_P2POPTS_H
#define NAT_CMD_P2POPTS_H

#include "app/p2p/p2p.h"
#include "cmd/pathopts.h"
#include "cmd/serve.h"

struct p2p_set {
	struct common common; /* first */
	struct p2p_conf conf;
	struct host *host;
	struct join *join;
	char secret[TOKEN_MAX + 1]; /* conf's, which argv has no more */
};

/* clang-format off */
#define P2P_AT(field) offsetof(struct p2p_set, conf.field)
#define P2P_SIGNAL_OPTS \
	{ 's', "signal", OPT_TEXT, OPT_FIXED, P2P_AT(signal), "URL", \
	  "ws://127.0.0.1:8080", 0, 0, WORDS("Signalling server") }, \
	{ 'i', "id", OPT_TEXT, OPT_FIXED, P2P_AT(id), "ID", NULL, \
	  0, 0, WORDS("The host's name there") }, \
	ROLE_TOKEN_OPTS, \
	{ ROLE_ROW(0, "tls-ca", OPT_TEXT, OPT_FIXED, tls.ca, "PATH"), \
	  NULL, 0, 0, WORDS("Believe a signalling server of wss:// with a certificate " \
	  "signed by one of this file or directory, if not by the system's") }, \
	{ ROLE_ROW(0, "tls-pin", OPT_TEXT, OPT_LIST | OPT_FIXED, tls.pin, "PIN"), \
	  NULL, 0, 0, WORDS("Believe the one with this key, as it or nat keygen prints it") }, \
	{ 0, "secret", OPT_TEXT, OPT_SECRET | OPT_FIXED, P2P_AT(secret), "TEXT", NULL, \
	  0, 0, WORDS("What host and join prove to each other, whoever carries their " \
	  "messages") }, \
	{ ROLE_ROW(0, "secret-file", OPT_TEXT, OPT_FIXED, secret_file, "FILE"), \
	  NULL, 0, 0, WORDS("Read it from a file that only the owner can read; a host's has " \
	  "one a line, or ID:SECRET for one join") }
/* one, what: of the option for a single service */
#define P2P_SERVICE_OPTS(one_, what) \
	{ 0, "service", OPT_TEXT, OPT_LIST | OPT_FIXED, P2P_AT(service), "SERVICE", NULL, \
	  0, 0, WORDS("As if SERVICE were given, for config files") }, \
	{ 0, one_, OPT_TEXT, OPT_FIXED, P2P_AT(one), "ADDR", NULL, 0, 0, what }, \
	{ 0, "protocol", OPT_TEXT, OPT_FIXED, P2P_AT(protocol), "WORD", "tcp", \
	  0, 0, WORDS("Of that one: tcp or udp") }
#define P2P_LIMIT_OPTS \
	{ 0, "max-links", OPT_UINT, OPT_FIXED, P2P_AT(max_links), "N", "1024", \
	  1, 65535, WORDS("Most connections at once, and as many senders of UDP") }, \
	{ 0, "udp-idle", OPT_MS, 0, P2P_AT(udp_idle), "TIME", "60s", \
	  1000, 86400000, WORDS("How long a silent sender of UDP is remembered") }, \
	PATH_OPTS(struct p2p_set), \
	ROLE_MEMORY_OPTS("64M"), \
	ROLE_CONFIG_OPT("Read settings from this file"), \
	ROLE_OPTS
/* clang-format on */

/* As a struct role has them. */
int p2p_arguments(void *settings, int argc, char **argv, struct diag *d);
size_t p2p_descriptors(const void *settings);
/* What fit does of both. */
void p2p_make_fit(struct p2p_set *set, enum p2p_side side, struct diag *d);

#endif
