/* file - whole small files. These calls block, so they are for start and reload,
 * and for files of the system that change once in a blue moon.
 */
#ifndef NAT_OS_FILE_H
#define NAT_OS_FILE_H

#include "base/err.h"
#include "base/span.h"

/* All of a file into to. Its size, or -NAT_ENOENT, -NAT_EACCESS, -NAT_EROOM (it is
 * larger than to), -NAT_EIO.
 */
MUST_USE long file_read(const char *path, struct span to);

/* The same for a secret: -NAT_EINVAL when group or others can read the file. */
MUST_USE long file_read_secret(const char *path, struct span to);

/* Writes all of it from where fd stands, in as many calls as that takes. 0 or an
 * error; a part may be there then.
 */
MUST_USE int file_put(int fd, struct bytes b);

/* A small file of ours, made with mode 0600 if need be, open for reading and
 * writing; -NAT_EINUSE when another process has it. file_unlock closes it.
 */
MUST_USE int file_lock(const char *path);
void file_unlock(int fd);

/* All of it, as file_read; and all of it anew, in place and not synced. */
MUST_USE long file_load(int fd, struct span to);
MUST_USE int file_store(int fd, struct bytes b);

/* Replaces (or makes) a file, mode 0600, whole or not at all, synced. */
MUST_USE int file_write_secret(const char *path, struct bytes b);

/* The same for what all may read, as far as the umask lets them. */
MUST_USE int file_write(const char *path, struct bytes b);

/* False only where it is certain that there is none: what cannot be looked at
 * must not be taken for absent and made anew.
 */
bool file_exists(const char *path);

/* Differs once the file has been written or replaced; all zero: there is none. */
struct file_stamp {
	int64_t seconds;
	long nanoseconds;
	uint64_t inode, size;
};
struct file_stamp file_stamp(const char *path);

#endif
