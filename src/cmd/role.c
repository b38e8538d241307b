#include "cmd/role.h"
#include "os/host.h"

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
