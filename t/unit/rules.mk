# Calls that set memory aside are counted in the unit tests: t/unit/alloc.h.
COUNTED = $(patsubst %,-Wl$(comma)--wrap=%,malloc calloc realloc mmap)
comma := ,
