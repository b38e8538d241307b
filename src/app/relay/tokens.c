#include "app/relay/tokens.h"
#include "crypt/ct.h"
#include "crypt/hash.h"
#include "os/file.h"
#include "os/mem.h"
#include "os/rand.h"

enum { MADE_BYTES = 16, PATH_LENGTH = 1024, SHOWN = 40 };

static struct span text_of(const struct tokens *t)
{
	return (struct span){ (uint8_t *)&t->lines[TOKENS_MOST], TOKENS_TEXT };
}

/* False: said. */
static bool check_line(const struct token_line *l, bool weak, struct diag *d)
{
	const char *why = token_fault(l->token, weak);

	if (l->name.n && !fastnat_is_name(l->name))
		diag_put(d, "a name is 1 to 64 of A-Z a-z 0-9 . _ -");
	else if (why)
		diag_put(d, "%s", why);
	else if (l->fault)
		diag_put(d, "%.*s%s%s", (int)min_size(l->word.n, SHOWN),
			 (const char *)l->word.p, l->word.n ? ": " : "",
			 l->fault);
	else
		return true;
	return false;
}

/* All lines are looked at, so that all that is wrong is said at once. */
static int read_lines(struct tokens *t, struct bytes text, bool weak,
		      struct diag *d)
{
	struct token_file f;
	struct token_line l;
	unsigned before = d->count;

	token_file_init(&f, text);
	while (token_file_next(&f, &l)) {
		d->line = l.number;
		if (!check_line(&l, weak, d))
			continue;
		if (t->n == TOKENS_MOST)
			diag_put(d, "more than %d tokens", TOKENS_MOST);
		else
			t->lines[t->n++] = l;
	}
	d->line = 0;
	if (t->n == 0 && d->count == before)
		diag_put(d, "no token in it: make one by nat keygen --token");
	return d->count == before ? 0 : -NAT_ECONF;
}

static const char *read_fault(long err)
{
	if (err == -NAT_EINVAL)
		return "others can read it: chmod 600 it";
	if (err == -NAT_EROOM)
		return "larger than 64K";
	return err_text((int)err);
}

static int load_file(struct tokens *t, const char *path, bool weak,
		     struct diag *d)
{
	struct span text = text_of(t);
	struct diag outer = *d;
	long n = file_read_secret(path, text);
	int rc;

	if (n < 0) {
		diag_put(d, "token file %s: %s", path, read_fault(n));
		return (int)n;
	}
	d->where = path;
	rc = read_lines(t, (struct bytes){ text.p, (size_t)n }, weak, d);
	d->where = outer.where;
	d->line = outer.line;
	return rc;
}

static int load_text(struct tokens *t, const char *token, bool weak,
		     struct diag *d)
{
	const char *why = token_fault(bytes_of(token), weak);

	if (why) {
		diag_put(d, "token: %s", why);
		return -NAT_ECONF;
	}
	t->lines[t->n++] = (struct token_line){ .token = bytes_of(token) };
	return 0;
}

#define WAYS_OUT "give --state-dir DIR, --token-file FILE or --open"

static int make(const char *path, struct diag *d)
{
	uint8_t secret[MADE_BYTES], text[2 * MADE_BYTES + 1];
	struct fmt f = fmt_to(SPAN(text));
	int rc;

	rand_fill(SPAN(secret));
	fmt_hex(&f, (struct bytes){ secret, sizeof secret });
	fmt_put(&f, "\n");
	rc = file_write_secret(path, fmt_done(&f));
	if (rc < 0)
		diag_put(d, "cannot keep a token in %s: %s; " WAYS_OUT, path,
			 err_text(rc));
	ct_wipe(secret, sizeof secret);
	ct_wipe(text, sizeof text);
	return rc;
}

static int load_own(struct tokens *t, const char *dir, struct diag *d)
{
	char path[PATH_LENGTH];
	struct fmt f = fmt_to(SPAN(path));
	int rc;

	if (!dir) {
		diag_put(d, "nowhere to keep a token: " WAYS_OUT);
		return -NAT_EACCESS;
	}
	fmt_put(&f, "%s/token", dir);
	fmt_text(&f);
	if (!file_exists(path)) {
		rc = make(path, d);
		if (rc < 0)
			return rc;
		t->made = true;
	}
	return load_file(t, path, false, d);
}

int tokens_load(struct tokens *t, const struct relay_conf *conf,
		const char *state_dir, struct diag *d)
{
	size_t table = TOKENS_MOST * sizeof(struct token_line);

	*t = (struct tokens){ .memory = mem_reserve(table + TOKENS_TEXT),
			      .open = conf->open };
	if (!t->memory.p) {
		diag_put(d, "%s", err_text(-NAT_EMEMORY));
		return -NAT_EMEMORY;
	}
	t->lines = (struct token_line *)(void *)t->memory.p;
	if (conf->token)
		return load_text(t, conf->token, conf->weak_token, d);
	if (conf->token_file)
		return load_file(t, conf->token_file, conf->weak_token, d);
	return conf->open ? 0 : load_own(t, state_dir, d);
}

void tokens_unload(struct tokens *t)
{
	if (!t->memory.p)
		return;
	ct_wipe(text_of(t).p, TOKENS_TEXT);
	mem_release(t->memory);
	t->memory.p = NULL;
}

/* Shared tokens have no name; the empty token is as empty. */
static const struct bytes no_name = { (const uint8_t *)"", 0 };
static const struct token_rights no_limits;

static bool proves(struct fastnat_login *login, struct bytes token,
		   struct bytes proof)
{
	uint8_t right[FASTNAT_MAC];

	login->token = token;
	fastnat_proof(right, login, FASTNAT_CLIENT);
	return ct_equal((struct bytes){ right, sizeof right }, proof);
}

/* One of the tokens whose name is this one, or NULL. any: there are some. */
static const struct token_line *find(const struct tokens *t, struct bytes name,
				     struct fastnat_login *login,
				     struct bytes proof, bool *any)
{
	for (uint32_t i = 0; i < t->n; i++) {
		if (!bytes_equal(t->lines[i].name, name))
			continue;
		*any = true;
		if (proves(login, t->lines[i].token, proof))
			return &t->lines[i];
	}
	return NULL;
}

bool tokens_prove(const struct tokens *t, struct fastnat_login *login,
		  struct bytes proof, struct tokens_proven *by)
{
	const struct token_line *line;
	bool any = false;

	line = find(t, login->name, login, proof, &any);
	*by = (struct tokens_proven){ line != NULL, &no_limits };
	if (!any)
		line = find(t, no_name, login, proof, &any);
	else if (!line)
		return false;
	if (line)
		by->rights = &line->rights;
	return line || (t->open && proves(login, no_name, proof));
}

bool tokens_let_visit(const struct tokens *t, struct bytes name,
		      const struct target *to)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (bytes_equal(t->lines[i].name, name) &&
		    targets_have(t->lines[i].visit, to))
			return true;
	return false;
}

bool tokens_let_group(const struct tokens *t, struct bytes name,
		      struct bytes word)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (bytes_equal(t->lines[i].name, name) &&
		    token_gives_group(&t->lines[i], word))
			return true;
	return false;
}

struct bytes tokens_first(const struct tokens *t)
{
	return t->lines[0].token;
}

void token_tag(uint8_t to[TOKEN_TAG], struct bytes token)
{
	uint8_t hash[SHA256_SIZE];
	struct hash s;

	hash_init(&s, &hash_sha256);
	hash_add(&s, token);
	hash_end(&s, hash);
	memcpy(to, hash, TOKEN_TAG);
	ct_wipe(hash, sizeof hash);
}

/* Among the tokens of that name, or NULL; any: there are some. */
static const struct token_line *find_tag(const struct tokens *t,
					 struct bytes name,
					 const uint8_t tag[TOKEN_TAG],
					 bool *any)
{
	uint8_t its[TOKEN_TAG];

	for (uint32_t i = 0; i < t->n; i++) {
		if (!bytes_equal(t->lines[i].name, name))
			continue;
		*any = true;
		token_tag(its, t->lines[i].token);
		if (memcmp(its, tag, TOKEN_TAG) == 0)
			return &t->lines[i];
	}
	return NULL;
}

const struct token_rights *tokens_know(const struct tokens *t,
				       struct bytes name,
				       const uint8_t tag[TOKEN_TAG])
{
	const struct token_line *line;
	uint8_t empty[TOKEN_TAG];
	bool any = false;

	line = find_tag(t, name, tag, &any);
	if (!any)
		line = find_tag(t, no_name, tag, &any);
	else if (!line)
		return NULL;
	if (line)
		return &line->rights;
	token_tag(empty, no_name);
	return t->open && memcmp(empty, tag, TOKEN_TAG) == 0 ? &no_limits
							     : NULL;
}
