-- wrk: deliveries of 100 flow records, each with a key of its own.
--   wrk -t2 -c16 -d300s --latency -s flows.lua http://127.0.0.1:8080
-- Environment: TOKEN to write with, BATCH the file with 100 lines.
local file = assert(io.open(os.getenv("BATCH"), "rb"))
local body = file:read("*a")
file:close()

local threads = 0
function setup(thread)
   thread:set("id", threads)
   threads = threads + 1
end

function init()
   number = 0
   prefix = string.format("%d-%d-", os.time(), id)
end

function request()
   number = number + 1
   return wrk.format("POST", "/clusters/load/flows", {
      ["Authorization"] = "Bearer " .. os.getenv("TOKEN"),
      ["Content-Type"] = "application/x-ndjson",
      ["Idempotency-Key"] = prefix .. number,
   }, body)
end
