#include "cmd/role.h"
#include "cmd/cmd.h"
#include "os/host.h"

/* clang-format off */
const struct opt role_opts[] = {
	{ ROLE_ROW('v', "verbose", OPT_COUNT, 0, verbose, NULL),
	  "0", 0, 9, WORDS("Log what is for debugging too") },
	{ ROLE_ROW(0, "log", OPT_TEXT, OPT_FIXED, log, "FILE"),
	  NULL, 0, 0, WORDS("Append the log to this file, or: syslog, syslog:PATH") },
	{ ROLE_ROW(0, "log-time", OPT_FLAG, OPT_FIXED, log_time, NULL),
	  NULL, 0, 0, WORDS("Begin each line of the log with the time") },
	{ ROLE_ROW(0, "state-dir", OPT_TEXT, OPT_FIXED, state_dir, "DIR"),
	  NULL, 0, 0, WORDS("Keep here what must survive a restart") },
	{ ROLE_ROW(0, "drain", OPT_MS, 0, drain, "TIME"),
	  "5s", 0, 86400000,
	  WORDS("At SIGTERM, how long those being served may go on") },
	{ ROLE_ROW(0, "user", OPT_TEXT, OPT_FIXED, user, "NAME[:GROUP]"),
	  NULL, 0, 0, WORDS("Be this user once the ports are open") },
	{ ROLE_ROW(0, "resolv-conf", OPT_TEXT, OPT_FIXED, resolv_conf, "FILE"),
	  NULL, 0, 0, WORDS("Name servers, if not /etc/resolv.conf's") },
	{ ROLE_ROW(0, "no-sandbox", OPT_FLAG, OPT_FIXED, no_sandbox, NULL),
	  NULL, 0, 0, WORDS("Keep the rights that serving does not need") },
	{ ROLE_ROW(0, "admin", OPT_TEXT, OPT_FIXED, admin, "PATH"),
	  NULL, 0, 0, WORDS("Answer nat status on this unix socket") },
	{ ROLE_ROW(0, "metrics", OPT_ADDR, OPT_FIXED, metrics, "ADDR"),
	  NULL, 0, 0, WORDS("Serve metrics and a status page; of loopback if only a port") },
	CMD_HELP(struct common),
	OPT_END
};
/* clang-format on */

uint32_t role_lower(const struct role *role, void *set, uint32_t most)
{
	void *at = (char *)set + role->max_visitors;
	uint32_t *visitors = at, was = *visitors;

	if (was <= most)
		return 0;
	*visitors = most;
	return was;
}

void role_take_env(struct common *c, struct diag *d)
{
	const char *token = host_env("NAT_TOKEN"), *why;

	if (!token || c->token || c->token_file)
		return;
	why = token_fault(bytes_of(token), c->weak_token);
	if (why)
		diag_put(d, "NAT_TOKEN: %s", why);
	else
		c->token = token;
	c->token_of_env = c->token;
}

void role_fit_token(struct common *c, struct diag *d)
{
	const char *why;

	if (!c->token)
		return;
	if (c->token_file)
		diag_option(d, "token",
			    "stands beside a token file: leave one");
	why = token_fault(bytes_of(c->token), c->weak_token);
	if (why) {
		diag_option(d, "token", why);
		return;
	}
	memcpy(c->token_text, c->token, strlen(c->token) + 1);
	c->token = c->token_text;
}
