--- Finding out what a path holds.
local core = require "aelua.core"
local Dataset = require "aelua.data.dataset"
local errors = require "aelua.base.errors"

local ops = core.ops

local M = {}

-- Pictures of one channel carry it: [N, H, W] becomes [N, H, W, 1].
local function with_channel(t)
  if t.ndim ~= 3 then return t end
  local shape = t.shape
  return ops.reshape(t, { shape[1], shape[2], shape[3], 1 })
end

-- Labels 0..k as classes 1..k+1, which keep their original names.
local function classes_of(path, t)
  errors.check(t.ndim == 1 and (t.dtype == "u8" or t.dtype == "i32"), "format",
    "data.load: %s wants whole numbers [N] as labels", path)
  local names = {}
  if #t == 0 then return t:to("i32"), names end
  local values = t:to("i32")
  local low, high = ops.min(values):item(), ops.max(values):item()
  errors.check(low >= 0 and high < 100000, "format", "data.load: %s holds labels from %d to %d", path, low, high)
  for value = 0, math.tointeger(high) do names[value + 1] = tostring(value) end
  return values + 1, names
end

local parts = { { name = "train", patterns = { "^train", "^training" } }, { name = "test", patterns = { "^t10k", "^test" } } }

local function find(names, patterns, what)
  for _, name in ipairs(names) do
    local lower = name:lower()
    for _, pattern in ipairs(patterns) do
      if lower:find(pattern) and lower:find(what, 1, true) and lower:find("idx", 1, true) then return name end
    end
  end
end

local function idx_part(folder, names, patterns)
  local images = find(names, patterns, "images")
  if not images then return nil end
  local fields = { input = with_channel(core.read_idx(folder .. "/" .. images)) }
  local labels = find(names, patterns, "labels")
  if labels then fields.label, fields.classes = classes_of(labels, core.read_idx(folder .. "/" .. labels)) end
  return Dataset(fields)
end

local pictures = { png = true, jpg = true, jpeg = true }

local function load_folder(path)
  local names = core.list_folder(path)
  local found = {}
  for i, part in ipairs(parts) do found[i] = idx_part(path, names, part.patterns) end
  if found[1] then return found[1], found[2] end
  if found[2] then return found[2] end
  for _, name in ipairs(names) do
    errors.check(not pictures[(name:match("%.(%w+)$") or ""):lower()], "unsupported",
      "data.load: '%s' is a folder of pictures, which this version does not load", path)
  end
  return errors.raise("invalid", ("data.load: the folder '%s' holds no data: wanted IDX files such as "
    .. "train-images-idx3-ubyte.gz; scripts/fetch-data mnist downloads them"):format(path), 3)
end

local function from_table(t)
  return Dataset { input = t.values, label = t.labels, classes = t.classes }
end

--- The embedded sample: 1,797 handwritten digits, 8x8, grey values 0..255 (the
--- source's 0..16 scaled). Every fifth is held out as the test part.
---@return aelua.Dataset train
---@return aelua.Dataset test
function M.digits()
  local t = core.embedded_table("aelua/data/digits.csv.gz", { label = -1, header = false })
  local pixels = ops.round(t.values * (255 / 16)):to("u8"):reshape(#t.values, 8, 8, 1)
  local all = Dataset { input = pixels, label = t.labels, classes = t.classes }
  local train, test = {}, {}
  for i = 1, #all do
    local part = i % 5 == 0 and test or train
    part[#part + 1] = i
  end
  return all:select(train), all:select(test)
end

local readers = {
  folder = load_folder,
  idx = function(path) return Dataset { input = with_channel(core.read_idx(path)) } end,
  npy = function(path) return Dataset { input = core.read_npy(path) } end,
  text = function(path, given) return from_table(core.read_table(path, given)) end,
  missing = function(path)
    errors.raise("io", ("data.load: there is no file or folder '%s'; scripts/fetch-data mnist downloads MNIST, "
      .. "and \"digits\" names the embedded sample"):format(path), 3)
  end,
}

--- The data at `path`.
---@param path string
---@param given? table options of a text table
---@return aelua.Dataset train
---@return aelua.Dataset? test
function M.path(path, given)
  if path == "digits" then return M.digits() end
  local kind = core.file_kind(path)
  local reader = readers[kind]
  errors.check(reader, "format", "data.load: '%s' is %s, which holds no data set", path, kind)
  errors.check(given == nil or kind == "text", "invalid", "data.load: options go with a text table, '%s' is %s", path, kind)
  return reader(path, given)
end

return M
