--- Folders of PNG and JPEG pictures as data sets:
---   folder/cat/a.png, folder/dog/b.jpg      labels "cat" and "dog"
---   folder/a.png, folder/b.jpg              no labels
---   folder/train/..., folder/test/...       each as above; also val, valid, validation, training, testing
--- Folders within a class's belong to it. Names that begin with a dot, and files
--- of other endings than .png, .jpg and .jpeg, are passed over.
local core = require "aelua.core"
local classes = require "aelua.data.classes"
local Dataset = require "aelua.data.dataset"
local errors = require "aelua.base.errors"
local numbers = require "aelua.base.numbers"
local PictureRows = require "aelua.data.picture_rows"
local TensorRows = require "aelua.data.tensor_rows"

local M = {}

--- Options of load, as aelua.LoadOptions describes them.
M.declared = {
  label = { type = "boolean" },
  size = { type = { "integer", "table" } },
  fit = { type = "string", choices = { "stretch", "crop", "pad" } },
  interpolation = { type = "string", choices = { "nearest", "bilinear", "bicubic", "area" } },
  channels = { type = "integer" },
  on_error = { type = "string", choices = { "error", "skip" } },
  memory = { type = "number", min = 0 },
  ahead = { type = "integer", min = 1, max = 1000 },
}

-- ---- What lies where ----

local roles = {
  train = "train", training = "train", test = "test", testing = "test",
  val = "validation", valid = "validation", validation = "validation",
}

-- The first folder of a path, and what follows.
local function cut(name) return name:match("^([^/]+)/(.+)$") end

---@class aelua.PicturePart
---@field folder string
---@field names string[]

-- train, test and validation part, or nil where the folder is no such.
local function find_parts(who, folder, names)
  local found, tops, only = {}, {}, true
  for _, name in ipairs(names) do
    local top = cut(name)
    local role = top and roles[top:lower()]
    only = only and role == "train"
    if role then
      tops[role] = tops[role] or top
      errors.check(tops[role] == top, "format", "%s: '%s' has '%s' and '%s', which are both the %s part", who,
        folder, tops[role], top, role)
      found[role] = found[role] or { folder = folder .. "/" .. top, names = {} }
      table.insert(found[role].names, select(2, cut(name)))
    end
  end
  return found.train and (only or found.test or found.validation) and found or nil
end

-- The class of each picture, or nil where they lie in the folder itself.
local function class_names(who, part)
  local list, loose = {}, nil
  for i, name in ipairs(part.names) do
    list[i] = cut(name)
    if not list[i] then loose = name end
  end
  errors.check(not loose or next(list) == nil, "format", "%s: '%s' has pictures ('%s') beside folders of pictures; "
    .. "wanted either, or label = false for all of them without labels", who, part.folder, loose)
  return not loose and list or nil
end

-- Labels of the parts that have them, in one numbering.
local function add_labels(who, parts)
  local all = {}
  for _, part in ipairs(parts) do
    part.class_of = class_names(who, part)
    table.move(part.class_of or {}, 1, #(part.class_of or {}), #all + 1, all)
  end
  local _, names = classes.number(who, all)
  for _, part in ipairs(parts) do
    if part.class_of then part.labels, part.classes = classes.number(who, part.class_of, names), names end
  end
end

-- ---- What they are ----

-- fn(i) of every picture that is no failure yet; with `skip`, what it raises makes it one.
local function each(who, part, skip, fn)
  for i in ipairs(part.names) do
    if not part.failed[i] then
      if not skip then
        fn(i)
      else
        local fine, failure = pcall(fn, i)
        local broken = not fine and type(failure) == "table" and failure.code ~= "memory" and failure.code ~= "shape"
        if not fine and not broken then error(failure, 0) end
        if broken then part.failed[i] = failure.message:sub(#who + 3) end -- which is "who: path: reason"
      end
    end
  end
end

-- Size and channels of all parts, from the files' heads.
local function look(who, parts, o, skip)
  local size, channels, first = o.size and numbers.of_sides(who, "size", o.size, 2, 1), 1, nil
  local given = size ~= nil
  for _, part in ipairs(parts) do
    each(who, part, skip, function(i)
      local height, width, count = part.pictures:head(i)
      if count >= 3 then channels = 3 end
      if not size then size, first = { height, width }, part.folder .. "/" .. part.names[i] end
      errors.check(given or (height == size[1] and width == size[2]), "shape", "%s: '%s' is %d x %d (height x width), "
        .. "'%s' is %d x %d; give a size = { height, width } that all become", who, first, size[1], size[2],
        part.folder .. "/" .. part.names[i], height, width)
    end)
  end
  return size, o.channels or channels
end

-- ---- Data sets ----

-- Those of a part that are no failures, and those that are; raises where none is good.
local function good_ones(who, part)
  local good, skipped = {}, {}
  for i, name in ipairs(part.names) do
    if part.failed[i] then
      skipped[#skipped + 1] = { path = part.folder .. "/" .. name, message = part.failed[i] }
    else
      good[#good + 1] = i
    end
  end
  errors.check(#good > 0, "format", "%s: no picture in '%s' can be read; the first of %d: %s", who, part.folder, #skipped,
    skipped[1] and skipped[1].message)
  return good, skipped
end

local function default_memory()
  local budget = core.memory().budget
  return budget > 0 and math.min(1 << 30, budget // 4) or 1 << 30
end

-- Room for all rows of pictures, where there is memory for them.
local function keep_rows(pictures)
  local fine, rows = pcall(pictures.keep, pictures)
  if fine then return TensorRows(rows) end
  if type(rows) ~= "table" or rows.code ~= "memory" then error(rows, 0) end
  return nil
end

-- A data set of each part; memory is for the first ones first.
local function make(who, parts, o)
  local skip = o.on_error == "skip"
  for _, part in ipairs(parts) do
    part.failed, part.pictures = {}, core.open_pictures(who, part.folder, part.names)
  end
  local size, channels = look(who, parts, o, skip)
  if not size then good_ones(who, parts[1]) end
  local shape, left = { size[1], size[2], channels }, o.memory or default_memory()
  local sets = {}
  for i, part in ipairs(parts) do
    part.pictures:set_form(size[1], size[2], channels, o.size and (o.fit or "stretch") or "same",
      o.interpolation or "bilinear")
    local bytes = #part.names * size[1] * size[2] * channels
    local kept = bytes <= left and keep_rows(part.pictures) or nil
    if kept then left = left - bytes end
    if skip then each(who, part, true, function(number) part.pictures:read(number) end) end
    local good, skipped = good_ones(who, part)
    local rows = PictureRows {
      pictures = part.pictures, folder = part.folder, names = part.names, shape = shape, kept = kept,
      ahead = math.tointeger(o.ahead or 3), skipped = skipped,
    }
    local set = Dataset { input = rows, labels = part.labels, classes = part.classes }
    sets[i] = #skipped > 0 and set:select(good) or set
  end
  return sets
end

--- The data sets of a folder of pictures; nil where there is no picture in it.
---@param who string
---@param path string
---@param given? aelua.LoadOptions checked
---@return aelua.Dataset? train
---@return aelua.Dataset? test
---@return aelua.Dataset? validation
function M.load(who, path, given)
  local o = given or {}
  errors.check(o.size or not (o.fit or o.interpolation), "invalid", "%s: %s wants a size", who,
    o.fit and "fit" or "interpolation")
  errors.check(not o.channels or o.channels == 1 or o.channels == 3 or o.channels == 4, "invalid",
    "%s: channels wants 1 (grey), 3 (RGB) or 4 (RGBA), got %s", who, o.channels)
  local names = core.list_pictures(who, path)
  if #names == 0 then return nil end
  local found = find_parts(who, path, names) or { train = { folder = path, names = names } }
  local parts = {}
  for _, role in ipairs { "train", "test", "validation" } do parts[#parts + 1] = found[role] end
  if o.label ~= false then add_labels(who, parts) end
  return table.unpack(make(who, parts, o))
end

return M
