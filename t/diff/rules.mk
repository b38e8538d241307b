# Our codecs against other people's, on messages made at random.

DIFF_N ?= 1000
.PHONY: diff
rest: diff

$(san)/t/diff/dns_dump: $(san)/t/diff/dns_dump.o $(san)/libnat.a
	$(call say,LINK)$(CC) $(san_link) $(CFLAGS) $(LDFLAGS) -o $@ $^

$(san)/t/diff/pb_dump: $(san)/t/diff/pb_dump.o $(san)/libnat.a
	$(call say,LINK)$(CC) $(san_link) $(CFLAGS) $(LDFLAGS) -o $@ $^

diff: $(san)/t/diff/dns_dump $(if $(filter natpass,$(IN)),$(san)/t/diff/pb_dump) ## wire/dns against dnspython, wire/pb against protobuf, DIFF_N=messages
	@$(PYTHON) t/diff/dnspython.py --messages $(DIFF_N) $<
	@$(if $(filter natpass,$(IN)),$(PYTHON) t/diff/protobuf.py --messages $(DIFF_N) $(san)/t/diff/pb_dump)
