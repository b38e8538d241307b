# The units of contrib/systemd, run by systemd itself.
.PHONY: systemd
systemd: all ## the units of contrib, run by systemd in a container (root)
	@$(PYTHON) t/systemd/units.py
