-- Sends one form after the other, each with a token and a network of its own.
local tokens = {}
-- The warming up before a measurement has used the first ones.
local at = tonumber(os.getenv("BENCH_SKIP"))

function init(args)
  for line in io.lines(os.getenv("BENCH_TOKENS")) do
    tokens[#tokens + 1] = line
  end
end

function request()
  at = at + 1
  if at > #tokens then
    at = 1
  end
  local address = string.format("10.%d.%d.9", math.floor(at / 250) % 250, at % 250)
  local body = "token=" .. tokens[at]
    .. "&for_whom=self&contact_way=phone&phone=212-555-0142&consent_call=on&name=A+name+to+use&guide=&step=0"
    .. "&message=I+would+like+to+talk+to+someone+about+stopping.+Please+call+me+in+the+morning."
  return wrk.format("POST", nil, { ["Content-Type"] = "application/x-www-form-urlencoded", ["X-Real-IP"] = address }, body)
end

local wrong = 0
function response(status, headers, body)
  if status ~= 303 then
    wrong = wrong + 1
    if wrong < 3 then
      print("# status " .. status)
    end
  end
end
