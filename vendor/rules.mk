# What system and compiler offer, and where a stand-in of vendor/ takes a place.

SYSTEM := $(shell uname -s)
BSD = FreeBSD NetBSD OpenBSD DragonFly Darwin
LOOP ?= $(if $(filter $(SYSTEM),Linux),epoll,$(if $(filter $(SYSTEM),$(BSD)),kqueue,select))

# glibc on 32 bits: directories of today's file systems, and times after 2038.
WIDE = -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
SYSTEM_CC := $(if $(filter 4,$(shell echo __SIZEOF_LONG__ | $(CC) -E -P - 2>/dev/null)),$(WIDE))

# On Linux kqueue comes by libkqueue, for the tests' sake.
ifeq ($(SYSTEM)-$(LOOP),Linux-kqueue)
LIBKQUEUE := $(patsubst %/sys/event.h,%,$(wildcard /usr/include/kqueue/sys/event.h))
SYSTEM_CC += -isystem $(or $(LIBKQUEUE),vendor/kqueue)
LIBS = $(if $(LIBKQUEUE),-lkqueue)
$(if $(LIBKQUEUE),,$(info LOOP=kqueue: libkqueue is not installed, vendor/kqueue stands in))
endif

STAND_IN = -isystem vendor/cmocka
# $(call cmocka,FLAGS): the library, unless they name the stand-in.
cmocka = $(if $(findstring $(STAND_IN),$(1)),,-lcmocka)

# For musl there are neither sanitizers nor a libcmocka.
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all
ifneq ($(findstring musl,$(CC)),)
SANITIZE = -static $(STAND_IN)
endif

# Hundreds of sanitized programs are linked, once each: by gold where it is (of
# clang's libraries it complains), and without what a loader must relocate. The one
# that is started a thousand times has its sanitizers within, as clang's have.
ifeq ($(findstring musl,$(CC)),)
QUICK_LINK := -no-pie
ifeq ($(findstring clang,$(CC)),)
QUICK_LINK += $(if $(shell command -v ld.gold),-fuse-ld=gold)
STARTS = -static-libasan -static-libubsan
endif
endif

# Files of src/crypt for kinds of processors: by their instructions (cpu), and by
# what they multiply (width). $(call kinds,CPU,WIDTH): those that are compiled;
# $(call kind_cc,OBJECT,FLAGS): by which flags, where those are for small code.
CPUS = x86 arm none
WIDTHS = wide narrow
kinds = $(foreach f,$(wildcard src/crypt/*_none.c),$(or $(wildcard $(f:none.c=$(1).c)),$(f))) \
	$(wildcard src/crypt/*_$(2).c)
fast = $(if $(filter %_x86.o %_arm.o %_wide.o,$(1)),-O3,-O2)
kind_cc = $(if $(and $(filter native,$(IN)),$(filter -Os,$(2))),$(call fast,$(1))) \
	$(if $(filter %_arm.o,$(1)),-march=armv8-a+crypto+crc) $(if \
	$(and $(filter -Os -O1,$(2)),$(filter $(FAST:%=%.o),$(notdir $(1)))),$(UNROLLED))
# Time is spent there on long carries: unrolled, and not by halves in vectors.
FAST = big mont ec p256 x25519 rows_x86 p256_x86 power_x86
UNROLLED = -O3 -fno-tree-vectorize -fno-tree-slp-vectorize
width = $(if $(filter 16,$(shell echo __SIZEOF_INT128__ | $(1) $(CFLAGS) -E -P - 2>/dev/null)),wide,narrow)
defines = $(filter 1,$(shell echo $(2) | $(1) $(CFLAGS) -E -P - 2>/dev/null))
cpu = $(or $(if $(filter native,$(IN)),$(call native,$(1))),none)
native = $(if $(call defines,$(1),__x86_64__),x86,$(if $(call defines,$(1),__AARCH64EL__),arm))
