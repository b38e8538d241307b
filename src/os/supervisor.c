#include "os/supervisor.h"
#include "base/fmt.h"
#include "os/host.h"
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* '@' at the front is a name that is no file's. 0: it is none of a socket. */
static socklen_t address_of(struct sockaddr_un *to, const char *path)
{
	size_t n = strlen(path);

	*to = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (n < 2 || n >= sizeof to->sun_path || !strchr("/@", path[0]))
		return 0;
	memcpy(to->sun_path, path, n);
	if (path[0] == '@')
		to->sun_path[0] = 0;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

void supervisor_tell(void)
{
	const char *path = host_env("NOTIFY_SOCKET");
	struct sockaddr_un at;
	socklen_t n = path ? address_of(&at, path) : 0;
	int fd = n ? socket(AF_UNIX, SOCK_DGRAM, 0) : -1;
	uint8_t text[32];
	struct fmt f = fmt_to(SPAN(text));

	if (fd < 0)
		return;
	fmt_put(&f, "MAINPID=%ld\n", (long)getpid());
	if (connect(fd, (struct sockaddr *)&at, n) == 0)
		send(fd, text, f.n, MSG_DONTWAIT);
	close(fd);
}
