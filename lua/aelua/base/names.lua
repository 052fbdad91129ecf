--- Names and their misspellings: the nearest known name to an unknown one, and
--- tables that raise on a name they do not have.
local errors = require "aelua.base.errors"

local M = {}

-- Characters of names that a message lists.
local most_listed = 180

--- Edit distance (Damerau-Levenshtein, restricted to adjacent swaps).
---@param a string
---@param b string
---@return integer
local function distance(a, b)
  local before, previous = nil, {}
  for j = 0, #b do previous[j] = j end
  for i = 1, #a do
    local current = { [0] = i }
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      local best = math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost)
      if before and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        best = math.min(best, before[j - 2] + 1)
      end
      current[j] = best
    end
    before, previous = previous, current
  end
  return previous[#b]
end

-- What is written elsewhere, and what may be meant by it here, in order of preference.
local elsewhere = {
  acc = "accuracy",
  batch_size = "size",
  beta_1 = "beta1",
  beta_2 = "beta2",
  binary_crossentropy = "bce",
  categorical_crossentropy = "cross_entropy",
  conv2d = "Conv2d",
  conv2dtranspose = "ConvTranspose2d",
  epsilon = "eps",
  extract_patches = "patches",
  fill_mode = "fill",
  glorot = "glorot_uniform",
  gray = "grey",
  grayscale = "grey",
  he = "he_uniform",
  imread = "load",
  imsave = "save",
  imwrite = "save",
  input_shape = "input",
  interpolate = "resize",
  interpolation = "method",
  kernel_initializer = "weight_init",
  learning_rate = "lr optimizer",
  linear = "Dense",
  lr = "optimizer",
  mean_absolute_error = "mae",
  mean_squared_error = "mse",
  mode = "method",
  n_epochs = "epochs",
  num_epochs = "epochs",
  predict = "reconstruct",
  randomcrop = "Augmentation",
  randomflip = "Augmentation",
  randomhorizontalflip = "Augmentation",
  randomtranslation = "Augmentation",
  restore_best_weights = "restore_best",
  rgb_to_grayscale = "grey",
  size = "batch_size",
  use_bias = "bias",
  val_data = "validation",
  validation_data = "validation",
  validation_split = "validation",
  value_range = "range",
  xavier = "glorot_uniform",
}

local function translated(name, candidates)
  for here in (elsewhere[name:lower()] or ""):gmatch("%S+") do
    for _, candidate in ipairs(candidates) do
      if candidate == here then return here end
    end
  end
  return nil
end

-- Short names are near one another soon: those differ by their case too.
local function apart(name, candidate)
  local folded = distance(name:lower(), candidate:lower())
  return #name <= 3 and folded > 0 and distance(name, candidate) or folded
end

-- The names of a list, or of a table whose string keys they are, in order.
local function sorted(known)
  local candidates = {}
  for key, value in pairs(known) do
    local candidate = type(key) == "string" and key or value
    if type(candidate) == "string" then candidates[#candidates + 1] = candidate end
  end
  table.sort(candidates)
  return candidates
end

--- The known name nearest to `name`, or what is meant by it in other frameworks;
--- nil where none is near.
---@param name any
---@param known table a list of names, or a table whose string keys are the names
---@return string?
function M.nearest(name, known)
  if type(name) ~= "string" then return nil end
  local candidates = sorted(known)
  local meant = translated(name, candidates)
  if meant then return meant end
  local best, best_distance = nil, math.max(1, #name // 3) + 1
  for _, candidate in ipairs(candidates) do
    local d = apart(name, candidate)
    if d < best_distance then best, best_distance = candidate, d end
  end
  return best
end

--- "; did you mean `x`?" or "".
---@param name any
---@param known table
---@return string
function M.meant(name, known)
  local near = M.nearest(name, known)
  return near and ("; did you mean '%s'?"):format(near) or ""
end

--- As meant; where no name is near, those that there are, unless they are many: "; there
--- are a, b, c".
---@param name any
---@param known table
---@return string
function M.hint(name, known)
  local meant = M.meant(name, known)
  if meant ~= "" or type(name) ~= "string" then return meant end
  local all = table.concat(sorted(known), ", ")
  return all ~= "" and #all <= most_listed and "; there are " .. all or ""
end

--- Makes `namespace` raise on reading a name it does not have.
---@generic T: table
---@param namespace T
---@param title string how messages call it, for example "optim"
---@return T namespace
function M.strict(namespace, title)
  return setmetatable(namespace, {
    __name = title,
    __index = function(t, key)
      if type(key) ~= "string" then return nil end
      errors.raise("invalid", ("%s has no '%s'%s"):format(title, key, M.hint(key, t)), 2)
    end,
  })
end

return M
