# sandbox: the release binary in scenarios, confined as it is by itself (the
# sanitized one keeps its rights), and under strace: nothing that it calls may be
# refused. In `make check SAN=1` some, by itself all, and the static binary too. And
# the table of what is allowed beside what the objects of the product call.

# What counts on its time or takes an odd way to the program is not watched.
SANDBOX_FREE = closed_standard crowd deaf deaf_stderr examples help \
	parked_crowd pending status_user symlink user_faults
SANDBOX_SOME = sandbox sandbox_files sandbox_refused sandbox_replaced sandbox_reread admin_socket \
	client_state log_rotate log_syslog private_stdio reload_tokens run_conf shell \
	udp_echo unix user
SANDBOX := $(if $(filter check rest,$(MAKECMDGOALS)),$(SANDBOX_SOME:%=t/scn/%.scn),\
	$(filter-out $(SANDBOX_FREE:%=t/scn/%.scn),$(shell grep -L '^accept' t/scn/*.scn)))
SANDBOX_STATIC := $(if $(filter check rest,$(MAKECMDGOALS)),,$(HAVE_MUSL:%=static))

.PHONY: sandboxed lint-sandbox
lint: lint-sandbox
lint-sandbox: $(rel_src:%.c=$(rel)/%.o)
	$(if $(filter src/os/calls.c,$(SRC)),@$(PYTHON) t/sandbox/table.py $^)
rest: sandboxed
sandboxed: all $(SANDBOX_STATIC) | $(if $(filter check rest,$(MAKECMDGOALS)),scn) ## scenarios: nothing that is needed is refused
	$(if $(SANDBOX_STATIC),@$(PYTHON) t/scn/run.py --nat nat $(SANDBOX_FREE:%=t/scn/%.scn))
	@$(PYTHON) t/sandbox/calls.py nat $(or $(S),$(SANDBOX))
	$(if $(SANDBOX_STATIC),@$(PYTHON) t/sandbox/calls.py nat-static $(or $(S),$(SANDBOX)))
