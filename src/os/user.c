#include "os/native.h"
#include "os/user.h"
#include "base/cur.h"
#include "base/fmt.h"
#include "os/file.h"
#include "os/mem.h"
#include "os/process.h"
#include "os/ids.h"
#include "os/sys.h"
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

/* ---- names ---- */

enum { FILE_MOST = 1 << 20 };

/* A number all of digits that is an id; -1 says "none" to the system. */
static bool read_id(struct bytes text, uint32_t *id)
{
	struct cur c = cur_of(text);
	uint64_t v = 0;

	if (text.n == 0 || text.n > 10)
		return false;
	while (cur_left(&c)) {
		uint8_t digit = (uint8_t)(cur_u8(&c) - '0');

		if (digit > 9)
			return false;
		v = 10 * v + digit;
	}
	*id = (uint32_t)v;
	return v < UINT32_MAX;
}

/* The row whose name (field 0) or id (field 2) is key; lent, p NULL: none. */
static struct bytes find_row(struct bytes file, struct bytes key, int field)
{
	struct cur lines = cur_of(file);

	while (cur_left(&lines)) {
		struct bytes line = cur_until(&lines, '\n'), found;
		struct cur c = cur_of(line);

		for (int i = 0; i < field; i++)
			cur_until(&c, ':');
		found = cur_until(&c, ':');
		if (bytes_equal(found, key))
			return line;
	}
	return (struct bytes){ NULL, 0 };
}

static bool id_in(struct bytes row, int field, uint32_t *id)
{
	struct cur c = cur_of(row);

	for (int i = 0; i < field; i++)
		cur_until(&c, ':');
	return row.p && read_id(cur_until(&c, ':'), id);
}

static struct bytes read_rows(struct span mem, const char *path)
{
	long n = file_read(path, mem);

	return (struct bytes){ mem.p, n < 0 ? 0 : (size_t)n };
}

static const char *find_group(struct span mem, struct bytes name, uint32_t *id)
{
	struct bytes file = read_rows(mem, "/etc/group");

	if (id_in(find_row(file, name, 0), 2, id) || read_id(name, id))
		return NULL;
	return "no such group in /etc/group";
}

/* *gid is left alone by a number that nobody has. */
static const char *find_name(struct span mem, struct bytes name, struct user *u,
			     bool *grouped)
{
	struct bytes file = read_rows(mem, "/etc/passwd");
	struct bytes row = find_row(file, name, 0);

	if (!row.p && read_id(name, &u->uid))
		row = find_row(file, name, 2);
	else if (!id_in(row, 2, &u->uid))
		return "no such user in /etc/passwd";
	*grouped = id_in(row, 3, &u->gid);
	return NULL;
}

static const char *find_in(struct span mem, struct user *u, const char *text)
{
	struct cur c = cur_of(bytes_of(text));
	struct bytes name = cur_until(&c, ':');
	bool grouped, named = c.p > name.p + name.n;
	struct bytes group = { c.p, cur_left(&c) };
	const char *why = find_name(mem, name, u, &grouped);

	if (why)
		return why;
	if (named)
		return find_group(mem, group, &u->gid);
	return grouped ? NULL : "no group is known for it: give UID:GID";
}

const char *user_find(struct user *u, const char *text)
{
	struct span mem = mem_reserve(FILE_MOST);
	const char *why = err_text(-NAT_EMEMORY);

	if (mem.p) {
		why = find_in(mem, u, text);
		mem_release(mem);
	}
	return why;
}

/* Field i of a row of /etc/passwd. */
static struct bytes field_of(struct bytes row, int i)
{
	struct cur c = cur_of(row);

	while (i-- > 0)
		cur_until(&c, ':');
	return cur_until(&c, ':');
}

bool user_tell(uint32_t uid, struct fmt *name, struct fmt *home)
{
	struct span mem = mem_reserve(FILE_MOST);
	uint8_t number[12];
	struct fmt key = fmt_to(SPAN(number));
	struct bytes row = { NULL, 0 };

	fmt_put(&key, "%lu", (unsigned long)uid);
	if (mem.p)
		row = find_row(read_rows(mem, "/etc/passwd"), fmt_done(&key),
			       2);
	if (row.p) {
		fmt_bytes(name, field_of(row, 0));
		fmt_bytes(home, field_of(row, 5));
	}
	if (mem.p)
		mem_release(mem);
	return row.p != NULL;
}

/* ---- ids ---- */

struct user user_now(void)
{
	return (struct user){ geteuid(), getegid() };
}

int user_become(const struct user *u)
{
	struct user now = user_now();

	if (now.uid == u->uid && now.gid == u->gid && now.uid != 0)
		return 0;
	if (ids_no_groups() < 0 || ids_effective_group(u->gid) < 0 ||
	    ids_effective_user(u->uid) < 0)
		return sys_err();
	return 0;
}

#if defined(__linux__)

enum { CAP_VERSION = 0x20080522, CAP_NET_BIND_SERVICE = 10, CAP_NET_RAW = 13 };
enum { LOW_PORTS = 1024 };

/* As the kernel wants them; not every libc's headers have these. */
struct cap_header {
	uint32_t version;
	int pid;
};
struct cap_words {
	uint32_t effective, permitted, inheritable;
};

static unsigned first_free_port(void)
{
	uint8_t text[16];
	long n = file_read("/proc/sys/net/ipv4/ip_unprivileged_port_start",
			   SPAN(text));
	struct cur c = cur_of((struct bytes){ text, n < 0 ? 0 : (size_t)n });
	uint32_t port;

	return read_id(cur_until(&c, '\n'), &port) ? port : LOW_PORTS;
}

static int settle_caps(uint32_t caps)
{
	struct cap_header head = { .version = CAP_VERSION };
	struct cap_words words[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	words[0].effective = words[0].permitted = caps;
	return syscall(SYS_capset, &head, words) < 0 ? sys_err() : 0;
}

static int settle_ids(const struct user *u, const struct user_keeps *keeps)
{
	uint32_t caps = 0;

	if (keeps->lowest < first_free_port())
		caps |= 1u << CAP_NET_BIND_SERVICE;
	if (keeps->borrows)
		caps |= 1u << CAP_NET_RAW;
	if (prctl(PR_SET_KEEPCAPS, caps != 0, 0, 0, 0) < 0 ||
	    ids_group(u->gid) < 0 || ids_user(u->uid) < 0)
		return sys_err();
	process_conceal();
	return settle_caps(caps);
}

#else

static int settle_ids(const struct user *u, const struct user_keeps *keeps)
{
	(void)keeps;
	return ids_group(u->gid) < 0 || ids_user(u->uid) < 0 ? sys_err() : 0;
}

#endif

int user_settle(const struct user *u, const struct user_keeps *keeps)
{
	int rc;

	if (getuid() != 0 || u->uid == 0)
		return 0;
	if (ids_effective_user(0) < 0)
		return sys_err();
	rc = settle_ids(u, keeps);
	if (rc == 0 && ids_effective_user(0) == 0)
		rc = -NAT_EACCESS;
	return rc;
}
