#include "os/native.h"

#include "os/cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <stdint.h>

enum {
	PCLMUL = 1 << 1,
	SSSE3 = 1 << 9,
	SSE41 = 1 << 19,
	SSE42 = 1 << 20,
	AES = 1 << 25
};
enum { OSXSAVE = 1 << 27, AVX = 1 << 28 }; /* of leaf 1, in ecx */
enum {                                     /* of leaf 7, in ebx */
       AVX2 = 1 << 5,
       BMI2 = 1 << 8,
       AVX512F = 1 << 16,
       ADX = 1 << 19,
       IFMA = 1 << 21,
       SHA = 1 << 29
};
enum { VPCLMULQDQ = 1 << 10 }; /* of leaf 7, in ecx */
enum {                         /* in XCR0 */
       YMM = 1 << 1 | 1 << 2,
       ZMM = YMM | 1 << 5 | 1 << 6 | 1 << 7
};

/* Intel's SDM, volume 2, CPUID: all of those bits. */
static bool has(unsigned leaf_1, unsigned leaf_7)
{
	unsigned a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || (c & leaf_1) != leaf_1)
		return false;
	return leaf_7 == 0 || (__get_cpuid_count(7, 0, &a, &b, &c, &d) &&
			       (b & leaf_7) == leaf_7);
}

bool cpu_has_sha256(void)
{
	return has(SSSE3 | SSE41, SHA);
}

bool cpu_has_aes(void)
{
	return has(SSSE3 | SSE41 | PCLMUL | AES, 0);
}

bool cpu_has_crc32c(void)
{
	return has(SSE42, 0);
}

bool cpu_has_mulx(void)
{
	return has(0, BMI2 | ADX);
}

/* Intel's SDM, volume 1, 14.7.1 and 15.2. */
static bool keeps(uint32_t registers)
{
	uint32_t low, high;

	if (!has(OSXSAVE | AVX, 0))
		return false;
	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (low & registers) == registers;
}

bool cpu_has_ifma(void)
{
	return has(0, AVX512F | IFMA) && keeps(ZMM);
}

bool cpu_has_wide_fold(void)
{
	unsigned a, b, c, d;

	return has(0, AVX512F) && keeps(ZMM) &&
	       __get_cpuid_count(7, 0, &a, &b, &c, &d) && c & VPCLMULQDQ;
}

bool cpu_has_avx2(void)
{
	return has(0, AVX2) && keeps(YMM);
}
#else
bool cpu_has_mulx(void)
{
	return false;
}

bool cpu_has_ifma(void)
{
	return false;
}

bool cpu_has_wide_fold(void)
{
	return false;
}

bool cpu_has_avx2(void)
{
	return false;
}
#endif

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>

/* Linux: Documentation/arch/arm64/elf_hwcaps.rst. */
enum {
	ARM_AES = 1 << 3,
	ARM_PMULL = 1 << 4,
	ARM_SHA2 = 1 << 6,
	ARM_CRC = 1 << 7
};

bool cpu_has_sha256(void)
{
	return getauxval(AT_HWCAP) & ARM_SHA2;
}

bool cpu_has_aes(void)
{
	const unsigned long need = ARM_AES | ARM_PMULL;

	return (getauxval(AT_HWCAP) & need) == need;
}

bool cpu_has_crc32c(void)
{
	return getauxval(AT_HWCAP) & ARM_CRC;
}
#elif !defined(__x86_64__)
/* Every Mac with such a processor has them. */
#if defined(__aarch64__) && defined(__APPLE__)
enum { APPLE = true };
#else
enum { APPLE = false };
#endif

bool cpu_has_sha256(void)
{
	return APPLE;
}

bool cpu_has_aes(void)
{
	return APPLE;
}

bool cpu_has_crc32c(void)
{
	return APPLE;
}
#endif
