/* For processors without instructions for CRC-32C. */
#include "crypt/crc.h"

uint32_t (*const crc_native)(uint32_t sum, struct bytes b) = NULL;
