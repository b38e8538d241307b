# Constant time: src/crypt as it is released, by both compilers, under memcheck.

.PHONY: ct
ct_flags = $(filter-out -ffile-prefix-map=%,$(rel_flags)) -gdwarf-4
ctalt_flags = $(ct_flags)
$(eval $(call variant,ct,$(CC)))
$(if $(ALT),$(eval $(call variant,ctalt,$(ALT))))

# Memcheck knows no AVX-512: the same in C.
EMULATED = -isystem t/ct/emulated
$(ct)/src/crypt/power_x86.o $(if $(ALT),$(ctalt)/src/crypt/power_x86.o): build_cc += $(EMULATED)

# $(call ct_program,VARIANT,COMPILER)
define ct_program
$($(1))/t/ct/ct: $(patsubst %.c,$($(1))/%.o,$(wildcard t/ct/*.c) \
		$(filter src/crypt/% src/base/%,$($(1)_src)) src/os/cpu.c)
	$$(call say,LINK)$(2) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^
endef
$(eval $(call ct_program,ct,$(CC)))
$(if $(ALT),$(eval $(call ct_program,ctalt,$(ALT))))

ifneq ($(wildcard /usr/include/valgrind/memcheck.h),)
ct: $(ct)/t/ct/ct $(if $(ALT),$(ctalt)/t/ct/ct) ## no branch or index depends on a secret (memcheck)
	@$(PYTHON) t/ct/ct.py $^
else
ct:
	@echo 'ct: skipped: no valgrind/memcheck.h here'
endif
