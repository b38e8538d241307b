#!/bin/sh
# Puts nat below $DESTDIR$PREFIX, and an example config to $DESTDIR/etc/nat.conf
# unless there is one; or takes all but the config away again. It runs from the
# root of the tree, after make: contrib/install.sh install|uninstall
set -eu
etc=${DESTDIR-}/etc/nat.conf
PREFIX=${PREFIX-/usr/local}

# MODE FROM TO
list() {
	echo 755 nat bin/nat
	for f in docs/man/*.[1-9]; do
		echo "644 $f share/man/man${f##*.}/${f##*/}"
	done
	c=contrib/completions
	echo 644 $c/nat share/bash-completion/completions/nat
	echo 644 $c/_nat share/zsh/site-functions/_nat
	echo 644 $c/nat.fish share/fish/vendor_completions.d/nat.fish
	for f in contrib/systemd/*.service; do
		echo "644 $f lib/systemd/system/${f##*/}"
	done
}

put() { # MODE FROM TO
	mkdir -p "${3%/*}"
	case $2 in
	*.service) sed "s|/usr/local/bin/|$PREFIX/bin/|" "$2" >"$3.new" ;;
	*) cp "$2" "$3.new" ;;
	esac
	chmod "$1" "$3.new"
	mv "$3.new" "$3"
}

case ${1-} in
install)
	list | while read -r mode from to; do
		put "$mode" "$from" "${DESTDIR-}$PREFIX/$to"
	done
	[ -e "$etc" ] || put 644 contrib/nat.conf "$etc"
	;;
uninstall)
	list | while read -r mode from to; do
		rm -f "${DESTDIR-}$PREFIX/$to"
	done
	[ ! -e "$etc" ] || echo "left: $etc"
	;;
*)
	echo 'usage: contrib/install.sh install|uninstall' >&2
	exit 2
	;;
esac
