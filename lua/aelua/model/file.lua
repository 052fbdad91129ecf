--- Models and weights as safetensors files. The tensors are the state_dict; the
--- metadata, strings by name, say what they belong to:
---
---   format        "aelua"
---   version       of this layout: "1"
---   aelua         version of the library that wrote it
---   content       "model", or "state" (weights alone)
---   model         the description of the model as JSON; content = model
---   left_out      why something is not in the file; where there is such a thing
---
--- A file is data: only classes of aelua are built from it, their weights hold
--- hardly more than the file's, and every name and shape is checked.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

local layout_version = 1

-- Numbers that a description's weights may have beyond those of the file, so that
-- small differences are told by name.
local slack = 65536

-- A layer without sizes has no weights that a file could hold.
local function check_built(who, module)
  if module.build_added then module:build_added() end
  local name, layer = module:first_unbuilt()
  errors.check(not name, "state", "%s: %s is not built and has no weights yet: call build(shape) or forward first", who,
    name == "" and "the module" or name and ("%s %s"):format(name, layer.class_name))
end

local function write(path, module, content, extra)
  local metadata = { format = "aelua", version = tostring(layout_version), aelua = core.version, content = content }
  for key, value in pairs(extra or {}) do metadata[key] = value end
  core.write_safetensors(path, module:state_dict(), metadata)
end

local function read(who, path)
  local tensors, metadata = core.read_safetensors(path)
  metadata = metadata or {}
  if metadata.format == "aelua" then
    local version = math.tointeger(tonumber(metadata.version))
    errors.check(version, "format", "%s: '%s' has no version of its layout", who, path)
    errors.check(version <= layout_version, "unsupported", "%s: '%s' was written by aelua %s, in layout %d; this is aelua %s, "
      .. "which reads up to %d", who, path, tostring(metadata.aelua), version, core.version, layout_version)
  end
  return tensors, metadata
end

-- Raises what went wrong in a file, with the file's name.
local function blame_file(who, path, failure)
  if type(failure) ~= "table" or not failure.message then error(failure, 0) end
  local code = failure.code == "memory" and "memory" or failure.code == "unsupported" and "unsupported" or "format"
  errors.raise(code, ("%s: '%s': %s"):format(who, path, failure.message), 4)
end

---@param tools aelua.ModelTools
return function(tools)
  local M, nn = {}, tools.nn

  local function check_module(who, module)
    errors.check(nn.Module.is(module), "invalid", "%s wants a module, got %s", who, type(module))
  end

  --- Writes the weights of any module.
  ---@param path string
  ---@param module aelua.Module
  function M.save_state(path, module, ...)
    options.no_more("save_state", "a path and a module", ...)
    check_module("save_state", module)
    check_built("save_state", module)
    write(path, module, "state")
  end

  --- Reads the weights of any module, which has the same tensors.
  ---@generic T: aelua.Module
  ---@param path string
  ---@param module T
  ---@return T module
  function M.load_state(path, module, ...)
    options.no_more("load_state", "a path and a module", ...)
    check_module("load_state", module)
    return module:load_state_dict((read("load_state", path)))
  end

  --- See Model:save.
  function M.save_model(path, model)
    local who = model.class_name .. ":save"
    check_built(who, model)
    local ok, description, notes = pcall(nn.describe, model)
    local content, extra = "model", {}
    if ok then
      extra.model = core.json.encode(description)
    elseif type(description) == "table" and description.code == "unsupported" then
      content, notes = "state", { description.message }
    else
      error(description, 0)
    end
    local reason = #notes > 0 and table.concat(notes, "; ") or nil
    extra.left_out = reason
    write(path, model, content, extra)
    if reason then io.stderr:write(("%s: '%s' does not hold everything: %s\n"):format(who, path, (reason:gsub("\n", " ")))) end
    return reason
  end

  local given_options = { loss = {}, metrics = { type = "table" }, corruption = {} }

  --- The model in a file that Model:save wrote. `given` stands in for what files do
  --- not carry: a loss, metrics or a corruption that are functions.
  ---@param path string
  ---@param given? { loss?: any, metrics?: table, corruption?: any }
  ---@return aelua.Model
  function M.load_model(path, given)
    local o = options.check("load_model", given, given_options)
    local tensors, metadata = read("load_model", path)
    if metadata.content == "state" then
      errors.raise("unsupported", ("load_model: '%s' holds weights alone%s; make the model in Lua and call model:load(path)")
        :format(path, metadata.left_out and " (" .. metadata.left_out .. ")" or ""), 2)
    end
    errors.check(metadata.format == "aelua" and metadata.model, "format",
      "load_model: '%s' holds no model of aelua; weights alone are read by ae.load_state", path)
    local count = slack
    for _, tensor in pairs(tensors) do count = count + shapes.count(tensor.shape) end
    local ok, model = pcall(function()
      local description = core.json.decode(metadata.model)
      local built = nn.from_config(description, o, count)
      errors.check(built.is_model, "format", "%s is a layer, not a model", built.class_name)
      return built:load_state_dict(tensors)
    end)
    if not ok then blame_file("load_model", path, model) end
    return model
  end

  return M
end
