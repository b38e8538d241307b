#include "os/native.h"

#include "os/cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>

/* Intel's SDM, volume 2, CPUID. */
bool cpu_has_sha256(void)
{
	enum { SSSE3 = 1 << 9, SSE41 = 1 << 19, SHA = 1 << 29 };
	const unsigned need = SSSE3 | SSE41;
	unsigned a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || (c & need) != need)
		return false;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & SHA);
}
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>

/* Linux: Documentation/arch/arm64/elf_hwcaps.rst. */
bool cpu_has_sha256(void)
{
	enum { SHA2 = 1 << 6 };

	return getauxval(AT_HWCAP) & SHA2;
}
#else
/* Every Mac with such a processor has them. */
bool cpu_has_sha256(void)
{
#if defined(__aarch64__) && defined(__APPLE__)
	return true;
#else
	return false;
#endif
}
#endif
