# Unit tests and scenarios under valgrind: the release's code with symbols.

mem_flags = $(filter-out -ffile-prefix-map=%,$(rel_flags)) -g -fno-omit-frame-pointer
mem_link = -Wl,--gc-sections,-z,relro,-z,now
$(eval $(call variant,mem,$(CC)))

.PHONY: valgrind
valgrind: $(mem)/nat $(TESTS:%.c=$(mem)/%) ## unit tests and scenarios under memcheck (S=FILES for some)
	@$(PYTHON) t/memcheck/memcheck.py --nat $< --jobs $(JOBS) \
	$(S:%=--scn=%) $(TESTS:%.c=$(mem)/%)
