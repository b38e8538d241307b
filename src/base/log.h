/* log - says lines, by level, to a sink; keeps no file and reads no clock.
 *
 * A line reads "level who: what key=value ..." where who is "module" or
 * "module label". No secret and no payload goes in. Whatever a stranger can
 * cause is said at debug, or through a struct log_rate.
 */
#ifndef NAT_BASE_LOG_H
#define NAT_BASE_LOG_H

#include "base/span.h"

enum log_level { LOG_ERR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum { LOG_LINE = 512 }; /* longer lines are cut */

struct log {
	/* Takes one line, no newline or other control character in it (they
	 * have become '?'); lent for the call.
	 */
	void (*line)(struct log *log, enum log_level level, struct bytes line);
	enum log_level most; /* lines of a higher level are not said */
};

__attribute__((format(printf, 4, 5))) void log_put(
	struct log *log, enum log_level level, const char *who,
	const char *form, ...); /* the form is fmt_put's */

#define log_err(log, ...) log_put((log), LOG_ERR, __VA_ARGS__)
#define log_warn(log, ...) log_put((log), LOG_WARN, __VA_ARGS__)
#define log_info(log, ...) log_put((log), LOG_INFO, __VA_ARGS__)
#define log_debug(log, ...) log_put((log), LOG_DEBUG, __VA_ARGS__)

/* A bare line, whatever the level in force: what scripts rely on. */
__attribute__((format(printf, 2, 3))) void log_say(struct log *log,
						   const char *form, ...);

/* At most LOG_BURST lines in ten seconds from the first of them; what is
 * left out is counted.
 */
enum { LOG_BURST = 5 };
struct log_rate {
	int64_t now, since; /* ms */
	uint32_t said, unsaid;
};
static inline struct log_rate *log_at(struct log_rate *r, int64_t now)
{
	r->now = now;
	return r;
}
/* A warning within that rate (log_at); how many went unsaid before it is told
 * behind it.
 */
__attribute__((format(printf, 4, 5))) void log_seldom(struct log *log,
						      struct log_rate *r,
						      const char *who,
						      const char *form, ...);

#endif
