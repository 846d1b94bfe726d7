-- One thread's requests: visitors at many addresses behind the proxy, each with one of a few browsers.
local agents = {
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0",
}
math.randomseed(7)
request = function()
  local n = math.random(200000)
  local address = string.format("81.%d.%d.%d", math.floor(n / 65536) + 2, math.floor(n / 256) % 256, n % 256)
  local page = string.format("/help/article-%d", math.random(180))
  local headers = {
    ["content-type"] = "text/plain;charset=UTF-8", ["user-agent"] = agents[n % 3 + 1], ["x-forwarded-for"] = address,
    ["accept-language"] = "de-DE,de;q=0.9,en;q=0.8", ["origin"] = "https://docs.example",
  }
  local body = '[{"k":"v","u":"https://docs.example' .. page .. '?utm_source=updates","r":"https://www.google.com/","z":60}]'
  return wrk.format("POST", "/n", headers, body)
end
