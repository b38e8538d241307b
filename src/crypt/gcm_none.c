/* For processors without instructions for AES and multiplication without
 * carries.
 */
#include "crypt/gcm.h"

const struct gcm_way *const gcm_native = NULL;
