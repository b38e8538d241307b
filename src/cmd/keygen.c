#include "base/addr.h"
#include "cmd/cmd.h"
#include "cmd/newtoken.h"
#include "crypt/cert.h"
#include "crypt/ct.h"
#include "crypt/pem.h"
#include "os/clock.h"
#include "os/console.h"
#include "os/file.h"
#include "os/rand.h"

enum { DAY = 86400, NAME_MOST = 253, PEM_MOST = 12 * 1024 };

struct keygen_set {
	bool token, cert, help;
	const char *key;
	struct opt_list name, out;
	uint32_t bits, days;
};

/* clang-format off */
#define AT(field) offsetof(struct keygen_set, field)
static const struct opt opts[] = {
	{ 0, "token", OPT_FLAG, OPT_LINE, AT(token), NULL, NULL, 0, 0,
	  WORDS("Make a token for relay and clients") },
	{ 0, "key", OPT_TEXT, OPT_LINE, AT(key), "KIND", NULL, 0, 0,
	  WORDS("Make a private key: p256 or rsa") },
	{ 0, "bits", OPT_UINT, OPT_LINE, AT(bits), "N", "2048", RSA_BITS_LEAST,
	  RSA_BITS_MOST, WORDS("Length of an RSA key, a multiple of 128") },
	{ 0, "cert", OPT_FLAG, OPT_LINE, AT(cert), NULL, NULL, 0, 0,
	  WORDS("Make a certificate too, signed by the key itself") },
	{ 0, "name", OPT_TEXT, OPT_LINE | OPT_LIST, AT(name), "NAME", NULL, 0, 0,
	  WORDS("Host name or address that the certificate is for") },
	{ 0, "days", OPT_UINT, OPT_LINE, AT(days), "N", "3650", 1, 36500,
	  WORDS("How long the certificate is valid") },
	{ 'o', "out", OPT_TEXT, OPT_LINE | OPT_LIST, AT(out), "FILE", NULL, 0, 0,
	  WORDS("Write the key to FILE; the certificate to a second one, if given") },
	CMD_HELP(struct keygen_set),
	OPT_END
};
/* clang-format on */

/* ---- what is wished for ---- */

static bool host_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '*';
}

/* An address becomes its bytes, which stand in *a. */
static bool read_name(struct cert_name *to, struct addr *a, const char *text)
{
	struct bytes b = bytes_of(text);

	if (addr_parse_ip(a, b) == 0) {
		*to = (struct cert_name){ true, { a->ip, 16 } };
		to->b.n = a->family == ADDR_IP4 ? 4 : 16;
		return true;
	}
	*to = (struct cert_name){ false, b };
	for (size_t i = 0; i < b.n; i++)
		if (!host_character(text[i]))
			return false;
	return b.n > 0 && b.n <= NAME_MOST;
}

/* NULL, or what is wrong with the options as a whole. */
static const char *wrong(const struct keygen_set *set)
{
	bool rsa = set->key && !strcmp(set->key, "rsa");

	if (!set->key)
		return "what shall it make? add --token or --key p256";
	if (!rsa && strcmp(set->key, "p256") != 0)
		return "--key: one of p256, rsa";
	if (set->token)
		return "--token or --key, one at a time";
	if (set->bits % 128)
		return "--bits: a multiple of 128";
	if (set->out.n < 1 || set->out.n > 1 + (unsigned)set->cert)
		return set->cert ? "add -o FILE, or two: key and certificate"
				 : "add -o FILE, once";
	return set->name.n && !set->cert ? "--name is of use with --cert only"
					 : NULL;
}

/* ---- making ---- */

static struct bytes make_cert(struct key *k, const struct keygen_set *set,
			      struct span room, struct diag *d)
{
	struct cert_name names[OPT_LIST_MAX];
	struct addr addrs[OPT_LIST_MAX];
	struct cert_wish wish = { .common = BYTES("nat"), .names = names };

	for (size_t i = 0; i < set->name.n; i++)
		if (!read_name(&names[i], &addrs[i], set->name.v[i])) {
			diag_put(d, "--name: %s: no host name, no address",
				 set->name.v[i]);
			return (struct bytes){ room.p, 0 };
		}
	wish.count = set->name.n;
	if (wish.count && strlen(set->name.v[0]) <= CERT_NAME_MOST)
		wish.common = bytes_of(set->name.v[0]);
	/* From yesterday: others' clocks may be slow. */
	wish.from = clock_unix() - DAY;
	wish.until = wish.from + (int64_t)(set->days + 1) * DAY;
	return cert_make(room, k, &wish, rand_fill);
}

/* What was made, as text. */
struct texts {
	struct fmt key, cert; /* both may be in the first */
};

static void print_pin(const struct key *k)
{
	uint8_t spki[KEY_SPKI_MOST];
	struct der_out o = der_out(SPAN(spki));
	char line[64];
	struct fmt f = fmt_to(SPAN(line));

	key_put_spki(&o, k);
	spki_pin(&f, der_written(&o));
	fmt_put(&f, "\n");
	console_out(fmt_done(&f));
}

/* What a peer of nat peer is called by. */
static void print_id(const struct key *k)
{
	uint8_t spki[KEY_SPKI_MOST], id[SHA256_SIZE];
	struct der_out o = der_out(SPAN(spki));
	char line[80];
	struct fmt f = fmt_to(SPAN(line));
	struct hash h;

	if (!k->rsa)
		return;
	key_put_spki(&o, k);
	hash_init(&h, &hash_sha256);
	hash_add(&h, der_written(&o));
	hash_end(&h, id);
	fmt_put(&f, "id ");
	fmt_hex(&f, (struct bytes){ id, sizeof id });
	fmt_put(&f, "\n");
	console_out(fmt_done(&f));
}

static int store(struct diag *d, const struct keygen_set *set,
		 const struct texts *t)
{
	const char *path = set->out.v[0];
	int rc = file_write_secret(path, fmt_done(&t->key));

	if (rc == 0 && set->out.n > 1) {
		path = set->out.v[1];
		rc = file_write(path, fmt_done(&t->cert));
	}
	if (rc < 0)
		diag_put(d, "%s: %s", path, err_text(rc));
	return rc;
}

static int make(const struct keygen_set *set, struct key *k, struct texts *t,
		struct diag *d)
{
	uint8_t room[CERT_MOST];
	struct der_out o = der_out(SPAN(room));
	struct bytes cert;

	if (!strcmp(set->key, "rsa"))
		key_make_rsa(k, set->bits, rand_fill);
	else
		key_make_p256(k, rand_fill);
	key_put(&o, k);
	pem_put(&t->key, "PRIVATE KEY", der_written(&o));
	ct_wipe(room, sizeof room);
	if (!set->cert)
		return 0;
	cert = make_cert(k, set, SPAN(room), d);
	if (cert.n == 0)
		return -NAT_EUSAGE;
	pem_put(set->out.n > 1 ? &t->cert : &t->key, "CERTIFICATE", cert);
	return 0;
}

static int make_key(const struct keygen_set *set, struct diag *d)
{
	char key_text[PEM_MOST], cert_text[PEM_MOST];
	struct texts t = { fmt_to(SPAN(key_text)), fmt_to(SPAN(cert_text)) };
	struct key k;
	int rc = make(set, &k, &t, d);

	if (rc == 0)
		rc = store(d, set, &t);
	if (rc == 0) {
		print_pin(&k);
		print_id(&k);
	}
	ct_wipe(&k, sizeof k);
	ct_wipe(key_text, sizeof key_text);
	return err_exit(rc);
}

static int run(int argc, char **argv)
{
	struct keygen_set set = { .token = false };
	struct diag d = cmd_diag(&cmd_keygen);
	int at = cmd_args(&cmd_keygen, &set, argc, argv);
	const char *why;

	if (at < 0)
		return err_exit(at);
	if (set.help)
		return cmd_show_help(&cmd_keygen);
	if (at < argc)
		return cmd_no_arguments(&cmd_keygen, argv[at]);
	if (set.token && !set.key)
		return newtoken_print();
	why = wrong(&set);
	if (!why)
		return make_key(&set, &d);
	diag_put(&d, "%s", why);
	return cmd_usage(&cmd_keygen);
}

static const char about[] = WORDS(
	"A token is 128 random bits as 32 hex digits on stdout. The same\n"
	"token stands in the --token-file of the relay and of its clients.\n"
	"\n"
	"A key is written in PEM (PKCS #8), mode 0600, and with --cert a\n"
	"certificate for it, to the same FILE or to one of its own. On stdout\n"
	"is its pin, the SHA-256 of the public key in base64: who knows that\n"
	"needs nobody else to vouch for the certificate. Of an RSA key a "
	"second\n"
	"line is its id, by which nat peer knows it.");

static const char *const examples[] = {
	"nat keygen --token",
	"(umask 077; nat keygen --token > token)",
	"nat keygen --key p256 --cert --name relay.example.net -o key.pem -o "
	"cert.pem",
	NULL,
};

const struct cmd cmd_keygen = {
	.name = "keygen",
	.group = "Inspect",
	.what = "Makes secrets that cannot be guessed",
	.about = about,
	.usage =
		"[--token] [--key KIND] [--cert] [--name NAME]... [-o FILE]...",
	.opts = opts,
	.run = run,
	.examples = examples,
};
