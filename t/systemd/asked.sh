# What is asked of the units, run by systemd in the container of units.py.
PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin

# PORT SERVICE, in three sections of /etc/FILE beside a relay that is there
client() {
	printf 'config client\n\tlist relay 127.0.0.1:%s\n' "$1"
	printf 'config service web\n\toption type tcp\n'
	printf '\toption local 8000\n\toption public %s\n' "$2"
}

# Until pages come from both: half a minute.
both() {
	for try in $(seq 60); do
		curl -sf -o /dev/null http://127.0.0.1:6080/ &&
			curl -sf -o /dev/null http://127.0.0.1:80/ &&
			echo "well $1" && return
		sleep 0.5
	done
	echo "no page $1"
	journalctl --no-pager -u nat-relay -u nat-client -u nat@all | tail -40
	systemctl --no-pager status nat-relay nat-client nat@all
	exit 1
}

each() { # VERB...
	for unit in nat-relay nat-client nat@all; do
		systemctl "$@" $unit || echo "failed: $* $unit"
	done
}

ip link set lo up
mkdir -p /etc/nat
echo 'OPTIONS=--open --listen 127.0.0.1:8888' >/etc/nat/relay.env
client 8888 6080 >/etc/nat.conf
{
	printf 'config relay\n\toption open 1\n\toption ports 80-90\n'
	printf '\tlist listen 127.0.0.1:8889\n'
	client 8889 80
} >/etc/nat/all.conf
cd /usr/share/doc && python3 -m http.server -b 127.0.0.1 8000 >/dev/null 2>&1 &

systemctl daemon-reload
each start
both started
nat status >/dev/null || exit 1
RUNTIME_DIRECTORY=/run/nat-all nat status >/dev/null || exit 1
each reload
both reloaded
each kill -s KILL
sleep 1
both 'killed and started again'
systemctl show -p NRestarts --value nat-relay nat-client nat@all |
	grep -qvx -e 1 -e '' && exit 1
each restart
both restarted
for unit in nat-relay nat-client nat@all; do
	systemd-analyze security $unit --no-pager | tail -1
done
each stop
systemctl show -p Result --value nat-relay nat-client nat@all |
	grep -qvx -e success -e '' && exit 1
echo all well
