/* alloc - how often memory was set aside: malloc, calloc, realloc and mmap of
 * everything linked into the test (--wrap), product and test alike. The loops of
 * rig.h and virtual.h check that a turn does not: after start nothing allocates.
 */
#ifndef NAT_T_UNIT_ALLOC_H
#define NAT_T_UNIT_ALLOC_H

/* Calls since the program began. */
unsigned alloc_calls(void);

#endif
