#include "base/log.h"
#include "base/fmt.h"

/* Strangers' text may be in the line: nothing in it starts another one. */
static void say(struct log *log, enum log_level level, struct fmt *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->to.p[i] < ' ' || f->to.p[i] == 0x7f)
			f->to.p[i] = '?';
	log->line(log, level, fmt_done(f));
}

void log_put(struct log *log, enum log_level level, const char *who,
	     const char *form, ...)
{
	static const char *const names[] = { "err", "warn", "info", "debug" };
	uint8_t line[LOG_LINE];
	struct fmt f = fmt_to(SPAN(line));
	va_list ap;

	if (level > log->most)
		return;
	fmt_put(&f, "%s %s: ", names[level], who);
	va_start(ap, form);
	fmt_vput(&f, form, ap);
	va_end(ap);
	say(log, level, &f);
}

void log_say(struct log *log, const char *form, ...)
{
	uint8_t line[LOG_LINE];
	struct fmt f = fmt_to(SPAN(line));
	va_list ap;

	va_start(ap, form);
	fmt_vput(&f, form, ap);
	va_end(ap);
	say(log, LOG_INFO, &f);
}

/* *unsaid: how many went unsaid in the window before. */
static bool may(struct log_rate *r, uint32_t *unsaid)
{
	enum { WINDOW = 10000 };

	*unsaid = 0;
	if (r->said == 0 || r->now - r->since >= WINDOW) {
		*unsaid = r->unsaid;
		r->since = r->now;
		r->said = r->unsaid = 0;
	}
	if (r->said == LOG_BURST) {
		r->unsaid++;
		return false;
	}
	r->said++;
	return true;
}

void log_seldom(struct log *log, struct log_rate *r, const char *who,
		const char *form, ...)
{
	uint8_t text[LOG_LINE];
	struct fmt f = fmt_to(SPAN(text));
	uint32_t unsaid;
	va_list ap;

	if (!may(r, &unsaid))
		return;
	va_start(ap, form);
	fmt_vput(&f, form, ap);
	va_end(ap);
	if (unsaid)
		fmt_put(&f, " (and %lu such before)", (unsigned long)unsaid);
	log_warn(log, who, "%.*s", (int)f.n, (const char *)text);
}
