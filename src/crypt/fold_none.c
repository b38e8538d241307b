/* For processors on which nothing folds a CRC-32. */
#include "crypt/crc.h"

size_t (*const crc_fold)(uint8_t rest[CRC_REST], uint32_t sum,
			 struct bytes b) = NULL;
size_t (*const crc_fold_wide)(uint8_t rest[CRC_REST], uint32_t sum,
			      struct bytes b) = NULL;
