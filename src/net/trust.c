#include "net/trust.h"
#include "os/file.h"
#include "os/listing.h"

enum { HASH = 8 }; /* digits, of which a dot and a number follow */

static int no(struct trust *t, const char *path, const char *why)
{
	diag_put(t->d, "%s: %s", path, why);
	return -NAT_ECONF;
}

static int no_file(struct trust *t, const char *path, long err)
{
	return no(t, path,
		  err == -NAT_EROOM ? "has more than this program reads"
				    : err_text((int)err));
}

int trust_file(struct trust *t, const char *path)
{
	struct x509_store *s = t->store;
	size_t before = s->n + s->again;
	long n = file_read(path, t->text);

	if (n >= 0)
		n = x509_store_add(s, (struct bytes){ t->text.p, (size_t)n });
	if (n < 0)
		return no_file(t, path, n);
	return s->n + s->again > before
		       ? 0
		       : no(t, path, "has no certificate in it");
}

static bool ends(const char *name, const char *end)
{
	size_t n = strlen(name), of = strlen(end);

	return n > of && strcmp(name + n - of, end) == 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool by_hash(const char *name)
{
	size_t n = 0;

	while (is_digit(name[n]) || (name[n] >= 'a' && name[n] <= 'f'))
		n++;
	if (n != HASH || name[n++] != '.' || !is_digit(name[n]))
		return false;
	while (is_digit(name[n]))
		n++;
	return name[n] == '\0';
}

static int add_named(struct trust *t, const char *dir, const char *name)
{
	char path[TRUST_PATH];
	struct fmt f = fmt_to(SPAN(path));

	if (!ends(name, ".pem") && !ends(name, ".crt") && !by_hash(name))
		return 0;
	fmt_put(&f, "%s/%s", dir, name);
	if (f.full)
		return no_file(t, dir, -NAT_EINVAL);
	return trust_file(t, fmt_text(&f));
}

int trust_add(struct trust *t, const char *path)
{
	struct listing l;
	size_t before = t->store->n;
	const char *name;
	int rc, end;

	if (listing_open(&l, path) < 0)
		return trust_file(t, path);
	for (rc = 0; rc == 0 && (name = listing_next(&l)) != NULL;)
		rc = add_named(t, path, name);
	end = listing_close(&l);
	if (rc < 0)
		return rc;
	if (end < 0)
		return no_file(t, path, end);
	return t->store->n > before ? 0
				    : no(t, path, "has no certificate in it");
}
