/* crc - CRC-32 (ISO-HDLC: Ethernet, STUN, gzip) and CRC-32C (RFC 9260: SCTP).
 * Against accidents only: anybody can make texts of the same sum.
 *
 *	crc = crc32(0, part); crc = crc32(crc, next); ...
 */
#ifndef NAT_CRYPT_CRC_H
#define NAT_CRYPT_CRC_H

#include "base/span.h"

/* The sum of what gave crc, and then b. Two steps a byte; not constant time. */
uint32_t crc32(uint32_t crc, struct bytes b);
uint32_t crc32c(uint32_t crc, struct bytes b);

/* ---- by the processor's instructions ---- */

/* CRC-32C by those of which os/cpu's cpu_has_crc32c says that they are there;
 * sum is the register, the inverted crc. NULL: not on this kind. One of
 * crc_x86.c, crc_arm.c and crc_none.c is compiled.
 */
extern uint32_t (*const crc_native)(uint32_t sum, struct bytes b);

/* Once, before the first sum. Without this call all is plain C. */
void crc32c_native(bool has);

/* CRC-32 by what cpu_has_aes says is there: the sum of the first bytes of b, as many
 * as it returns, is that of the CRC_REST bytes of rest with a register of 0; sum is
 * the register before. NULL: not on this kind. One of fold_x86.c and fold_none.c
 * is compiled.
 */
enum { CRC_REST = 16 };
extern size_t (*const crc_fold)(uint8_t rest[CRC_REST], uint32_t sum,
				struct bytes b);
/* The same by 64 bytes at a time, as cpu_has_wide_fold says. */
extern size_t (*const crc_fold_wide)(uint8_t rest[CRC_REST], uint32_t sum,
				     struct bytes b);
void crc32_native(bool has, bool wide);

#endif
