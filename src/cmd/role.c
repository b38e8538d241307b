#include "cmd/role.h"
#include "os/host.h"

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
