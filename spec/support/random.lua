--- Numbers for specs: the same in every build and on every machine, and exact in float, so that the float and the
--- double build compute from the same inputs. Not the library's own generator: that is what other specs test.
local M = {}

-- Splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
local function next_word(state)
  state[1] = state[1] + 0x9e3779b97f4a7c15
  local z = state[1]
  z = (z ~ (z >> 30)) * 0xbf58476d1ce4e5b9
  z = (z ~ (z >> 27)) * 0x94d049bb133111eb
  return z ~ (z >> 31)
end

local function as_float(x) return (string.unpack("<f", string.pack("<f", x))) end

--- A generator whose numbers follow from `seed`, a string.
---@param seed string
function M.new(seed)
  local state = { 0 }
  for i = 1, #seed do
    state[1] = state[1] ~ seed:byte(i)
    next_word(state)
  end
  local generator = {}

  --- A real in [low, high), exact in float.
  function generator.real(low, high)
    local unit = (next_word(state) >> 11) / (1 << 53)
    return as_float(low + (high - low) * unit)
  end

  --- A whole number in [low, high].
  function generator.whole(low, high) return low + (next_word(state) >> 1) % (high - low + 1) end

  --- `n` reals between low and high in random order, no two closer than (high - low) / n / 2.
  function generator.spread(n, low, high)
    local values = {}
    for i = 1, n do values[i] = as_float(low + (high - low) * (i - 1 + 0.5 * generator.real(0, 1)) / n) end
    for i = n, 2, -1 do
      local j = generator.whole(1, i)
      values[i], values[j] = values[j], values[i]
    end
    return values
  end

  return generator
end

return M
