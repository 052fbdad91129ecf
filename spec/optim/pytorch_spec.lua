-- Every optimiser against PyTorch's: spec/fixtures/optim.json, from scripts/fixtures/optim.py.
local ae = require "aelua"
local core = require "aelua.core"
local values = require "spec.support.values"

local function fixtures()
  local file <close> = assert(io.open("spec/fixtures/optim.json", "rb"))
  return core.json.decode(file:read("a"))
end

local function describe_case(case)
  local parts = {}
  for _, options in ipairs { case.options, case.how } do
    for name, value in pairs(options) do
      if type(value) == "table" then value = "..." end
      parts[#parts + 1] = name .. "=" .. tostring(value)
    end
  end
  table.sort(parts)
  return case.class .. " " .. table.concat(parts, " ")
end

local function contains(list, value)
  for _, each in ipairs(list or {}) do
    if each == value then return true end
  end
  return false
end

-- Gives the parameter the gradient g through a graph: d sum(g * w) / dw.
local function set_gradient(parameter, g, size, scale)
  (parameter * (values.shaped(g, size) * scale)):sum():backward()
end

local function run(fixture, case)
  local how, parameters = case.how, {}
  for i, size in ipairs(fixture.sizes) do
    parameters[i] = values.shaped(fixture.initial[i], size):require_grad()
  end
  local given = { { parameters[1] }, { parameters[2], lr = how.group_lr } }
  if not how.group_lr then given = { parameters[1], parameters[2] } end
  for name, value in pairs(case.options) do given[name] = value end
  given.clip_norm, given.clip_value = how.clip_norm, how.clip_value
  local optimizer = ae.optim[case.class](given)
  local after = {}
  for step, gradients in ipairs(fixture.gradients) do
    local lr = how.lr_at and how.lr_at[tostring(step - 1)]
    if lr then optimizer:set_lr(lr) end
    optimizer:zero_grad()
    for i, parameter in ipairs(parameters) do
      if not (i == 2 and contains(how.absent, step - 1)) then
        set_gradient(parameter, gradients[i], fixture.sizes[i], how.scale and how.scale[step] or 1)
      end
    end
    optimizer:step()
    after[step] = { values.flat(parameters[1]), values.flat(parameters[2]) }
  end
  return after
end

describe("optim as in PyTorch", function()
  local fixture = fixtures()
  local tolerance = values.is_double and 1e-12 or 3e-6
  for _, case in ipairs(fixture.cases) do
    it(describe_case(case), function()
      local after = run(fixture, case)
      for step, want in ipairs(case.after) do
        for i = 1, 2 do
          for k, number in ipairs(want[i]) do
            local got = after[step][i][k]
            if math.abs(got - number) > tolerance * math.max(1, math.abs(number)) then
              error(("step %d, parameter %d, element %d: wants %.9g, got %.9g"):format(step, i, k, number, got))
            end
          end
        end
      end
    end)
  end
end)
