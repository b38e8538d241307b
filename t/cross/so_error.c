/* so_error - qemu-user hands out SO_ERROR in the numbers of its host, an x86, which
 * are not those of mips: this translates them, linked by --wrap=__getsockopt64,
 * as getsockopt is called where times have 64 bits.
 */
#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>

int __real___getsockopt64(int fd, int level, int name, void *value,
			  socklen_t *n);
int __wrap___getsockopt64(int fd, int level, int name, void *value,
			  socklen_t *n);

static const struct {
	int host, here;
} rows[] = {
	{ 101, ENETUNREACH }, { 103, ECONNABORTED }, { 104, ECONNRESET },
	{ 110, ETIMEDOUT },   { 111, ECONNREFUSED }, { 113, EHOSTUNREACH },
};

int __wrap___getsockopt64(int fd, int level, int name, void *value,
			  socklen_t *n)
{
	int rc = __real___getsockopt64(fd, level, name, value, n);
	int *err = value;

	if (rc < 0 || level != SOL_SOCKET || name != SO_ERROR)
		return rc;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (*err == rows[i].host) {
			*err = rows[i].here;
			break;
		}
	return rc;
}
