/* bitslice - the steps of AES on four blocks at once, without tables.
 *
 * Word i of eight holds bit i of each of the 64 bytes. The byte in row r and
 * column c (FIPS 197 3.4: byte r + 4c) of block b has in every word the bit
 *
 *	16 r + 4 c + b
 *
 * so that a row is 16 bits, rows turn by shifts within those, and the rows of
 * a column meet by rotations of the whole.
 */
#ifndef NAT_CRYPT_BITSLICE_H
#define NAT_CRYPT_BITSLICE_H

#include <stdint.h>

enum { BITSLICE_BYTES = 64 };

void bitslice_in(uint64_t q[8], const uint8_t four[BITSLICE_BYTES]);
void bitslice_out(uint8_t four[BITSLICE_BYTES], uint64_t q[8]); /* q is lost */

void bitslice_sub(uint64_t q[8]);     /* 5.1.1 SubBytes */
void bitslice_rows(uint64_t q[8]);    /* 5.1.2 ShiftRows */
void bitslice_columns(uint64_t q[8]); /* 5.1.3 MixColumns */

#endif
