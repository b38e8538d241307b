#!/bin/sh
# Fetches those whom `make bench`, `make bench-p2p` and t/interop have nat beside into
# /opt/rivals/bin, and Debian's packages where those are: t/bench/rivals.sh [NAME...],
# of go, frp, cargo, debian, pion, datachannel; none: all. Never part of the build.
# What is not to be had is named and left out.
set -u
to=${RIVALS:-/opt/rivals}
top=$(cd "$(dirname "$0")/../.." && pwd)
wanted=" ${*:-debian go frp pion cargo datachannel} "
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

# A peer of WebRTC by pion's Go modules.
build_pion() {
	home=$(mktemp -d) || return
	(
		cd "$home" && cp "$top/t/interop/pion.go" main.go || exit
		go mod init pion &&
			go get github.com/pion/webrtc/v4@v4.1.4 \
				github.com/gorilla/websocket@v1.5.3 &&
			go build -o "$to/bin/pion" .
	)
	status=$?
	rm -rf "$home"
	return $status
}

# One by libdatachannel, whose sources a crate carries; needs cmake, libssl-dev.
build_datachannel() {
	home=$(mktemp -d) || return
	(
		cd "$home" && cargo init -q --name x . || exit
		cargo add -q --build datachannel-sys@0.23.0 && cargo vendor -q || exit
		from=vendor/datachannel-sys/libdatachannel
		cmake -S "$from" -B made -DCMAKE_BUILD_TYPE=Release -DNO_MEDIA=ON \
			-DNO_EXAMPLES=ON -DNO_TESTS=ON &&
			cmake --build made --target datachannel-static &&
			cc -O2 -DRTC_STATIC -DRTC_ENABLE_MEDIA=0 -I$from/include -c \
				"$top/t/interop/datachannel.c" &&
			c++ -o "$to/bin/datachannel" datachannel.o \
				made/libdatachannel-static.a \
				$(find made/deps -name '*.a') -lssl -lcrypto -lpthread
	)
	status=$?
	rm -rf "$home"
	return $status
}

# What is wanted, if the program that fetches it is here.
want() {
	case $wanted in
	*" $1 "*) command -v "$2" >/dev/null ;;
	*) false ;;
	esac
}

mkdir -p "$to/bin" || exit
[ "$(id -u)" = 0 ] && want debian apt-get && try apt-get install -y $debian
want go go && try env GOBIN="$to/bin" go install github.com/jpillora/chisel@latest
want frp go && try build_frp
want pion go && try build_pion
want cargo cargo && try nice -n 10 cargo install --root "$to" rathole bore-cli
want datachannel cargo && try build_datachannel
ls "$to/bin"
