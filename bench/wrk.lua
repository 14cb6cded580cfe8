-- Asks what stands in the file REQUESTS, round and round: METHOD GET has one path a line; POST one
-- body a line, in hexadecimal, for the path PATH. Says what it saw as one line of JSON.
local requests = {}
local at = 0

local function from_hex(text)
    return (text:gsub("..", function(two) return string.char(tonumber(two, 16)) end))
end

function init(args)
    local is_post = os.getenv("METHOD") == "POST"
    local headers = {}
    if is_post then headers["Content-Type"] = "application/ocsp-request" end
    for line in io.lines(os.getenv("REQUESTS")) do
        requests[#requests + 1] = is_post and wrk.format("POST", os.getenv("PATH_ASKED"), headers, from_hex(line))
            or wrk.format("GET", line, headers)
    end
end

function request()
    at = at % #requests + 1
    return requests[at]
end

function done(summary, latency, each)
    local errors = summary.errors
    io.write(string.format('{"num": %d, "microseconds": %d, "p99": %d, "wrong": %d, "broken": %d}\n',
        summary.requests, summary.duration, latency:percentile(99), errors.status,
        errors.connect + errors.read + errors.write + errors.timeout))
end
