#include "os/native.h"
#include "os/dir.h"
#include "os/sys.h"
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LENGTH = 1024, OTHERS_WRITE = S_IWGRP | S_IWOTH };

/* Of path without slashes at its end: lstat looks through a link with one. */
static size_t length(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return n;
}

/* The next directory above path that *at has not passed yet, into part; false:
 * there is none. "a//b/c/": "a", "a/", "a//b"; path is shorter than part.
 */
static bool next_above(const char *path, size_t *at, char *part)
{
	size_t n = length(path), i;

	for (i = *at + 1; i < n && path[i] != '/'; i++)
		;
	if (i >= n)
		return false;
	memcpy(part, path, i);
	part[i] = '\0';
	*at = i;
	return true;
}

/* ---- root's part ---- */

/* NULL, or why entries of it may be exchanged under our hands. */
static const char *above_fault(const struct stat *st)
{
	if (st->st_uid != 0)
		return "a directory above it belongs to another user";
	if ((st->st_mode & OTHERS_WRITE) && !(st->st_mode & S_ISVTX))
		return "others can write in a directory above it";
	return NULL;
}

/* One directory above; *theirs: the owner has it already. */
static const char *claim_above(const char *path, const struct user *owner,
			       bool *theirs)
{
	struct stat st;

	if (mkdir(path, 0755) == 0)
		return chmod(path, 0755) < 0 ? err_text(sys_err()) : NULL;
	if (errno != EEXIST || lstat(path, &st) < 0)
		return err_text(sys_err());
	if (S_ISLNK(st.st_mode) && st.st_uid != 0)
		return "another user's symbolic link leads to it";
	if (stat(path, &st) < 0)
		return err_text(sys_err());
	*theirs = st.st_uid == owner->uid && owner->uid != 0;
	return *theirs ? NULL : above_fault(&st);
}

static const char *claim_last(const char *path, const struct user *owner)
{
	struct stat st;

	if (mkdir(path, 0700) == 0)
		return lchown(path, owner->uid, owner->gid) < 0
			       ? err_text(sys_err())
			       : NULL;
	if (errno != EEXIST || lstat(path, &st) < 0)
		return err_text(sys_err());
	return S_ISLNK(st.st_mode) ? "is a symbolic link" : NULL;
}

const char *dir_claim(const char *path, const struct user *owner)
{
	char part[PATH_LENGTH];
	const char *why = NULL;
	bool theirs = false;
	size_t at = 0;

	if (strlen(path) >= sizeof part)
		return err_text(-NAT_EINVAL);
	if (*path != '/')
		why = claim_above(".", owner, &theirs);
	while (!why && !theirs && next_above(path, &at, part))
		why = claim_above(part, owner, &theirs);
	memcpy(part, path, length(path));
	part[length(path)] = '\0';
	return why || theirs ? why : claim_last(part, owner);
}

/* ---- the owner's part ---- */

static const char *keep_fault(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_text(sys_err());
	if (!S_ISDIR(st.st_mode))
		return "is not a directory";
	if (st.st_uid != geteuid())
		return "belongs to another user";
	if (st.st_mode & OTHERS_WRITE)
		return "others can write in it: chmod 700 it";
	return NULL;
}

/* What is there is as good as made, on a read-only system too. */
static int make_one(const char *path)
{
	struct stat st;
	int rc = mkdir(path, 0700) < 0 ? sys_err() : 0;

	return stat(path, &st) == 0 ? 0 : rc;
}

const char *dir_keep(const char *path)
{
	char part[PATH_LENGTH];
	size_t at = 0;
	int rc = 0;

	if (strlen(path) >= sizeof part)
		return err_text(-NAT_EINVAL);
	while (rc == 0 && next_above(path, &at, part))
		rc = make_one(part);
	if (rc == 0)
		rc = make_one(path);
	return rc < 0 ? err_text(rc) : keep_fault(path);
}

void dir_clear(const char *path, const struct user *owner)
{
	struct stat st;

	if (lstat(path, &st) == 0 && st.st_uid != owner->uid && rmdir(path) < 0)
		return; /* it serves somebody, or is no directory */
}
