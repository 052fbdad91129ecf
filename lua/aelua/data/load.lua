--- `data.load`: finds out what a path is, and reads it.
local core = require "aelua.core"
local classes = require "aelua.data.classes"
local Dataset = require "aelua.data.dataset"
local errors = require "aelua.base.errors"
local folder = require "aelua.data.folder"
local options = require "aelua.base.options"
local pictures = require "aelua.data.pictures"

local ops = core.ops

local who = "data.load"

---@class aelua.LoadOptions of tables and of folders of pictures; other files take none
---@field label? integer|string|boolean of tables: which column, by number (-1: the last) or name; false: none, of pictures too
---@field header? boolean tables: whether the first row names columns; default: found out
---@field delimiter? string tables: one character, " " for white space; default: found out
---@field decimal? "."|"," tables: the decimal mark, default "."
---@field dtype? "f32"|"u8" tables: "u8": whole numbers 0..255, which are pixels; default "f32"
---@field size? integer|integer[] pictures: { height, width } that all become, or one for both; default: theirs, if it is one
---@field fit? "stretch"|"crop"|"pad" "crop" (the middle) and "pad" (with black) keep proportions; default "stretch"
---@field interpolation? "nearest"|"bilinear"|"bicubic"|"area" pictures: as in ae.image.resize; default "bilinear"
---@field channels? 1|3|4 pictures: grey, RGB or RGBA; default: 1 where all are grey, else 3; alpha is then left out
---@field on_error? "error"|"skip" of a broken picture; "skip" decodes all of them once to find it; default "error"
---@field memory? number pictures: bytes to keep them in, if all fit; default 2^30, at most a quarter of the budget
---@field ahead? integer pictures: batches that are read before they are wanted, default 3

local of_tables = {
  label = { type = { "integer", "string", "boolean" } }, header = { type = "boolean" }, delimiter = { type = "string" },
  decimal = { type = "string", choices = { ".", "," } }, dtype = { type = "string", choices = { "f32", "f64", "u8" } },
}

local declared = {}
for _, options_of in ipairs { pictures.declared, of_tables } do
  for name, option in pairs(options_of) do declared[name] = option end
end

-- Raises where an option is given that data of this kind does not take.
local function check_options(path, kind, given, taken)
  for name in pairs(given or {}) do
    if not (taken and taken[name]) then
      errors.raise("invalid", ("%s: '%s' is %s; the option '%s' is for %s"):format(who, path, kind, name,
        of_tables[name] and "tables" or "folders of pictures"), 2)
    end
  end
end

local function from_table(path, given)
  check_options(path, "a table", given, of_tables)
  local t = core.read_table(path, given)
  return { input = t.values, labels = t.labels, classes = t.classes }
end

-- Grey pictures [N, H, W] of bytes get their channel.
local function with_channel(t)
  return t.dtype == "u8" and t.ndim == 3 and ops.reshape(t, { #t, t.shape[2], t.shape[3], 1 }) or t
end

local function check_samples(path, t)
  errors.check(t.ndim > 0 and #t > 0, "format", "%s: '%s' holds no samples", who, path)
  return t
end

local function from_idx(part)
  errors.check(part.input, "format", "%s: '%s' has labels, but where are their samples?", who, part.labels)
  local input = with_channel(check_samples(part.input, core.read_idx(part.input)))
  if not part.labels then return { input = input } end
  local raw = core.read_idx(part.labels)
  errors.check(raw.ndim == 1 and #raw == #input, "format", "%s: '%s' has %d samples, '%s' %d labels", who, part.input,
    #input, part.labels, #raw)
  local labels, names = classes.number(who, raw)
  return { input = input, labels = labels, classes = names }
end

-- Data sets of parts, with the labels of both in one numbering.
local function finish(train, test)
  if train and test and train.labels and test.labels then
    local names
    train.labels, test.labels, names = classes.unite(train.labels, train.classes, test.labels, test.classes)
    train.classes, test.classes = names, names
  end
  return train and Dataset(train), test and Dataset(test) or nil
end

local function from_pictures(path, given)
  check_options(path, "a folder of pictures", given, pictures.declared)
  local label = given and given.label
  errors.check(label == nil or type(label) == "boolean", "invalid",
    "%s: '%s' holds pictures, whose labels are the names of their folders; label = false: none", who, path)
  return pictures.load(who, path, given)
end

local function from_folder(path, given)
  local kind, parts, has_pictures = folder.find(who, path)
  if not kind and has_pictures then
    local train, test, validation = from_pictures(path, given)
    if train then return train, test, validation end
  end
  errors.check(kind, "format", "%s: the folder '%s' has no data: wanted IDX files as MNIST has them, tables "
    .. "(train.csv, test.csv) or PNG and JPEG pictures; `scripts/fetch-data mnist` fetches MNIST", who, path)
  if kind == "idx" then
    check_options(path, "a folder of IDX files", given)
    return finish(parts.train and from_idx(parts.train), parts.test and from_idx(parts.test))
  end
  local train = parts.train and from_table(parts.train.input, given)
  return finish(train, parts.test and from_table(parts.test.input, given))
end

local readers = {
  folder = from_folder,
  text = function(path, given) return Dataset(from_table(path, given)) end,
  idx = function(path, given)
    check_options(path, "an IDX file", given)
    return Dataset(from_idx { input = path })
  end,
  npy = function(path, given)
    check_options(path, "an NPY file", given)
    return Dataset { input = with_channel(check_samples(path, core.read_npy(path))) }
  end,
}

local function from_path(path, given)
  local kind = core.file_kind(path, who)
  errors.check(kind ~= "missing", "io", "%s: there is no '%s'; `scripts/fetch-data mnist` fetches MNIST, \"digits\" is "
    .. "the sample inside aelua", who, path)
  errors.check(kind ~= "empty", "format", "%s: '%s' is empty", who, path)
  local read = readers[kind]
  if not read then
    local got = kind == "unknown" and "of no kind that is known here" or "a file of kind " .. kind
    local hint = (kind == "png" or kind == "jpeg") and "; ae.image.load reads a single picture" or ""
    errors.raise("unsupported", ("%s: '%s' is %s; wanted a folder, IDX, NPY, CSV or another table%s"):format(who, path, got,
      hint))
  end
  return read(path, given)
end

--- Data sets from a path, from "digits" (the sample inside aelua), from a tensor
--- or from a table of named ones:
---   a folder of IDX files (MNIST), plain or gzipped      -> train, test
---   a folder of tables named train..., test...           -> train, test
---   a folder of pictures with folders train and test     -> train, test
---   another folder of pictures                           -> one data set
---   an IDX file, an NPY file, a table (CSV, white space) -> one data set
--- The test part is nil where there is none. A folder that is several of these is
--- the first: a train.csv beside the pictures is what is read.
---
--- Pictures are files named .png, .jpg or .jpeg; other names, and those that begin
--- with a dot, are passed over. They lie in a folder, without labels, or in folders
--- in it, whose names become the labels (numbers by size, then texts); all that lies
--- further down belongs to these. So in train and test; folders named val, valid or
--- validation are the second result, the third where there is a test too.
---
--- There may be more of them than fit into memory: a thread reads them in the order
--- of the batches, ahead of the training. Where all fit into `memory`, each is read
--- once and kept as u8; `dataset:info()` says so. All headers are looked at before
--- load returns. A picture that cannot be read is an error that names it, of load or
--- of the batch that it is in; with on_error = "skip" it is left out, and
--- `dataset:info().skipped` lists it.
---@param source string|userdata|table
---@param given? aelua.LoadOptions
---@return aelua.Dataset train
---@return aelua.Dataset? test
---@return aelua.Dataset? validation
return function(source, given)
  if given ~= nil then options.check(who, given, declared) end
  if source == "digits" then
    check_options(source, "the sample inside aelua", given)
    return require("aelua.data.digits")()
  end
  if type(source) == "string" then return from_path(source, given) end
  check_options("this", "a " .. type(source), given)
  return require("aelua.data.dataset_of")(source)
end
