--- Errors inside a tree of modules: names the layer, "decoder[2] Dense: ...".
---
--- Who calls layers catches what they raise and hands it on with `raise`; the
--- innermost module known is named by its place below the outermost one.
local core = require "aelua.core"
local tree = require "aelua.nn.tree"

local M = {}

-- What is known about an error value on its way out.
local known = setmetatable({}, { __mode = "k" })

local function prefix(root, module)
  local place = tree.place(root, module)
  local root_name = root.is_model and "" or root.class_name
  if not place then return module.class_name end
  if place == "" then return root.class_name end
  if place:sub(1, 1) ~= "[" and root_name ~= "" then place = "." .. place end
  return ("%s%s %s"):format(root_name, place, module.class_name)
end

--- Raises `failure` again, saying that it came from `module`, below `root`.
---@param root table
---@param module table
---@param failure any
function M.raise(root, module, failure)
  if type(failure) == "string" then
    local ok
    ok, failure = pcall(core.raise, "callback", failure, 0)
    assert(not ok)
  end
  if type(failure) ~= "table" or type(failure.message) ~= "string" then error(failure, 0) end
  local about = known[failure]
  if not about then
    local own = module.class_name .. ": "
    local message = failure.message
    about = { module = module, message = message:sub(1, #own) == own and message:sub(#own + 1) or message }
  end
  known[failure] = about
  failure.message = ("%s: %s"):format(prefix(root, about.module), about.message)
  error(failure, 0)
end

--- Passes on what a module's forward gave, unless that is nothing.
---@param module table
---@param result any
function M.check_result(module, result, ...)
  if result == nil then core.raise("callback", module.class_name .. ": forward returned nothing", 0) end
  return result, ...
end

return M
