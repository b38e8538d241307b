/* tokens - what clients must know to log in. */
#ifndef NAT_APP_RELAY_TOKENS_H
#define NAT_APP_RELAY_TOKENS_H

#include "app/relay/relay.h"
#include "wire/fastnat.h"
#include "wire/target.h"
#include "wire/token.h"

enum {
	TOKENS_TEXT = 64 * 1024, /* most bytes of a token file */
	TOKENS_MOST = 4096       /* most tokens in it */
};

struct tokens {             /* fields are private to tokens.c but for made */
	struct span memory; /* the lines, and behind them the text */
	struct token_line *lines;
	uint32_t n;
	bool open; /* the empty token counts as one */
	bool made; /* the only token was made just now */
};

/* From --token, --token-file, or the file "token" in state_dir, which is made
 * when there is none and the relay is not open. state_dir NULL: there is none.
 * Complaints go to d.
 */
MUST_USE int tokens_load(struct tokens *t, const struct relay_conf *conf,
			 const char *state_dir, struct diag *d);
void tokens_unload(struct tokens *t);

struct tokens_proven {
	bool own;                          /* by a token of this name alone */
	const struct token_rights *rights; /* lent as long as the tokens are */
};

/* Does proof prove one of the tokens for login->name? Then login->token is that
 * one, lent, and *by says more of it. A name that has tokens of its own is proven
 * by those alone.
 */
bool tokens_prove(const struct tokens *t, struct fastnat_login *login,
		  struct bytes proof, struct tokens_proven *by);

/* Which token it is, without giving it away: of SHA-256. */
enum { TOKEN_TAG = 8 };
void token_tag(uint8_t to[TOKEN_TAG], struct bytes token);

/* What a login of that name by the token of that tag would have now; NULL: it
 * would not be good.
 */
const struct token_rights *tokens_know(const struct tokens *t,
				       struct bytes name,
				       const uint8_t tag[TOKEN_TAG]);

/* Do the lines of that name, which was proven by one of them, let it visit? */
bool tokens_let_visit(const struct tokens *t, struct bytes name,
		      const struct target *to);

/* The same for publishing in that group (group.c has it). */
bool tokens_let_group(const struct tokens *t, struct bytes name,
		      struct bytes word);

/* The token to show when it was made just now. */
struct bytes tokens_first(const struct tokens *t);

#endif
