#include "base/cur.h"
#include "cmd/cmd.h"
#include "os/console.h"
#include "os/file.h"
#include "os/listing.h"
#include "os/mem.h"
#include "wire/npimport.h"

enum { ONE = 256 * 1024, ALL = 1 << 20, PATH = 1024, INCLUDES = 10 };

struct import_set {
	bool help;
};

/* clang-format off */
static const struct opt opts[] = {
	CMD_HELP(struct import_set),
	OPT_END
};
/* clang-format on */

/* ---- a file with all that it includes ---- */

struct import {
	struct diag diag;
	struct fmt text;
	unsigned deep;
};

static int include(struct import *im, const char *path, size_t indent);

/* As in a shell, but for [: * any text, ? one character. */
static bool matches(const char *name, const char *form)
{
	const char *star = NULL, *from = name;

	while (*name) {
		if (*form == '*') {
			star = form++;
			from = name;
		} else if (*form == '?' || *form == *name) {
			form++;
			name++;
		} else if (star) {
			form = star + 1;
			name = ++from;
		} else {
			return false;
		}
	}
	while (*form == '*')
		form++;
	return !*form;
}

/* The first name behind last that matches, into next. */
static bool find_next(const char *dir, const char *form, const char *last,
		      char next[PATH])
{
	struct listing l;
	const char *name;

	next[0] = '\0';
	if (listing_open(&l, dir) < 0)
		return false;
	while ((name = listing_next(&l)) != NULL)
		if (matches(name, form) && strcmp(name, last) > 0 &&
		    (!next[0] || strcmp(name, next) < 0) && strlen(name) < PATH)
			memcpy(next, name, strlen(name) + 1);
	return listing_close(&l) == 0 && next[0];
}

/* All of dir that the last part of a path stands for, in the order of names. */
static int include_all(struct import *im, const char *dir, const char *form,
		       size_t indent)
{
	char name[PATH], last[PATH] = "", path[PATH];
	int rc = 0;

	while (rc == 0 && find_next(dir, form, last, name)) {
		struct fmt f = fmt_to(SPAN(path));

		fmt_put(&f, "%s/%s", dir, name);
		rc = include(im, fmt_text(&f), indent);
		memcpy(last, name, sizeof last);
	}
	return rc;
}

/* Where the last part of path begins. */
static size_t last_of(struct bytes path)
{
	size_t at = path.n;

	while (at > 0 && path.p[at - 1] != '/')
		at--;
	return at;
}

/* What is named in the file at `of`, from where that is. */
static int include_named(struct import *im, const char *of, struct bytes named,
			 size_t indent)
{
	char path[PATH], dir[PATH];
	struct fmt f = fmt_to(SPAN(path)), d = fmt_to(SPAN(dir));
	struct bytes whole;
	size_t at;

	if (named.n && named.p[0] != '/')
		fmt_bytes(&f, (struct bytes){ (const uint8_t *)of,
					      last_of(bytes_of(of)) });
	fmt_bytes(&f, named);
	whole = bytes_of(fmt_text(&f));
	if (!bytes_have(whole, '*') && !bytes_have(whole, '?'))
		return include(im, path, indent);
	at = last_of(whole);
	fmt_bytes(&d, at ? (struct bytes){ whole.p, at } : BYTES("."));
	return include_all(im, fmt_text(&d), path + at, indent);
}

/* `#include FILE`, indented, takes what the file has as far in. */
static int take_line(struct import *im, const char *of, struct bytes line,
		     size_t indent)
{
	struct cur c = cur_of(line);
	size_t in;

	while (cur_eat(&c, ' '))
		;
	in = indent + line.n - cur_left(&c);
	if (bytes_are(cur_word(&c), "#include")) {
		struct bytes named = cur_word(&c);

		return include_named(im, of, named, in);
	}
	for (size_t i = 0; i < indent; i++)
		fmt_put(&im->text, " ");
	fmt_bytes(&im->text, line);
	fmt_put(&im->text, "\n");
	return im->text.full ? -NAT_EROOM : 0;
}

static int take_lines(struct import *im, const char *path, struct span room,
		      size_t indent)
{
	long n = file_read(path, room);
	struct cur c = cur_of((struct bytes){ room.p, n < 0 ? 0 : (size_t)n });
	int rc = n < 0 ? (int)n : 0;

	if (rc < 0)
		diag_put(&im->diag, "%.*s: %s", 200, path, err_text(rc));
	while (rc == 0 && cur_left(&c))
		rc = take_line(im, path, cur_until(&c, '\n'), indent);
	return rc;
}

static int include(struct import *im, const char *path, size_t indent)
{
	struct span room;
	int rc;

	if (im->deep > INCLUDES) {
		diag_put(&im->diag, "%.*s: is included too deep", 200, path);
		return -NAT_ECONF;
	}
	room = mem_reserve(ONE);
	if (!room.p)
		return -NAT_EMEMORY;
	im->deep++;
	rc = take_lines(im, path, room, indent);
	im->deep--;
	mem_release(room);
	return rc;
}

/* ---- the command ---- */

static int import(const char *path)
{
	struct import im = { .diag = cmd_file_diag(path),
			     .text = fmt_to(mem_reserve(ALL)) };
	struct npimport np = { .out = fmt_to(mem_reserve(4 * ALL)),
			       .lists = fmt_to(mem_reserve(4 * ALL)) };
	int rc;

	if (!im.text.to.p || !np.out.to.p || !np.lists.to.p)
		return cmd_no_memory(&cmd_import);
	rc = include(&im, path, 0);
	np.text = (struct span){ im.text.to.p, im.text.n };
	if (rc == 0)
		rc = npimport(&np, &im.diag);
	if (rc == -NAT_EROOM || rc == -NAT_EMEMORY)
		diag_put(&im.diag, "%s", err_text(rc));
	if (rc == 0)
		console_out(fmt_done(&np.out));
	return err_exit(rc);
}

static int run(int argc, char **argv)
{
	struct import_set set = { .help = false };
	struct diag d = cmd_diag(&cmd_import);
	int at = cmd_args(&cmd_import, &set, argc, argv);

	if (at < 0)
		return err_exit(at);
	if (set.help)
		return cmd_show_help(&cmd_import);
	if (at + 1 == argc)
		return import(argv[at]);
	diag_put(&d, "which file? give one");
	return cmd_usage(&cmd_import);
}

static const char about[] = WORDS(
	"Reads a configuration of natpass (YAML, of its server or its\n"
	"client), with all that it includes, and prints one of ours that\n"
	"does the same. What cannot be carried is said on stderr.");

static const char *const examples[] = {
	"nat import cli.yaml",
	NULL,
};

const struct cmd cmd_import = {
	.name = "import",
	.group = "Inspect",
	.what = "Turns a configuration of natpass into one of ours",
	.about = about,
	.usage = "FILE",
	.opts = opts,
	.run = run,
	.examples = examples,
};
