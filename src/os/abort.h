/* abort - what a failed assert ends in: one line on standard error, then
 * SIGABRT. It stands in for the C library's.
 */
#ifndef NAT_OS_ABORT_H
#define NAT_OS_ABORT_H

#if defined(__GLIBC__)
typedef unsigned int assert_line;
#else
typedef int assert_line;
#endif

_Noreturn void __assert_fail(const char *text, const char *file,
			     assert_line line, const char *function);

#endif
