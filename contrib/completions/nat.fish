# Completion of nat for fish, by: nat help --complete fish
function _nat_at
	set -l words (commandline -opc)
	test "$words[2]" = "$argv[1]"
end
function _nat_cmd -a name argument what
	set -g _nat_of $name
	complete -c nat -n '_nat_at ""' -a $name -d $what
	test -z "$argument"
	or complete -c nat -n "_nat_at $name" -a "(complete -C 'nat ')"
end
function _nat_opt -a name letter kind what
	set -l how
	switch $kind
		case FILE
			set how -rF
		case DIR
			set how -xa '(__fish_complete_directories)'
		case ADDR HOST
			set how -xa '(__fish_print_hostnames)'
		case '*|*'
			set how -xa (string replace -a '|' ' ' $kind)
		case '?*'
			set how -x
	end
	test -z "$letter"; or set -a how -s $letter
	complete -c nat -n "_nat_at $_nat_of" -l $name -d $what $how
end
complete -c nat -f
_nat_cmd check '' 'Validates a config file and prints the settings in force'
_nat_opt config 'c' 'FILE' 'The file to check'
_nat_opt show-secrets '' '' 'Print tokens too'
_nat_opt help 'h' '' 'Show this and exit'
_nat_cmd client '' 'Inner side: publishes services of this machine at a relay'
_nat_opt relay 'r' 'ADDR' 'Relay, port 8888 if not said'
_nat_opt token '' 'TEXT' 'Secret shared by relay and clients'
_nat_opt token-file '' 'FILE' 'Read it from a file that only the owner can read'
_nat_opt weak-token '' '' 'Take a token that could be guessed'
_nat_opt name 'n' 'NAME' 'What this client is called, if not HOST-xxxxxx'
_nat_opt plain '' '' 'The relay is an original FAST NAT server'
_nat_opt max-visitors '' 'N' 'Most visitors at once'
_nat_opt fail-back '' 'TIME' 'How often a better relay, or another address of this one, is looked for; 0: never'
_nat_opt max-parked '' 'N' 'Most connections to the relay kept ready for visitors'
_nat_opt max-flows '' 'N' 'Most visitors of UDP services at once'
_nat_opt udp-idle '' 'TIME' 'How long a silent visitor of UDP is remembered'
_nat_opt visit '' 'OWNER/SERVICE=ADDR' 'Reach a private service of another client at this address'
_nat_opt stdio '' 'OWNER/SERVICE' 'Reach one by standard input and output, and exit'
_nat_opt max-memory '' 'SIZE' 'Most memory for buffers'
_nat_opt pipe-size '' 'SIZE' 'Bytes that a pipe of the kernel holds'
_nat_opt config 'c' 'FILE' 'Read settings from this file'
_nat_opt verbose 'v' '' 'Log what is for debugging too'
_nat_opt log '' 'FILE' 'Append the log to this file, or: syslog, syslog:PATH'
_nat_opt log-time '' '' 'Begin each line of the log with the time'
_nat_opt state-dir '' 'DIR' 'Keep here what must survive a restart'
_nat_opt drain '' 'TIME' 'At SIGTERM, how long those being served may go on'
_nat_opt user '' 'NAME[:GROUP]' 'Be this user once the ports are open'
_nat_opt resolv-conf '' 'FILE' 'Name servers, if not /etc/resolv.conf'\''s'
_nat_opt no-sandbox '' '' 'Keep the rights that serving does not need'
_nat_opt admin '' 'PATH' 'Answer nat status on this unix socket'
_nat_opt metrics '' 'ADDR' 'Serve metrics for Prometheus; of loopback if only a port'
_nat_opt help 'h' '' 'Show this and exit'
_nat_cmd help 'COMMAND' 'Shows the commands, or the options of one'
_nat_opt man '' '' 'Write a man page'
_nat_opt complete '' 'bash|zsh|fish' 'Write what a shell needs to complete lines'
_nat_opt help 'h' '' 'Show this and exit'
_nat_cmd keygen '' 'Makes secrets that cannot be guessed'
_nat_opt token '' '' 'Make a token for relay and clients'
_nat_opt help 'h' '' 'Show this and exit'
_nat_cmd relay '' 'Public server: clients publish services on its ports'
_nat_opt listen 'l' 'ADDR' 'Where clients connect'
_nat_opt token '' 'TEXT' 'Secret shared by relay and clients'
_nat_opt token-file '' 'FILE' 'Read it from a file that only the owner can read'
_nat_opt weak-token '' '' 'Take a token that could be guessed'
_nat_opt open '' '' 'Serve clients without a token too'
_nat_opt ports '' 'LO-HI' 'Ports that clients may publish'
_nat_opt bind '' 'HOST' 'Address of published ports, if not all'
_nat_opt max-clients '' 'N' 'Most clients at once'
_nat_opt max-visitors '' 'N' 'Most visitors at once'
_nat_opt allow '' 'CIDR' 'Let visitors in from there, and from nowhere else'
_nat_opt deny '' 'CIDR' 'Let no visitors in from there, even if allowed'
_nat_opt max-visitors-client '' 'N' 'Most visitors of one client at once; 0: as many as of all'
_nat_opt max-visitors-address '' 'N' 'Most visitors from one address, or IPv6 /64, at once; 0: as many as of all'
_nat_opt max-pending '' 'N' 'Most visitors that wait for one client; more wait outside'
_nat_opt max-unknown '' 'N' 'Most connections before login; the oldest gives way'
_nat_opt max-unknown-address '' 'N' 'Most of them from one address, or IPv6 /64'
_nat_opt ban-after '' 'N' 'Ban a name at an address after so many failed logins; 0: never'
_nat_opt ban-time '' 'TIME' 'How long a ban holds, and failed logins count'
_nat_opt max-services '' 'N' 'Most services of one client'
_nat_opt max-visits '' 'N' 'Most visits of one client to private services at once'
_nat_opt visit-any '' '' 'Every client may visit every private service'
_nat_opt max-flows '' 'N' 'Most visitors of UDP services at once'
_nat_opt udp-idle '' 'TIME' 'How long a silent visitor of UDP is remembered'
_nat_opt max-memory '' 'SIZE' 'Most memory for buffers'
_nat_opt pipe-size '' 'SIZE' 'Bytes that a pipe of the kernel holds'
_nat_opt heartbeat '' 'TIME' 'How often silent clients are asked for a sign'
_nat_opt config 'c' 'FILE' 'Read settings from this file'
_nat_opt verbose 'v' '' 'Log what is for debugging too'
_nat_opt log '' 'FILE' 'Append the log to this file, or: syslog, syslog:PATH'
_nat_opt log-time '' '' 'Begin each line of the log with the time'
_nat_opt state-dir '' 'DIR' 'Keep here what must survive a restart'
_nat_opt drain '' 'TIME' 'At SIGTERM, how long those being served may go on'
_nat_opt user '' 'NAME[:GROUP]' 'Be this user once the ports are open'
_nat_opt resolv-conf '' 'FILE' 'Name servers, if not /etc/resolv.conf'\''s'
_nat_opt no-sandbox '' '' 'Keep the rights that serving does not need'
_nat_opt admin '' 'PATH' 'Answer nat status on this unix socket'
_nat_opt metrics '' 'ADDR' 'Serve metrics for Prometheus; of loopback if only a port'
_nat_opt help 'h' '' 'Show this and exit'
_nat_cmd run '' 'Everything that a config file enables, in one process'
_nat_opt config 'c' 'FILE' 'File to read, not /etc/config/nat or /etc/nat.conf'
_nat_opt verbose 'v' '' 'Log what is for debugging too'
_nat_opt log '' 'FILE' 'Append the log to this file, or: syslog, syslog:PATH'
_nat_opt log-time '' '' 'Begin each line of the log with the time'
_nat_opt state-dir '' 'DIR' 'Keep here what must survive a restart'
_nat_opt drain '' 'TIME' 'At SIGTERM, how long those being served may go on'
_nat_opt user '' 'NAME[:GROUP]' 'Be this user once the ports are open'
_nat_opt resolv-conf '' 'FILE' 'Name servers, if not /etc/resolv.conf'\''s'
_nat_opt no-sandbox '' '' 'Keep the rights that serving does not need'
_nat_opt admin '' 'PATH' 'Answer nat status on this unix socket'
_nat_opt metrics '' 'ADDR' 'Serve metrics for Prometheus; of loopback if only a port'
_nat_opt help 'h' '' 'Show this and exit'
_nat_cmd status '' 'Shows how the nats that run here are doing'
_nat_opt admin '' 'PATH' 'The socket to ask, not those of every nat that is found'
_nat_opt json '' '' 'Show everything, for programs: an array, an object for each nat'
_nat_opt watch '' '' 'Show it again and again, every TIME; 2s if none is given'
_nat_opt visitors '' '' 'Show each visitor too'
_nat_opt help 'h' '' 'Show this and exit'
_nat_cmd version '' 'Shows which nat this is, and its parts'
_nat_opt help 'h' '' 'Show this and exit'
