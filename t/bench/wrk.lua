-- One line that a program can read: requests, microseconds, errors, p50, p99.
done = function(summary, latency)
	local e = summary.errors
	local bad = e.connect + e.read + e.write + e.status + e.timeout
	io.write(string.format("wrk: %d %d %d %d %d\n", summary.requests,
		summary.duration, bad, latency:percentile(50),
		latency:percentile(99)))
end
