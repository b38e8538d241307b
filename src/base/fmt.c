#include "base/fmt.h"
#include <assert.h>

/* As much of b as there is room for. */
static void cut(struct fmt *f, struct bytes b)
{
	size_t n = min_size(b.n, f->to.n - f->n);

	if (f->full || b.n == 0)
		return;
	if (n > 0)
		memcpy(f->to.p + f->n, b.p, n);
	f->n += n;
	f->full = n < b.n;
}

void fmt_bytes(struct fmt *f, struct bytes b)
{
	if (b.n > f->to.n - f->n)
		f->full = true;
	cut(f, b);
}

static void put_unsigned(struct fmt *f, uint64_t v, unsigned base,
			 unsigned digits)
{
	uint8_t text[20];
	size_t at = sizeof(text);

	do {
		text[--at] = (uint8_t) "0123456789abcdef"[v % base];
		v /= base;
	} while (v > 0);
	while (sizeof(text) - at < digits)
		text[--at] = '0';
	cut(f, (struct bytes){ text + at, sizeof(text) - at });
}

static void put_signed(struct fmt *f, int64_t v)
{
	if (v < 0)
		cut(f, BYTES("-"));
	put_unsigned(f, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 10, 1);
}

static void put_char(struct fmt *f, int c)
{
	uint8_t byte = (uint8_t)c;

	cut(f, (struct bytes){ &byte, 1 });
}

static void put_slice(struct fmt *f, int most, const char *text)
{
	size_t n = 0;

	assert(most >= 0);
	while (n < (size_t)most && text[n])
		n++;
	cut(f, (struct bytes){ (const uint8_t *)text, n });
}

enum conv {
	TEXT,
	SLICE,
	CHAR,
	PERCENT,
	INT,
	LONG,
	LLONG,
	UINT,
	HEX,
	ULONG,
	ULLONG,
	SIZE
};

static const char convs[][4] = {
	[TEXT] = "s", [SLICE] = ".*s", [CHAR] = "c",     [PERCENT] = "%",
	[INT] = "d",  [LONG] = "ld",   [LLONG] = "lld",  [UINT] = "u",
	[HEX] = "x",  [ULONG] = "lu",  [ULLONG] = "llu", [SIZE] = "zu",
};

/* Which conversion stands at *form, which moves past it. */
static enum conv conv_at(const char **form, unsigned *digits)
{
	const char *at = *form;
	size_t c = 0;

	*digits = 1;
	if (at[0] == '0' && at[1] >= '1' && at[1] <= '9') {
		*digits = (unsigned)(at[1] - '0');
		at += 2;
		assert(*at == 'u' || *at == 'x');
	}
	while (c < COUNT(convs) && !text_begins(at, convs[c]))
		c++;
	assert(c < COUNT(convs));
	*form = at + strlen(convs[c]);
	return (enum conv)c;
}

static void convert(struct fmt *f, enum conv conv, unsigned digits, va_list *ap)
{
	int most;

	switch (conv) {
	case TEXT:
		cut(f, bytes_of(va_arg(*ap, const char *)));
		break;
	case SLICE:
		most = va_arg(*ap, int);
		put_slice(f, most, va_arg(*ap, const char *));
		break;
	case CHAR:
		put_char(f, va_arg(*ap, int));
		break;
	case PERCENT:
		put_char(f, '%');
		break;
	case INT:
		put_signed(f, va_arg(*ap, int));
		break;
	case LONG:
		put_signed(f, va_arg(*ap, long));
		break;
	case LLONG:
		put_signed(f, va_arg(*ap, long long));
		break;
	case UINT:
		put_unsigned(f, va_arg(*ap, unsigned), 10, digits);
		break;
	case HEX:
		put_unsigned(f, va_arg(*ap, unsigned), 16, digits);
		break;
	case ULONG:
		put_unsigned(f, va_arg(*ap, unsigned long), 10, 1);
		break;
	case ULLONG:
		put_unsigned(f, va_arg(*ap, unsigned long long), 10, 1);
		break;
	case SIZE:
		put_unsigned(f, va_arg(*ap, size_t), 10, 1);
		break;
	}
}

void fmt_vput(struct fmt *f, const char *form, va_list ap)
{
	unsigned digits;
	va_list args;

	/* As a parameter ap may be a pointer, and &ap no va_list *. */
	va_copy(args, ap);
	while (*form) {
		size_t n = 0;

		while (form[n] && form[n] != '%')
			n++;
		cut(f, (struct bytes){ (const uint8_t *)form, n });
		form += n;
		if (*form == '%') {
			enum conv conv;

			form++;
			conv = conv_at(&form, &digits);
			convert(f, conv, digits, &args);
		}
	}
	va_end(args);
}

void fmt_put(struct fmt *f, const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	fmt_vput(f, form, ap);
	va_end(ap);
}

void fmt_hex(struct fmt *f, struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		put_unsigned(f, b.p[i], 16, 2);
}

struct unit {
	uint64_t size;
	const char *name;
};

/* In the largest of units, which fall to 1, that leaves nothing over. */
static void put_units(struct fmt *f, uint64_t v, const struct unit *units)
{
	while (v % units->size != 0 || (v == 0 && units->size > 1))
		units++;
	put_unsigned(f, v / units->size, 10, 1);
	cut(f, bytes_of(units->name));
}

void fmt_ms(struct fmt *f, uint64_t ms)
{
	static const struct unit units[] = {
		{ 3600000, "h" }, { 60000, "m" }, { 1000, "s" }, { 1, "ms" }
	};

	put_units(f, ms, units);
}

void fmt_size(struct fmt *f, uint64_t bytes)
{
	static const struct unit units[] = {
		{ 1 << 30, "G" }, { 1 << 20, "M" }, { 1 << 10, "K" }, { 1, "" }
	};

	put_units(f, bytes, units);
}

const char *fmt_text(struct fmt *f)
{
	assert(f->to.n > 0);
	if (f->n == f->to.n) {
		f->n--;
		f->full = true;
	}
	f->to.p[f->n] = 0;
	return (const char *)f->to.p;
}
