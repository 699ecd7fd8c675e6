-- wrk: reads of a result meanwhile.
wrk.path = "/clusters/load/result"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
