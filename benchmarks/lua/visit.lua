-- Reads the form, then sends it with the token it carries. One connection a thread, so that the two belong together.
local token = nil
local count = 0
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function request()
  count = count + 1
  local address = string.format("10.%d.%d.9", (number * 20 + math.floor(count / 500)) % 250, math.floor(count / 2) % 250)
  if token == nil then
    return wrk.format("GET", "/contact/", { ["X-Real-IP"] = address })
  end
  local body = "token=" .. token
    .. "&for_whom=self&contact_way=mailbox&guide=&step=0"
    .. "&message=I+would+like+to+talk+to+someone+about+stopping."
  token = nil
  return wrk.format("POST", "/contact/", { ["Content-Type"] = "application/x-www-form-urlencoded", ["X-Real-IP"] = address }, body)
end

local wrong = 0
function response(status, headers, body)
  if status == 200 then
    token = string.match(body, 'name="token" value="([^"]+)"')
    if token then
      token = string.gsub(token, ":", "%%3A")
      token = string.gsub(token, "=", "%%3D")
    end
  elseif status ~= 303 then
    wrong = wrong + 1
    if wrong < 3 then
      print("# status " .. status)
    end
  end
end
