/* cpu - which instructions this processor has beyond those compiled for. */
#ifndef NAT_OS_CPU_H
#define NAT_OS_CPU_H

#include <stdbool.h>

/* Those for SHA-256 that crypt/rounds_x86.c or crypt/rounds_arm.c use; on
 * x86-64 with SSSE3 and SSE4.1 beside them.
 */
bool cpu_has_sha256(void);

#endif
