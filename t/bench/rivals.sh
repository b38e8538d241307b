#!/bin/sh
# Fetches those whom `make bench` measures nat beside into /opt/rivals/bin, and
# Debian's packages where those are: t/bench/rivals.sh [FOLDER]. Never part of
# the build. What is not to be had is named and left out.
set -u
to=${1:-/opt/rivals}
debian="haproxy socat rinetd nginx-light libnginx-mod-stream redis-server
	redis-tools wrk openssh-server openssh-client"
frp=${FRP_VERSION:-latest}

try() {
	echo "== $*"
	"$@" || echo "rivals: not to be had: $*" >&2
}

# frp replaces a module of its own, which `go install` refuses: its line is
# taken over into a module that only builds it.
build_frp() {
	home=$(mktemp -d) || return
	(
		cd "$home" || exit
		go mod init rivals && go get "github.com/fatedier/frp@$frp" || exit
		mod=$(go list -m -f '{{.GoMod}}' github.com/fatedier/frp)
		sed -n 's/^replace \(.*\) => \(.*\) \(v.*\)$/\1=\2@\3/p' "$mod" |
			xargs -n 1 go mod edit -replace
		go mod tidy
		GOBIN=$to/bin go install github.com/fatedier/frp/cmd/frps \
			github.com/fatedier/frp/cmd/frpc
	)
	status=$?
	rm -rf "$home"
	return $status
}

mkdir -p "$to/bin" || exit
[ "$(id -u)" = 0 ] && try apt-get install -y $debian
if command -v go >/dev/null; then
	try env GOBIN="$to/bin" go install github.com/jpillora/chisel@latest
	try build_frp
fi
if command -v cargo >/dev/null; then
	try nice -n 10 cargo install --root "$to" rathole bore-cli
fi
ls "$to/bin"
