#include "app/client/identity.h"
#include "base/cur.h"
#include "crypt/ct.h"
#include "crypt/hash.h"
#include "os/file.h"
#include "os/host.h"
#include "os/rand.h"

enum { TOKEN_FILE = 16 * 1024, SUFFIX = 7 /* "-xxxxxx" */, PATH_LENGTH = 1024 };

/* Six digits that no other machine has: every router is called OpenWrt. */
static void print_suffix(struct fmt *f)
{
	uint8_t text[256], hash[SHA256_SIZE];
	struct fmt machine = fmt_to(SPAN(text));
	struct hash sha;

	host_identity(&machine);
	hash_init(&sha, &hash_sha256);
	hash_add(&sha, fmt_done(&machine));
	hash_end(&sha, hash);
	if (machine.n == 0)
		rand_fill(SPAN(hash));
	fmt_put(f, "-");
	fmt_hex(f, (struct bytes){ hash, (SUFFIX - 1) / 2 });
}

static void make_name(struct identity *id)
{
	uint8_t text[256];
	struct fmt host = fmt_to(SPAN(text)), f = fmt_to(SPAN(id->name));

	host_name(&host);
	host.n = min_size(host.n, FASTNAT_NAME - SUFFIX);
	for (size_t i = 0; i < host.n; i++) {
		struct bytes c = { text + i, 1 };

		fmt_bytes(&f, fastnat_is_name(c) ? c : BYTES("-"));
	}
	print_suffix(&f);
	id->name_n = f.n;
}

/* What cannot be kept is made anew the next time: state.c says so. */
static void keep_name(const char *path, struct bytes name)
{
	uint8_t text[FASTNAT_NAME + 1];
	struct fmt f = fmt_to(SPAN(text));
	int rc;

	fmt_bytes(&f, name);
	fmt_put(&f, "\n");
	rc = file_write_secret(path, fmt_done(&f));
	(void)rc;
}

/* The name that was made once, of a host that may have been called otherwise. */
static void find_name(struct identity *id, const char *state_dir)
{
	char path[PATH_LENGTH];
	struct fmt f = fmt_to(SPAN(path));
	uint8_t text[FASTNAT_NAME + 1];
	struct cur c;
	struct bytes kept;
	long n = -NAT_ENOENT;

	if (state_dir) {
		fmt_put(&f, "%s/name", state_dir);
		n = file_read(fmt_text(&f), SPAN(text));
	}
	c = cur_of((struct bytes){ text, n < 0 ? 0 : (size_t)n });
	kept = cur_until(&c, '\n');
	if (fastnat_is_name(kept)) {
		memcpy(id->name, kept.p, kept.n);
		id->name_n = kept.n;
		return;
	}
	make_name(id);
	if (n == -NAT_ENOENT && state_dir)
		keep_name(path, identity_name(id));
}

static int read_name(struct identity *id, const char *name,
		     const char *state_dir, struct diag *d)
{
	struct bytes given;

	if (!name) {
		find_name(id, state_dir);
		return 0;
	}
	given = bytes_of(name);
	if (!fastnat_is_name(given)) {
		diag_put(d, "name: %s is not 1 to 64 of A-Z a-z 0-9 . _ -",
			 name);
		return -NAT_ECONF;
	}
	memcpy(id->name, given.p, given.n);
	id->name_n = given.n;
	return 0;
}

static int take_token(struct identity *id, struct bytes token, bool weak,
		      struct diag *d)
{
	const char *fault = token_fault(token, weak);

	if (fault) {
		diag_put(d, "token: %s", fault);
		return -NAT_ECONF;
	}
	memcpy(id->token, token.p, token.n);
	id->token_n = token.n;
	return 0;
}

/* The token of our name, else the first for any name; p NULL: neither. */
static struct bytes find_token(struct bytes text, struct bytes name)
{
	struct bytes any = { NULL, 0 };
	struct token_file file;
	struct token_line line;

	token_file_init(&file, text);
	while (token_file_next(&file, &line)) {
		if (line.name.n > 0 && bytes_equal(line.name, name))
			return line.token;
		if (line.name.n == 0 && !any.p)
			any = line.token;
	}
	return any;
}

static int read_token_file(struct identity *id, const struct client_conf *conf,
			   struct diag *d)
{
	uint8_t text[TOKEN_FILE];
	long n = file_read_secret(conf->token_file, SPAN(text));
	struct bytes token;
	int err = n < 0 ? (int)n : -NAT_ECONF;

	if (n == -NAT_EINVAL) {
		diag_put(d, "token_file: others can read it: chmod 600 %s",
			 conf->token_file);
	} else if (n < 0) {
		diag_put(d, "token_file: %s: %s", conf->token_file,
			 err_text((int)n));
	} else {
		token = find_token((struct bytes){ text, (size_t)n },
				   identity_name(id));
		if (token.p)
			err = take_token(id, token, conf->weak_token, d);
		else
			diag_put(d,
				 "token_file: %s: no token for the name "
				 "%.*s",
				 conf->token_file, (int)id->name_n,
				 (const char *)id->name);
	}
	ct_wipe(text, sizeof text);
	return err;
}

int identity_init(struct identity *id, const struct client_conf *conf,
		  const char *state_dir, struct diag *d)
{
	uint8_t random[FASTNAT_NONCE / 2];
	struct fmt f = fmt_to(SPAN(id->instance));
	int err = read_name(id, conf->name, state_dir, d);

	rand_fill(SPAN(random));
	fmt_hex(&f, (struct bytes){ random, sizeof random });
	return err < 0 ? err : identity_prove(id, conf, d);
}

int identity_prove(struct identity *id, const struct client_conf *conf,
		   struct diag *d)
{
	id->token_n = 0;
	if (conf->plain)
		return 0;
	if (conf->token)
		return take_token(id, bytes_of(conf->token), conf->weak_token,
				  d);
	return conf->token_file ? read_token_file(id, conf, d) : 0;
}

void identity_wipe(struct identity *id)
{
	ct_wipe(id, sizeof *id);
}
