#include "wire/access.h"
#include "base/date.h"
#include "wire/json.h"

enum { /* bytes of what was said that go into a line */
       MOST_METHOD = 32,
       MOST_HOST = 256,
       MOST_TARGET = 1024,
       MOST_FIELD = 512
};

static struct bytes cut(struct bytes b, size_t most)
{
	b.n = min_size(b.n, most);
	return b;
}

/* ---- JSON ---- */

static void put_text(struct fmt *f, const char *name, struct bytes text)
{
	fmt_put(f, ",\"%s\":", name);
	json_put_string(f, text);
}

static void put_number(struct fmt *f, const char *name, uint64_t n)
{
	fmt_put(f, ",\"%s\":%llu", name, (unsigned long long)n);
}

static void put_address(struct fmt *f, const struct addr *a)
{
	char text[64];
	struct fmt t = fmt_to(SPAN(text));

	addr_print_ip(&t, a);
	fmt_bytes(f, fmt_done(&t));
}

static void put_utc(struct fmt *f, int64_t at)
{
	struct date d = date_of(at);

	fmt_put(f, "%04u-%02u-%02uT%02u:%02u:%02uZ", d.year, d.month, d.day,
		d.hour, d.minute, d.second);
}

static void print_json(struct fmt *f, const struct access_line *l)
{
	fmt_put(f, "{\"time\":\"");
	put_utc(f, l->at);
	fmt_put(f, "\",\"kind\":\"%s\",\"from\":\"", l->kind);
	put_address(f, l->from);
	fmt_put(f, "\"");
	put_text(f, "method", cut(l->method, MOST_METHOD));
	put_text(f, "host", cut(l->host, MOST_HOST));
	put_text(f, "path", cut(l->target, MOST_TARGET));
	put_number(f, "status", l->status);
	put_number(f, "in", l->in);
	put_number(f, "out", l->out);
	put_number(f, "ms", l->ms);
	put_text(f, "service", bytes_of(l->service));
	put_text(f, "client", bytes_of(l->client));
	put_text(f, "referer", cut(l->referer, MOST_FIELD));
	put_text(f, "agent", cut(l->agent, MOST_FIELD));
	fmt_put(f, "}\n");
}

/* ---- combined ---- */

/* - stands for nothing. */
static void put_escaped(struct fmt *f, struct bytes b)
{
	if (b.n == 0)
		fmt_put(f, "-");
	for (size_t i = 0; i < b.n; i++) {
		uint8_t c = b.p[i];

		if (c < ' ' || c >= 0x7f || c == '"' || c == '\\')
			fmt_put(f, "\\x%02x", (unsigned)c);
		else
			fmt_put(f, "%c", c);
	}
}

static void put_quoted(struct fmt *f, struct bytes b)
{
	fmt_put(f, " \"");
	put_escaped(f, cut(b, MOST_FIELD));
	fmt_put(f, "\"");
}

static void put_time(struct fmt *f, int64_t at)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct date d = date_of(at);

	fmt_put(f, "[%02u/%.*s/%04u:%02u:%02u:%02u +0000]", d.day, 3,
		months + 3 * (d.month - 1), d.year, d.hour, d.minute, d.second);
}

static void put_request(struct fmt *f, const struct access_line *l)
{
	fmt_put(f, " \"");
	if (bytes_are(bytes_of(l->kind), "http") && l->method.n == 0) {
		fmt_put(f, "-");
	} else if (bytes_are(bytes_of(l->kind), "http")) {
		put_escaped(f, cut(l->method, MOST_METHOD));
		fmt_put(f, " ");
		put_escaped(f, cut(l->target, MOST_TARGET));
		fmt_put(f, " HTTP/1.%u", l->minor);
	} else {
		fmt_put(f, "%s %s", l->kind, l->service);
	}
	fmt_put(f, "\"");
}

static void print_combined(struct fmt *f, const struct access_line *l)
{
	put_address(f, l->from);
	fmt_put(f, " - - ");
	put_time(f, l->at);
	put_request(f, l);
	fmt_put(f, " %03u %llu", l->status, (unsigned long long)l->out);
	put_quoted(f, l->referer);
	put_quoted(f, l->agent);
	fmt_put(f, "\n");
}

/* ---- both ---- */

static const struct {
	const char *name;
	void (*print)(struct fmt *f, const struct access_line *l);
} formats[] = {
	[ACCESS_JSON] = { "json", print_json },
	[ACCESS_COMBINED] = { "combined", print_combined },
};

void access_print(struct fmt *f, const struct access_line *l,
		  enum access_format format)
{
	formats[format].print(f, l);
}

int access_format_of(struct bytes name)
{
	for (size_t i = 0; i < COUNT(formats); i++)
		if (bytes_are(name, formats[i].name))
			return (int)i;
	return -NAT_EINVAL;
}
