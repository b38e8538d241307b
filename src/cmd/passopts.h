/* passopts - the options of a natpass client, beside those of TLS; none in builds
 * without the part `natpass`. The settings have a struct pass_set called pass.
 */
#ifndef NAT_CMD_PASSOPTS_H
#define NAT_CMD_PASSOPTS_H

#include "app/natpass/agent.h"
#include "cmd/role.h"
#include "os/keeper.h"

/* PASS_KNOWN: is there one in this build? */
enum { PASS_SECRET = 128, PASS_KNOWN = ROWS_OF(NAT_NATPASS)(1 +) 0 };

struct pass_set {
	struct agent_conf conf;
	struct agent *agent;
	const char *shell_user; /* NULL: --user, or who we are */
	struct keeper keeper;
	char secret[PASS_SECRET + 1]; /* conf's, which argv has no more */
};

/* Of a client section; what runs of a relay's, NULL: nothing does. */
struct pass_set *client_pass(void *settings);
struct natpass_server *relay_natpass(void *settings);
struct agent *forward_agent(void *settings);

/* Makes conf whole; says what is wrong with it. */
static inline void pass_fit(struct pass_set *set, const struct common *common,
			    struct diag *d)
{
	struct agent_conf *conf = &set->conf;
	size_t n = PASS_KNOWN && conf->secret ? strlen(conf->secret) + 1 : 0;

	if (!PASS_KNOWN)
		return;
	conf->secure = common->tls;
	conf->memory = common->max_memory;
	agent_fit(conf, d);
	if (n > sizeof set->secret)
		diag_option(d, "secret", "is longer than 128 bytes");
	else if (n > 0)
		conf->secret = memcpy(set->secret, conf->secret, n);
}

/* Whom to believe is natpass's, if a relay is reached without TLS. */
static inline void pass_share(struct secure_conf *tls,
			      const struct pass_set *set)
{
	if (!PASS_KNOWN || !set->conf.tls || secure_wanted(tls, SECURE_CLIENT))
		return;
	*tls = (struct secure_conf){ .transport = tls->transport };
}

/* clang-format off */
#define PASS_ROW(set, letter, name, type, flags, field, arg) \
	letter, name, type, flags, offsetof(set, pass.conf.field), arg
#define PASS_LOGIN_OPTS(set) ROWS_OF(NAT_NATPASS)( \
	{ PASS_ROW(set, 0, "natpass", OPT_ADDR, OPT_FIXED | OPT_HOST, server, "ADDR"), \
	  NULL, 0, 0, WORDS("Log in at this natpass server, port 6154 if not said") }, \
	{ PASS_ROW(set, 0, "id", OPT_TEXT, OPT_FIXED, id, "ID"), \
	  NULL, 0, 0, WORDS("What this client is called there, if not HOST-xxxxxx") }, \
	{ PASS_ROW(set, 0, "secret", OPT_TEXT, OPT_SECRET, secret, "TEXT"), \
	  NULL, 0, 0, WORDS("What all clients of the server know") }, \
	{ PASS_ROW(set, 0, "secret-file", OPT_TEXT, 0, secret_file, "FILE"), \
	  NULL, 0, 0, WORDS("Read it from a file that only the owner can read") }, \
	{ PASS_ROW(set, 0, "tls", OPT_FLAG, OPT_FIXED, tls, NULL), \
	  NULL, 0, 0, WORDS("Reach the natpass server by TLS") }, \
	{ PASS_ROW(set, 0, "md5", OPT_FLAG, OPT_FIXED, md5, NULL), \
	  NULL, 0, 0, WORDS("The server is of natpass before 0.11: without TLS, who " \
	  "listens in can log in for ever") },)
#define PASS_SHELL_OPTS(set) ROWS_OF(NAT_SHELL)( \
	{ 0, "shell-user", OPT_TEXT, OPT_FIXED, offsetof(set, pass.shell_user), "NAME", \
	  NULL, 0, 0, WORDS("As whom shells run that are allowed, if not as --user") }, \
	{ PASS_ROW(set, 0, "max-shells", OPT_UINT, 0, max_shells, "N"), "16", 1, 65535, \
	  WORDS("Most of them at once") },)
#define PASS_CLIENT_OPTS(set) PASS_LOGIN_OPTS(set) ROWS_OF(NAT_NATPASS)( \
	{ PASS_ROW(set, 0, "allow", OPT_TEXT, OPT_LIST, allow, "WHAT"), \
	  NULL, 0, 0, WORDS("What others may ask for, parted by commas: tcp:HOST:PORT, " \
	  "udp:HOST:LO-HI, shell, bench; nothing if not said") }, \
	{ PASS_ROW(set, 0, "forward", OPT_TEXT, OPT_LIST | OPT_FIXED, forward, "RULE"), \
	  NULL, 0, 0, WORDS("Listen, and reach HOST:PORT through another client: " \
	  "[udp:][ADDR:]PORT:ID:HOST:PORT") }, \
	{ PASS_ROW(set, 0, "max-links", OPT_UINT, OPT_FIXED, max_links, "N"), \
	  "1024", 1, 65535, WORDS("Most links of natpass at once") }, \
	{ PASS_ROW(set, 0, "link-idle", OPT_MS, 0, udp_idle, "TIME"), \
	  "60s", 1000, 86400000, \
	  WORDS("How long a silent link of UDP is remembered") },)
/* clang-format on */

#endif
