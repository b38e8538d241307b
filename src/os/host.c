#include "os/host.h"
#include "base/cur.h"
#include "os/file.h"
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

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

/* The first of the network devices but lo, in the order of their names. */
static bool put_first_mac(struct fmt *f)
{
	DIR *dir = opendir("/sys/class/net");
	char first[64] = "", path[128];
	struct fmt p = fmt_to(SPAN(path));
	const struct dirent *e;

	if (!dir)
		return false;
	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.' && strcmp(e->d_name, "lo") != 0 &&
		    strlen(e->d_name) < sizeof first &&
		    (!first[0] || strcmp(e->d_name, first) < 0))
			memcpy(first, e->d_name, strlen(e->d_name) + 1);
	closedir(dir);
	fmt_put(&p, "/sys/class/net/%s/address", first);
	return first[0] && put_line(f, fmt_text(&p));
}

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

const char *host_env(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

void host_wipe_env(const char *name)
{
	char *v = getenv(name);

	if (v)
		memset(v, 'x', strlen(v));
}
