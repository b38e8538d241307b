#include "os/syslog.h"
#include "base/fmt.h"
#include "os/sys.h"
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FACILITY_DAEMON = 3 << 3, HEAD = 32, TIME = 32 };

int syslog_open(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t n = strlen(path);
	int fd, rc;

	if (n >= sizeof at.sun_path)
		return -NAT_EINVAL;
	memcpy(at.sun_path, path, n);
	fd = sys_own(socket(AF_UNIX, SOCK_DGRAM, 0));
	if (fd < 0)
		return fd;
	if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	rc = sys_err();
	close(fd);
	return rc;
}

int syslog_put(int fd, enum log_level level, struct bytes text)
{
	static const unsigned severity[] = {
		[LOG_ERR] = 3, [LOG_WARN] = 4, [LOG_INFO] = 6, [LOG_DEBUG] = 7
	};
	uint8_t all[LOG_LINE + TIME + HEAD];
	struct fmt f = fmt_to(SPAN(all));

	fmt_put(&f, "<%u>nat[%ld]: ", FACILITY_DAEMON | severity[level],
		(long)getpid());
	fmt_bytes(&f, text);
	return send(fd, all, f.n, MSG_NOSIGNAL) < 0 ? sys_err() : 0;
}
