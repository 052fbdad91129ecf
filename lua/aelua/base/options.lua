--- Options in a table, checked against a declaration: unknown and misspelt
--- names raise with the nearest that exists; so do values of a wrong type.
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"

local M = {}

---@class aelua.Option
---@field type? string|string[] what `type` says, or "integer"; nil: anything
---@field default? any
---@field required? boolean
---@field min? number the smallest value that is taken
---@field above? number the value must be larger than this
---@field max? number
---@field finite? boolean infinity is not taken
---@field choices? string[] strings that are taken

local function type_fits(value, wanted)
  if wanted == "integer" then return math.type(value) == "integer" or (type(value) == "number" and value % 1 == 0) end
  return type(value) == wanted
end

local function check_type(who, name, value, wanted)
  if type(wanted) == "string" then wanted = { wanted } end
  for _, one in ipairs(wanted) do
    if type_fits(value, one) then return end
  end
  local got = type(value)
  if got == "number" or got == "string" or got == "boolean" then got = ("%s (%s)"):format(tostring(value), got) end
  errors.raise("invalid", ("%s: %s wants %s, got %s"):format(who, name, table.concat(wanted, " or "), got), 4)
end

local function check_range(who, name, value, option)
  if type(value) ~= "number" then return end
  local function fail(what) errors.raise("invalid", ("%s: %s wants %s, got %s"):format(who, name, what, value), 5) end
  if value ~= value then fail("a number, not nan") end
  if option.finite and value - value ~= 0 then fail("a finite number") end
  if option.min and value < option.min then fail(("at least %s"):format(option.min)) end
  if option.above and value <= option.above then fail(("more than %s"):format(option.above)) end
  if option.max and value > option.max then fail(("at most %s"):format(option.max)) end
end

local function check_choice(who, name, value, option)
  if not option.choices or type(value) ~= "string" then return end
  for _, choice in ipairs(option.choices) do
    if choice == value then return end
  end
  errors.raise("invalid", ("%s: %s wants one of %s, got '%s'%s"):format(
    who, name, table.concat(option.choices, ", "), value, names.meant(value, option.choices)), 4)
end

-- A value without a name would be dropped.
local function check_name(who, key)
  if type(key) == "string" then return end
  local what = type(key) == "number" and ("value %s without a name"):format(key) or ("key of type %s"):format(type(key))
  errors.raise("invalid", ("%s wants options by name, got a %s"):format(who, what), 4)
end

--- Raises unless `given` is a plain table or nil: of an object, the fields are no options.
---@param who string how messages begin
---@param given any
---@param hint? string where that belongs which may have been given: "; targets go into data.pairs"
function M.check_table(who, given, hint)
  if given == nil or (type(given) == "table" and getmetatable(given) == nil) then return end
  errors.raise("invalid", ("%s wants a table of options, got %s%s"):format(who, errors.kind(given), hint or ""), 4)
end

--- Checks `given` and returns a new table with every default filled in.
---@param who string how messages begin, for example "Autoencoder:fit"
---@param given table? nil is an empty table
---@param declared table<string, aelua.Option>
---@param has_list? boolean the array part of `given` is the caller's own, and not looked at
---@return table
function M.check(who, given, declared, has_list)
  M.check_table(who, given)
  local result = {}
  for name, value in pairs(given or {}) do
    if not (has_list and math.type(name) == "integer") then
      check_name(who, name)
      local option = declared[name]
      if not option then
        errors.raise("invalid", ("%s has no option '%s'%s"):format(who, name, names.hint(name, declared)), 3)
      end
      if option.type then check_type(who, name, value, option.type) end
      check_range(who, name, value, option)
      check_choice(who, name, value, option)
      result[name] = value
    end
  end
  for name, option in pairs(declared) do
    if result[name] == nil then
      if option.required then errors.raise("invalid", ("%s wants the option '%s'"):format(who, name), 3) end
      result[name] = option.default
    end
  end
  return result
end

--- Raises where arguments are left that nobody would look at.
---@param who string how messages begin
---@param takes string what it takes: "a rate"
---@param ... any the arguments beyond those
function M.no_more(who, takes, ...)
  if select("#", ...) == 0 then return end
  errors.raise("invalid", ("%s takes %s, got a further %s"):format(who, takes, type((...))), 3)
end

return M
