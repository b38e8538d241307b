/* cpu - which instructions this processor has beyond those compiled for. */
#ifndef NAT_OS_CPU_H
#define NAT_OS_CPU_H

#include <stdbool.h>

/* Those for SHA-256 that crypt/rounds_x86.c or crypt/rounds_arm.c use; on
 * x86-64 with SSSE3 and SSE4.1 beside them.
 */
bool cpu_has_sha256(void);

/* Those for AES and for multiplication without carries, that crypt/gcm_x86.c
 * uses; on x86-64 with SSE4.1 beside them.
 */
bool cpu_has_aes(void);

/* Those for CRC-32C that crypt/crc_x86.c or crypt/crc_arm.c use. */
bool cpu_has_crc32c(void);

/* MULX (BMI2), ADCX and ADOX, that crypt/rows_x86.c and crypt/p256_x86.c use. */
bool cpu_has_mulx(void);

/* AVX-512 with IFMA, that crypt/power_x86.c uses, and a system that keeps its
 * registers.
 */
bool cpu_has_ifma(void);

/* AVX-512 and VPCLMULQDQ, that crypt/fold_x86.c uses beside those for AES, and a
 * system that keeps its registers.
 */
bool cpu_has_wide_fold(void);

/* AVX2, and a system that keeps its registers. */
bool cpu_has_avx2(void);

#endif
