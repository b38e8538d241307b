/* err - the one error space: 0 or more is good, less is one of -NAT_E...
 *
 * Everything about an error stands in one row: name, text for people, exit
 * code of a process that ends by it. os/ translates errno at the call; nothing
 * above os/ reads errno. Exit codes: 1 failed, 2 usage, 3 bad config, 75 later.
 */
#ifndef NAT_BASE_ERR_H
#define NAT_BASE_ERR_H

/* clang-format off */
#define NAT_ERRORS(X) \
	X(EAGAIN,   "not now",                             75) \
	X(EPROTO,   "the other side broke the protocol",    1) \
	X(EROOM,    "too large for the space set aside",    1) \
	X(ELIMIT,   "a limit is reached",                  75) \
	X(ETIMEOUT, "timed out",                           75) \
	X(EREFUSED, "connection refused",                  75) \
	X(ERESET,   "connection reset",                    75) \
	X(ECLOSED,  "closed by the other side",            75) \
	X(EUNREACH, "network or host unreachable",         75) \
	X(EINUSE,   "address already in use",               1) \
	X(EADDR,    "no such address on this machine",      1) \
	X(EACCESS,  "permission denied",                    1) \
	X(ENOENT,   "no such file",                         1) \
	X(EFILES,   "out of file descriptors",             75) \
	X(EMEMORY,  "out of memory",                        1) \
	X(ENAME,    "name not found",                      75) \
	X(ENODNS,   "no name server can tell",            75) \
	X(EAUTH,    "wrong token",                          1) \
	X(ECERT,    "bad certificate",          1) \
	X(EIO,      "input or output failed",               1) \
	X(ENOTSUP,  "not supported by this system",         1) \
	X(EINVAL,   "not valid",                            1) \
	X(EABSENT,  "left out of this nat (MODULES)",       2) \
	X(EUSAGE,   "wrong usage",                          2) \
	X(ECONF,    "bad configuration",                    3)
/* clang-format on */

enum nat_err {
	NAT_OK,
#define X(name, text, code) NAT_##name,
	NAT_ERRORS(X)
#undef X
		NAT_ERR_END /* not an error: how many there are, and none */
};

#define MUST_USE __attribute__((warn_unused_result))

/* Both take an error as returned (negative); "no error" for 0 and more. */
const char *err_text(int err);
int err_exit(int err);

/* What counters call it: "ERESET"; "OK" for 0 and more. */
const char *err_name(int err);

#endif
