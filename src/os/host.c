#include "os/native.h"
#include "os/host.h"
#include "base/cur.h"
#include "os/file.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#else
#include <ifaddrs.h>
#include <net/if_dl.h>
#include <sys/socket.h>
#endif

void host_name(struct fmt *f)
{
	char name[256];
	struct cur c;

	if (gethostname(name, sizeof name) < 0)
		return;
	name[sizeof name - 1] = '\0';
	c = cur_of(bytes_of(name));
	fmt_bytes(f, cur_until(&c, '.'));
}

/* The first line of a small file, nothing when there is none. */
static bool put_line(struct fmt *f, const char *path)
{
	uint8_t text[256];
	long n = file_read(path, SPAN(text));
	struct cur c;
	struct bytes line;

	if (n <= 0)
		return false;
	c = cur_of((struct bytes){ text, (size_t)n });
	line = cur_until(&c, '\n');
	fmt_bytes(f, line);
	return line.n > 0;
}

#if defined(__linux__)

/* A row of getdents64(2), its name behind it: readdir wants a heap. */
struct row {
	uint64_t inode, next;
	uint16_t size;
	uint8_t type;
};
enum { ROW_NAME = 19 };

static bool comes_first(const char *name, const char *before)
{
	return name[0] != '.' && strcmp(name, "lo") != 0 &&
	       strlen(name) < sizeof(char[16]) &&
	       (!before[0] || strcmp(name, before) < 0);
}

static void look_at_rows(char first[16], const uint8_t *p, size_t n)
{
	struct row row;

	for (size_t at = 0; at + sizeof row <= n; at += row.size) {
		const char *name = (const char *)p + at + ROW_NAME;

		memcpy(&row, p + at, sizeof row);
		if (comes_first(name, first))
			memcpy(first, name, strlen(name) + 1);
	}
}

/* The first of the network devices but lo, in the order of their names. */
static bool put_first_mac(struct fmt *f)
{
	int fd = open("/sys/class/net", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char first[16] = "", path[64];
	struct fmt p = fmt_to(SPAN(path));
	uint64_t rows[128];
	long n;

	if (fd < 0)
		return false;
	while ((n = syscall(SYS_getdents64, fd, rows, sizeof rows)) > 0)
		look_at_rows(first, (const uint8_t *)rows, (size_t)n);
	close(fd);
	fmt_put(&p, "/sys/class/net/%s/address", first);
	return first[0] && put_line(f, fmt_text(&p));
}

#else

static const struct sockaddr_dl *mac_of(const struct ifaddrs *i)
{
	const void *sa = i->ifa_addr;
	const struct sockaddr_dl *dl = sa;

	return i->ifa_addr && i->ifa_addr->sa_family == AF_LINK &&
			       dl->sdl_alen == 6
		       ? dl
		       : NULL;
}

static bool put_first_mac(struct fmt *f)
{
	struct ifaddrs *all, *first = NULL;
	const struct sockaddr_dl *dl;

	if (getifaddrs(&all) < 0)
		return false;
	for (struct ifaddrs *i = all; i; i = i->ifa_next)
		if (mac_of(i) &&
		    (!first || strcmp(i->ifa_name, first->ifa_name) < 0))
			first = i;
	dl = first ? mac_of(first) : NULL;
	if (dl)
		fmt_hex(f, (struct bytes){ (const uint8_t *)LLADDR(dl), 6 });
	freeifaddrs(all);
	return dl != NULL;
}

#endif

void host_identity(struct fmt *f)
{
	if (!put_line(f, "/etc/machine-id"))
		put_first_mac(f);
}

/* systemd separates several by colons. */
static struct bytes first_of(const char *paths)
{
	struct cur c = cur_of(bytes_of(paths));

	return cur_until(&c, ':');
}

void host_state_dir(struct fmt *f)
{
	const char *given = host_env("STATE_DIRECTORY");
	const char *xdg = host_env("XDG_STATE_HOME"), *home = host_env("HOME");

	if (given)
		fmt_bytes(f, first_of(given));
	else if (geteuid() == 0 && file_exists("/etc/openwrt_release"))
		fmt_put(f, "/etc/nat");
	else if (geteuid() == 0)
		fmt_put(f, "/var/lib/nat");
	else if (xdg)
		fmt_put(f, "%s/nat", xdg);
	else
		fmt_put(f, "%s/.local/state/nat", home ? home : ".");
}

void host_runtime_dir(struct fmt *f)
{
	const char *given = host_env("RUNTIME_DIRECTORY");
	const char *xdg = host_env("XDG_RUNTIME_DIR");

	if (given)
		fmt_bytes(f, first_of(given));
	else if (geteuid() == 0)
		fmt_put(f, file_exists("/run") ? "/run/nat" : "/var/run/nat");
	else if (xdg)
		fmt_put(f, "%s/nat", xdg);
	else
		host_state_dir(f);
}

/* As getenv, which brings half a kilobyte of others along. */
static char *value_of(const char *name)
{
	extern char **environ;
	size_t n = strlen(name);

	for (char **at = environ; at && *at; at++)
		if (text_begins(*at, name) && (*at)[n] == '=')
			return *at + n + 1;
	return NULL;
}

const char *host_env(const char *name)
{
	const char *v = value_of(name);

	return v && *v ? v : NULL;
}

void host_wipe_env(const char *name)
{
	char *v = value_of(name);

	if (v)
		memset(v, 'x', strlen(v));
}
