# Calls that set memory aside are counted in the unit tests: t/unit/alloc.h.
# (mmap64 is mmap on 32 bits.) An archive gives only what is asked for by name.
CALLS = malloc calloc realloc mmap mmap64
COUNTED = $(CALLS:%=-Wl$(comma)--wrap=%) $(CALLS:%=-Wl$(comma)-u$(comma)%) -Wl$(comma)-u$(comma)alloc_calls
