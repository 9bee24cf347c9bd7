-- SPDX-License-Identifier: Apache-2.0
-- bench/dials.lua - wrk: as many dials as BENCH_COUNT says, each a new click
local ffi = require("ffi")
ffi.cdef([[
	typedef struct { long sec; long nsec; } bench_time;
	int clock_gettime(int clock, bench_time *out);
]])

local count = tonumber(os.getenv("BENCH_COUNT"))
local seed = os.getenv("BENCH_SEED") or "0"
local now = ffi.new("bench_time")
local sent, answered, wrong = 0, 0, 0
local start

local body = [[{
  "PhoneNumber": "+1 650305%04d",
  "ActivityUUID": "00163EA718FC1EEA%016X",
  "BusinessPartnerID": "1545766",
  "Direction": "OUT",
  "ESObjectID": "COD_CONTACT_ES_CO",
  "LoggedInUserID": "SERVICEAGENT01",
  "ObjectID": "1545766",
  "ObjectThingType": "COD_CONTACT_TT",
  "ObjectTypeCode": "147",
  "ObjectUUID": "00163E07C0211ED799FA20463CBFEF62"
}]]
local length = #string.format(body, 4000, 0)
local text = "POST /api/v1/calls HTTP/1.1\r\nHost: 127.0.0.1\r\n" ..
	"Content-Type: application/json\r\nContent-Length: " .. length ..
	"\r\n\r\n" .. body

-- the end of a number is the simulator's answer: 000 to 399 is a yes
local numbers = tonumber(os.getenv("BENCH_NUMBERS") or "1")
local function number(n)
	local k = n % numbers

	return 4000 + k % 400 + 1000 * math.floor(k / 400)
end

local function seconds()
	ffi.C.clock_gettime(1, now)
	return tonumber(now.sec) + tonumber(now.nsec) / 1e9
end

request = function()
	start = start or seconds()
	sent = sent + 1
	return string.format(text, number(sent), tonumber(seed) * 1e9 + sent)
end

-- wrk itself only knows how long, not how many
response = function(status)
	answered = answered + 1
	if status ~= 201 then
		wrong = wrong + 1
	end
	if answered < count then
		return
	end
	io.write(string.format("dials %d seconds %.6f sent %d wrong %d\n",
		answered, seconds() - start, sent, wrong))
	io.flush()
	os.exit(0)
end

-- where it is only known how long (BENCH_COUNT is not reached)
done = function(summary, latency)
	io.write(string.format("timed %d seconds %.6f p50 %.3f p99 %.3f " ..
		"wrong %d\n", summary.requests, summary.duration / 1e6,
		latency:percentile(50) / 1000, latency:percentile(99) / 1000,
		summary.errors.status + summary.errors.read +
		summary.errors.write + summary.errors.timeout))
end
