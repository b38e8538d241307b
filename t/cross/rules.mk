# Other processors, other systems. `make cross`: the unit tests under emulation.
# `make cross-check`: the product compiled and linked for what cannot be run here.

found = $(firstword $(wildcard $(addsuffix /$(1),$(subst :, ,$(PATH)))))

.PHONY: cross cross-check cross-selftest

# ---- cmocka's stand-in, beside the real one ----

rest: cross-selftest
cross-selftest: build/cross/verdicts-ours \
	$(if $(findstring musl,$(CC)),,build/cross/verdicts-real)
	@$(PYTHON) t/cross/selftest.py $^
verdicts = mkdir -p $(@D); $(CC) -std=c11 $(WARN) $(WERROR) $(1) -o $@ $< $(2)
build/cross/verdicts-ours: t/cross/verdicts.c vendor/cmocka/cmocka.h
	@$(call verdicts,$(STAND_IN))
build/cross/verdicts-real: t/cross/verdicts.c
	@$(call verdicts,,-lcmocka)

# ---- unit tests: compiler, emulator, flags; CROSS=mips for one ----

CROSS ?= mips arm armschar aarch64 riscv64 uchar
mips_cc = mips-linux-gnu-gcc
mips_extra = $(WIDE)
mips_under = qemu-mips-static
# Pages mapped, as /proc tells them, are the emulator's.
# A child that ends by a signal may hang in qemu-user.
all_lack = too_much_memory it_is_as_it_was_by_each_end it_is_raw_again_when_it_goes_on
mips_lacks = $(all_lack)
arm_lacks = $(all_lack)
armschar_lacks = $(all_lack)
aarch64_lacks = $(all_lack)
riscv64_lacks = $(all_lack)
# qemu-user does not swap the bytes of UDP_SEGMENT and UDP_GRO.
mips_lacks += queued flood goes stale sent_on is_forgotten is_gone begins_anew lost relay two_families
mips_link = -Wl,--wrap=__getsockopt64 t/cross/so_error.c
arm_cc = arm-linux-gnueabi-gcc
arm_extra = $(WIDE)
arm_under = qemu-arm-static
armschar_cc = $(arm_cc)
armschar_under = $(arm_under)
armschar_extra = $(WIDE) -fsigned-char
aarch64_cc = aarch64-linux-gnu-gcc
aarch64_under = qemu-aarch64-static
riscv64_cc = riscv64-linux-gnu-gcc
riscv64_under = qemu-riscv64-static
uchar_cc = gcc
uchar_extra = -funsigned-char

have = $(and $(call found,$($(1)_cc)),$(if $($(1)_under),$(call found,$($(1)_under)),none))

# $(call cross,NAME)
define cross
$(call variant,cross-$(1),$($(1)_cc))
cross-$(1)_flags = -O1 -g $$(STAND_IN) $($(1)_extra)
cross-$(1)_link = $($(1)_under:%=-static -Wl,-w) $($(1)_link)
endef
$(foreach v,$(CROSS),$(eval $(call cross,$(v))))

skipped = @echo 'cross: $(1) skipped: no $($(1)_cc) or no $($(1)_under)'
run = @echo 'cross: $(1)$(if $($(1)_lacks),; the emulator is wrong for $($(1)_lacks))'; \
	CMOCKA_SKIP='$($(1)_lacks)' $(PYTHON) t/unit/run.py --jobs $(JOBS) \
	$($(1)_under:%=--under %) $(TESTS:%.c=$(cross-$(1))/%)
define one

	$(if $(call have,$(1)),$(run),$(skipped))
endef
cross: $(foreach v,$(CROSS),$(if $(call have,$(v)),$(TESTS:%.c=$(cross-$(v))/%))) ## unit tests for other processors, under emulation (CROSS=mips...)
	$(foreach v,$(CROSS),$(call one,$(v)))

# ---- the product for systems and routers that are not here, by `zig cc` ----

# python3 -m pip install --target build/zig ziglang
ZIG ?= $(or $(call found,zig),$(wildcard build/zig/ziglang/zig))
SYSTEMS = x86_64-freebsd aarch64-macos x86_64-macos x86_64-openbsd
ROUTERS = mips-linux-musleabi mipsel-linux-musleabi arm-linux-musleabi \
	arm-linux-musleabihf aarch64-linux-musl riscv64-linux-musl \
	powerpc-linux-musleabi x86-linux-musl x86_64-linux-musl
ZIG_NAT = $(patsubst %,build/zig-nat/%,$(SYSTEMS) $(ROUTERS))
zig_loop = $(if $(findstring linux,$(1)),epoll,kqueue)
zig_cpu = $(if $(filter x86_64-%,$(1)),x86,$(if $(filter aarch64-%,$(1)),arm,none))
zig_width = $(if $(filter aarch64-% x86_64-% riscv64-%,$(1)),wide,narrow)
zig_flags = $(filter-out -M%,$(C11)) $(STRICT) $(rel_flags) -s \
	$(if $(filter aarch64-linux-%,$(1)),-mcpu=generic+aes+sha2+crc) \
	$(if $(findstring linux,$(1)),-static -Wl$(comma)--gc-sections)

cross-check: $(if $(ZIG),$(ZIG_NAT)) ## the product compiled for BSDs, macOS and routers (zig cc)
	@$(if $(ZIG),$(PYTHON) t/cross/sizes.py $^,echo 'cross-check: skipped: no zig')
build/zig-nat/%: $(SRC) $(wildcard src/crypt/*.c) $(HDR)
	$(call say,ZIG )mkdir -p $(@D); $(ZIG) cc -target $* $(call zig_flags,$*) -o $@ \
	$(filter-out src/os/loop_%.c,$(SRC)) src/os/loop_$(call zig_loop,$*).c \
	$(call kinds,$(call zig_cpu,$*),$(call zig_width,$*))
