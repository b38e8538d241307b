/* identity - who the client says it is: its name, and the token that proves it.
 */
#ifndef NAT_APP_CLIENT_IDENTITY_H
#define NAT_APP_CLIENT_IDENTITY_H

#include "app/client/client.h"
#include "wire/token.h"

struct identity {
	size_t name_n, token_n;
	uint8_t name[FASTNAT_NAME];
	uint8_t token[TOKEN_MAX];        /* none: empty */
	uint8_t instance[FASTNAT_NONCE]; /* of this process, hex digits */
};

/* From the settings; a name that is made is kept in the file "name" of state_dir
 * (NULL: nowhere) and found there the next time. 0, or an error, what is wrong
 * said through d.
 */
MUST_USE int identity_init(struct identity *id, const struct client_conf *conf,
			   const char *state_dir, struct diag *d);
/* The token alone, once more. */
MUST_USE int identity_prove(struct identity *id, const struct client_conf *conf,
			    struct diag *d);
void identity_wipe(struct identity *id);

static inline struct bytes identity_name(const struct identity *id)
{
	return (struct bytes){ id->name, id->name_n };
}

static inline struct bytes identity_token(const struct identity *id)
{
	return (struct bytes){ id->token, id->token_n };
}

#endif
