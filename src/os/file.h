/* file - whole small files, at start and reload only: these calls block. */
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

bool file_exists(const char *path);

#endif
