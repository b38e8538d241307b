#include "os/native.h"
#include "os/confine.h"
#include "base/fmt.h"
#include "os/calls.h"
#include "os/listing.h"
#include "os/sys.h"
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif
#if defined(SYS_landlock_create_ruleset)
#define LANDLOCK
#endif

void confine_add(struct confine_files *f, const char *path,
		 enum confine_right right)
{
	if (!path || f->n == CONFINE_FILES)
		return;
	f->v[f->n].path = path;
	f->v[f->n++].right = right;
}

#if defined(LANDLOCK)

/* ---- landlock: the kernel's words; not every libc's headers have these ---- */

enum { ASK_VERSION = 1, RULE_BENEATH = 1 };
enum access {
	WRITE_FILE = 1 << 1,
	READ_FILE = 1 << 2,
	READ_DIR = 1 << 3,
	REMOVE_FILE = 1 << 5,
	MAKE_FILE = 1 << 8,
	TRUNCATE = 1 << 14,
};

struct beneath {
	uint64_t access;
	int32_t fd;
} __attribute__((packed));

/* Rights that this version can guard: 13 at first, later ones added some. */
static uint64_t guarded_by(long version)
{
	int n = 13 + (version > 1) + (version > 2) + (version > 4);

	return (1u << n) - 1;
}

static const uint32_t rights[] = {
	[CONFINE_ITSELF] = READ_FILE,
	[CONFINE_READ] = READ_FILE,
	[CONFINE_LIST] = READ_FILE | READ_DIR,
	[CONFINE_APPEND] = WRITE_FILE | MAKE_FILE,
	[CONFINE_REPLACE] =
		READ_FILE | WRITE_FILE | TRUNCATE | MAKE_FILE | REMOVE_FILE,
	[CONFINE_REMOVE] = REMOVE_FILE,
	[CONFINE_ROTATE] = WRITE_FILE | MAKE_FILE | REMOVE_FILE,
	[CONFINE_KEEP] =
		READ_FILE | WRITE_FILE | TRUNCATE | MAKE_FILE | REMOVE_FILE,
};

struct rules {
	int fd;
	uint64_t guarded;
};

/* What is not there has no rights; a file has no rights of directories. */
static void allow(const struct rules *r, const char *path,
		  enum confine_right right)
{
	struct beneath b = { .access = rights[right] & r->guarded };
	struct stat st;

	b.fd = open(path, O_PATH | O_CLOEXEC);
	if (b.fd < 0)
		return;
	if (fstat(b.fd, &st) < 0)
		b.access = 0;
	else if (!S_ISDIR(st.st_mode))
		b.access &= READ_FILE | WRITE_FILE | TRUNCATE;
	if (b.access)
		syscall(SYS_landlock_add_rule, r->fd, RULE_BENEATH, &b, 0);
	close(b.fd);
}

/* ---- paths ---- */

enum { PATH_LENGTH = 1024, LINKS = 8 };

static bool same_place(const char *one, const char *other)
{
	struct stat a, b;

	return stat(one, &a) == 0 && stat(other, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Too much else is in it. /etc has shadow, which only root could read, and is
 * opened to him for a file that he could not read again otherwise.
 */
static bool too_wide(const char *dir, bool holds_link, enum confine_right right)
{
	if (same_place(dir, "/") || same_place(dir, "/dev"))
		return true;
	return geteuid() == 0 && same_place(dir, "/etc") &&
	       (holds_link || right != CONFINE_READ);
}

/* A terminal is not, and beside it are others. */
static bool replaceable(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 || S_ISREG(st.st_mode) ||
	       S_ISSOCK(st.st_mode);
}

/* Where the last name of path begins. */
static size_t last_of(const char *path)
{
	size_t at = strlen(path);

	while (at > 0 && path[at - 1] != '/')
		at--;
	return at;
}

/* Where the link at path leads, into path; false: it is none. */
static bool follow(char path[PATH_LENGTH])
{
	char to[PATH_LENGTH];
	ssize_t got = readlink(path, to, sizeof to);
	size_t n = got < 0 ? 0 : (size_t)got, at = last_of(path);

	if (n > 0 && to[0] == '/')
		at = 0;
	if (n == 0 || at + n >= PATH_LENGTH)
		return false;
	memcpy(path + at, to, n);
	path[at + n] = '\0';
	return true;
}

/* The directory of the file, and of all that it is a link to. */
static void allow_around(const struct rules *r, const char *file,
			 enum confine_right right)
{
	char path[PATH_LENGTH], dir[PATH_LENGTH];
	bool link = strlen(file) < sizeof path;

	if (link)
		memcpy(path, file, strlen(file) + 1);
	for (int i = 0; link && i < LINKS; i++) {
		size_t n = last_of(path);

		memcpy(dir, n ? path : ".", n ? n : 1);
		dir[n ? n : 1] = '\0';
		link = follow(path);
		if ((link || replaceable(path)) && !too_wide(dir, link, right))
			allow(r, dir, right);
	}
}

/* Certificates of a directory are mostly links, to other directories. */
static void allow_listed(const struct rules *r, const char *dir)
{
	char path[PATH_LENGTH];
	struct listing l;
	const char *name;

	if (listing_open(&l, dir) < 0)
		return;
	while ((name = listing_next(&l)) != NULL) {
		struct fmt f = fmt_to(SPAN(path));

		fmt_put(&f, "%s/%s", dir, name);
		if (!f.full)
			allow_around(r, fmt_text(&f), CONFINE_READ);
	}
	if (listing_close(&l) < 0)
		return; /* who reads it will say so */
}

static void allow_all(const struct rules *r, const struct confine_files *f)
{
	for (unsigned i = 0; i < f->n; i++) {
		enum confine_right right = f->v[i].right;

		allow(r, f->v[i].path, right);
		if (right == CONFINE_LIST) {
			allow_listed(r, f->v[i].path);
			right = CONFINE_READ;
		}
		if (right != CONFINE_ITSELF && right != CONFINE_KEEP)
			allow_around(r, f->v[i].path, right);
	}
}

/* An old kernel knows no such call, a built-in that is switched off EOPNOTSUPP. */
static int keep_files(const struct confine_files *f)
{
	long version =
		syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
	struct rules r;
	int rc;

	if (version < 1)
		return -NAT_ENOTSUP;
	r.guarded = guarded_by(version);
	r.fd = (int)syscall(SYS_landlock_create_ruleset, &r.guarded,
			    sizeof r.guarded, 0);
	if (r.fd < 0)
		return sys_err();
	allow_all(&r, f);
	rc = syscall(SYS_landlock_restrict_self, r.fd, 0) < 0 ? sys_err() : 0;
	close(r.fd);
	return rc;
}

#else

static int keep_files(const struct confine_files *f)
{
	(void)f;
	return -NAT_ENOTSUP;
}

#endif

/* Files first: the calls for that are not kept. */
struct confined confine(const struct confine_files *f)
{
	struct confined done = { .files = keep_files(f) };

	done.calls = calls_keep();
	return done;
}
