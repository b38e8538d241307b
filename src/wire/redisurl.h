/* redisurl - where a Redis is: redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]. In USER
 * and PASSWORD %XX is a byte; HOST is a name, a number or [v6]. Pure.
 */
#ifndef NAT_WIRE_REDISURL_H
#define NAT_WIRE_REDISURL_H

#include "base/addr.h"

enum { REDIS_PORT = 6379, REDIS_HOST = 255, REDIS_WORD = 128 };

struct redisurl {
	uint16_t port;
	uint32_t db;
	size_t host_n, user_n, password_n;
	char host[REDIS_HOST + 1], user[REDIS_WORD], password[REDIS_WORD];
};

/* 0, or -NAT_EINVAL. Nothing of text is kept. */
MUST_USE int redisurl_parse(struct redisurl *u, struct bytes text);

/* Without user and password. */
void redisurl_print(struct fmt *f, const struct redisurl *u);

#endif
